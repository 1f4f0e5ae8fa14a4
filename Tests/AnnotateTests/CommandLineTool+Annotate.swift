import CommandLineTesting
import Foundation

extension CommandLineTool {
    static let executable = products + "/annotate"

    /// Runs `annotate` with words separated by single spaces.
    @discardableResult
    func annotate(_ line: String) throws -> Outcome {
        try run(Self.executable, line.split(separator: " ").map(String.init))
    }

    func json(_ line: String) throws -> [String: Any] {
        let outcome = try annotate(line)
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return object as? [String: Any] ?? [:]
    }
}
