import ArgumentParser

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write data out.",
        subcommands: [
            ExportCOCOCommand.self, ExportDensePoseCommand.self, ExportImagesCommand.self, ExportCamtrapDPCommand.self,
        ])
}
