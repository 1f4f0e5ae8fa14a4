import Annotations
import ArgumentParser
import Catalog

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write data out.",
        subcommands: [ExportCOCOCommand.self, ExportCamtrapDPCommand.self])
}

struct ExportCOCOCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "coco", abstract: "Write COCO JSON.")
    @Argument var file: String
    @Option var dataset: String
    @Option(name: .customLong("run")) var runName: String?
    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions
    func run() throws {
        var options = COCOExport.Options(dataset: dataset)
        options.run = runName
        try Terminal.json(COCOExport.run(file, from: catalog.open(), options: options))
    }
}
