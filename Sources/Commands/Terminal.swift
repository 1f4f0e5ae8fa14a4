import Foundation

/// What goes to the person and what goes to the next program.
public enum Terminal {
    public static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    public static var errorIsInteractive: Bool { isatty(STDERR_FILENO) == 1 }

    public static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A loss may be infinite; JSON has no number for it.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// A text from a file, without the control characters that a terminal would obey.
    public static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "\u{FFFD}" : $0 }))
    }

    /// A span of time in words: `40 s`, `3 min 20 s`, `5 h 12 min`.
    public static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// Aligns the columns of a table; numbers to the right.
    public static func table(_ header: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        let rows = rows.map { $0.map(plain) }
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        let isNumber = header.indices.map { column in
            rows.allSatisfy { $0[column].isEmpty || Double($0[column].filter { !",%".contains($0) }) != nil }
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return isNumber[column] ? space + cell : cell + space
            }
            let text = padded.joined(separator: "  ")
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        print(line(header))
        print(line(zip(header, widths).map { $0.isEmpty ? "" : String(repeating: "-", count: $1) }))
        for row in rows { print(line(row)) }
    }
}

/// Progress on standard error: a line that is rewritten on a terminal, a line now and then elsewhere.
public final class ProgressLine {
    private let label: String
    private let start = Date()
    /// Elsewhere than on a terminal, only work that takes long says how far it is.
    private var lastShown = Terminal.errorIsInteractive ? Date.distantPast : Date()
    private var isShown = false

    public init(_ label: String) { self.label = label }

    /// - Parameter fraction: 0 to 1.
    public func update(_ fraction: Double, detail: String = "") {
        let now = Date()
        let interval = Terminal.errorIsInteractive ? 0.2 : 10
        guard now.timeIntervalSince(lastShown) >= interval, now.timeIntervalSince(start) >= 0.5 else { return }
        lastShown = now
        let elapsed = now.timeIntervalSince(start)
        let left = fraction > 0.01 ? elapsed / fraction - elapsed : nil
        var text = "\(label) \(Int(fraction * 100))%"
        if !detail.isEmpty { text += ", \(detail)" }
        if let left { text += ", \(Terminal.duration(left)) left" }
        if Terminal.errorIsInteractive {
            FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
            isShown = true
        } else {
            Terminal.error(text)
        }
    }

    public func finish() {
        if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
