import ArgumentParser
import Catalog

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "What a catalog holds.")
    @OptionGroup var options: CatalogOptions
    func run() throws { _ = try options.open() }
}
