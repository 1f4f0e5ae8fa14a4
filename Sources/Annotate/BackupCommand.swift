import ArgumentParser
import Catalog
import Commands

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write a compact copy of the catalog and verify it.",
        discussion: """
            The catalog can be in use meanwhile. Pictures are not copied: the catalog holds their places and digests.

            Example:
              annotate backup apes-monday.sqlite --catalog apes.sqlite
            """)

    @Argument(help: "Where the copy goes; must not exist yet.", completion: .file())
    var destination: String

    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        try catalog.open().backup(to: destination)
        print("wrote and verified \(destination)")
    }
}
