import Foundation

/// `metrics.jsonl`: one JSON object a line, with `step`, `epoch`, `time` and the metrics of one moment by name.
///
/// JSON has no infinities: what is no finite number is a text, `NaN`, `Infinity` or `-Infinity`.
final class MetricLines {
    static let reserved: Set<String> = ["step", "epoch", "time"]

    private let file: AppendedFile
    private var names: [String: String] = [:]

    /// - Parameter step: on resuming, lines after this one are cut: they are about to be written again.
    /// - Throws: `MetricLogError`
    init(path: String, resumingAt step: Int?) throws {
        if let step, FileManager.default.fileExists(atPath: path) { try Self.cut(path, after: step) }
        file = try AppendedFile(path: path)
    }

    func append(_ values: [(name: String, value: Double)], step: Int, epoch: Double?, time: Double) throws {
        var line = "{\"step\":\(step)"
        if let epoch { line += ",\"epoch\":\(Self.text(epoch))" }
        line += ",\"time\":\(Self.text(time))"
        for (name, value) in values { line += ",\(try quoted(name)):\(Self.text(value))" }
        file.append((line + "}\n").utf8)
    }

    func flush() throws { try file.flush() }

    private func quoted(_ name: String) throws -> String {
        if let known = names[name] { return known }
        guard !Self.reserved.contains(name) else {
            throw MetricLogError(
                file: file.path, reason: "a metric cannot be called “\(name)”, which the log itself uses")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let text = String(decoding: try encoder.encode(name), as: UTF8.self)
        names[name] = text
        return text
    }

    private static func text(_ value: Double) -> String {
        if value.isFinite { return "\(value)" }
        return value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\""
    }

    /// Keeps the lines up to a step, in a file that takes the old one's place whole. A line that a kill left unfinished
    /// goes too.
    private static func cut(_ path: String, after step: Int) throws {
        struct Line: Decodable { let step: Int }
        let decoder = JSONDecoder()
        let draft = path + ".part-\(getpid())"
        func failure(_ reason: String) -> MetricLogError { MetricLogError(file: path, reason: reason) }
        let old: Data
        do {
            old = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch { throw failure("cannot be read (\((error as NSError).localizedDescription))") }
        try? FileManager.default.removeItem(atPath: draft)
        defer { unlink(draft) }
        let output = try AppendedFile(path: draft, isNew: true)
        for line in old.split(separator: 0x0A) {
            guard let found = try? decoder.decode(Line.self, from: line), found.step <= step else { continue }
            output.append(line)
            output.append([0x0A])
        }
        try output.flush()
        try output.synchronize()
        guard rename(draft, path) == 0 else {
            throw failure("cannot be replaced (\(String(cString: strerror(errno))))")
        }
    }
}
