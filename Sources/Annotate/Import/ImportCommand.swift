import ArgumentParser

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take data into the catalog.",
        subcommands: [
            ImportCOCOCommand.self, ImportDensePoseCommand.self, ImportImagesCommand.self, ImportFramesCommand.self,
            ImportMegaDetectorCommand.self, ImportCamtrapDPCommand.self,
        ])
}
