import ArgumentParser
import Catalog
import Commands

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make an empty catalog.",
        discussion: """
            Example:
              annotate init --catalog apes.sqlite
            """)

    @OptionGroup var options: CatalogOptions

    func run() throws {
        let catalog = try CatalogFile.create(at: options.path)
        print("made \(catalog.path)")
    }
}
