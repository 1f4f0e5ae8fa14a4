import ArgumentParser
import Catalog
import Commands

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "What was done to the catalog, the latest first.",
        discussion: """
            Example:
              annotate history
              annotate history 12          # the rows that operation 12 changed, before and after
            """)

    @Argument(help: "Show the rows that this operation updated or deleted.")
    var operation: Int64?

    @Option(help: "How many operations, or rows, to show.")
    var limit = 20

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1") }
    }

    func run() throws {
        let file = try catalog.open()
        if let operation {
            let changes = try file.read { try $0.changes(of: operation, limit: limit) }
            if json.json { return try Terminal.json(changes) }
            for change in changes {
                print("\(change.table) \(change.row)")
                print("  before \(change.before)")
                print(change.after.map { "  after  \($0)" } ?? "  deleted")
            }
            if changes.isEmpty { print("operation \(operation) updated or deleted no rows") }
            return
        }
        let entries = try file.read { try $0.history(limit: limit) }
        if json.json { return try Terminal.json(entries) }
        Terminal.table(
            ["id", "when", "who", "added", "changed", "what", "command"],
            entries.map { entry in
                var what = entry.summary
                if let undoes = entry.undoes { what = "took back operation \(undoes)" }
                if let by = entry.undoneBy { what += " (taken back by \(by))" }
                return [
                    "\(entry.id)", entry.startedAt, entry.actor, "\(entry.insertedRows)", "\(entry.changedRows)", what,
                    entry.command,
                ]
            })
    }
}
