/// A line of ffmpeg's log, at `-loglevel level+info`, that means something here.
enum VideoLogLine: Equatable {
    /// What `showinfo` says of a frame.
    struct Frame: Equatable {
        let tick: Int?
        let width: Int
        let height: Int
        let isKeyframe: Bool
    }

    /// Every decoded frame, from the first `showinfo`.
    case decoded(Frame)
    /// A selected frame, from the second: its size is that of the pixels to come.
    case selected(Frame)
    /// Seconds a tick, of the selected frames.
    case timeBase(Rational)
    /// An error, or a warning of damage.
    case complaint(String)

    /// The names of the two filters in the graph.
    static let decodedFilter = "showinfo@decoded"
    static let selectedFilter = "showinfo@selected"

    /// - Returns: nil for a line without a meaning here.
    init?(_ line: String, path: String) {
        if let text = Self.text(of: Self.decodedFilter, in: line) {
            guard let frame = Frame(text) else { return nil }
            self = .decoded(frame)
        } else if let text = Self.text(of: Self.selectedFilter, in: line) {
            if let frame = Frame(text) {
                self = .selected(frame)
            } else if text.hasPrefix("config in time_base: "),
                let base = Rational(ratio: text.dropFirst(21).prefix { $0 != "," })
            {
                self = .timeBase(base)
            } else {
                return nil
            }
        } else if let complaint = Self.complaint(in: line, path: path) {
            self = .complaint(complaint)
        } else {
            return nil
        }
    }

    /// The sentence of an error, or of a warning of damage, without the addresses and the path before it.
    static func complaint(in line: String, path: String) -> String? {
        for level in ["[error] ", "[fatal] ", "[panic] ", "[warning] "] {
            guard let mark = line.range(of: level), mark.lowerBound == line.startIndex || line.hasPrefix("[") else {
                continue
            }
            var text = line[mark.upperBound...]
            if level == "[warning] ", !text.lowercased().contains("corrupt") { return nil }
            if text.hasPrefix("file:\(path): ") { text = text.dropFirst(path.count + 7) }
            if text.contains("not on whitelist") { return "its container format is not one of those read here" }
            return text.isEmpty ? nil : String(text)
        }
        return nil
    }

    private static func text(of filter: String, in line: String) -> Substring? {
        guard line.hasPrefix("[\(filter) @ "), let mark = line.range(of: "] [info] ") else { return nil }
        return line[mark.upperBound...]
    }
}

extension VideoLogLine.Frame {
    /// Reads `n:   1 pts:   1024 pts_time:0.1 … s:64x48 i:P iskey:0 type:B`.
    fileprivate init?(_ text: Substring) {
        guard text.hasPrefix("n:") else { return nil }
        // Numbers are padded with blanks after the colon.
        var fields: [Substring: Substring] = [:]
        var key: Substring?
        for word in text.split(separator: " ") {
            if let colon = word.firstIndex(of: ":") {
                key = word[..<colon]
                let value = word[word.index(after: colon)...]
                if !value.isEmpty { fields[word[..<colon]] = value }
            } else if let open = key, fields[open] == nil {
                fields[open] = word
            }
        }
        let size = (fields["s"] ?? "").split(separator: "x").compactMap { Int($0) }
        guard size.count == 2, size[0] > 0, size[1] > 0, let pts = fields["pts"] else { return nil }
        tick = Int(pts)
        width = size[0]
        height = size[1]
        isKeyframe = fields["iskey"] == "1"
    }
}
