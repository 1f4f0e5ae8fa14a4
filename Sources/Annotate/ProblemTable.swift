import Annotations
import Commands

/// Defects as a table on standard output: the first of them, and how many there are.
enum ProblemTable {
    static func show(_ problems: [Problem], count: Int, limit: Int = 50) {
        guard count > 0 else { return }
        print()
        Terminal.table(
            ["problem", "where", "what"], problems.prefix(limit).map { [$0.kind, $0.place, $0.message] })
        if count > min(limit, problems.count) {
            print("… \(count) problems in all; --json lists the first \(problems.count)")
        }
    }
}
