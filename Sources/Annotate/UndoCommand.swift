import ArgumentParser
import Catalog
import Commands

struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Take back the latest operation, or a given one.",
        discussion: """
            What the operation added goes, what it changed or deleted returns. An undo is an operation too: undo it by
            its number to do the first one again (an undone import is imported again instead).

            Example:
              annotate undo
              annotate undo 12 --dry-run
            """)

    @Argument(help: "The operation. Default: the latest that is in force.")
    var operation: Int64?

    @Flag(help: "Say what would be taken back, and change nothing.")
    var dryRun = false

    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let file = try catalog.open()
        guard let target = try operation ?? file.read({ try $0.latestUndoable() }) else {
            print("there is nothing to undo")
            return
        }
        let entry = try file.read { try $0.history(limit: .max).first { $0.id == target } }
        let what = entry.map { "\($0.command): \($0.insertedRows) rows added, \($0.changedRows) changed" } ?? "unknown"
        if dryRun { return print("would take back operation \(target) (\(what))") }
        try file.write(command: CatalogOptions.commandLine) { writer in
            try writer.undo(target)
            writer.summarize("took back operation \(target)")
        }
        print("took back operation \(target) (\(what))")
    }
}
