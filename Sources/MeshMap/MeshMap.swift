import ArgumentParser
import Catalog
import Commands

@main
struct MeshMap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meshmap",
        abstract:
            "Meshes of bodies: check them, measure on them, and find which point of one is which point of another.",
        version: Release.version,
        subcommands: [
            GenerateCommand.self, CheckCommand.self, RemeshCommand.self, SimplifyCommand.self, ConvertCommand.self,
            GeodesicsCommand.self, SpectrumCommand.self, PairCommand.self, PartsCommand.self, ChartsCommand.self,
            TransferCommand.self, MatchCommand.self, EvaluateCommand.self,
            RenderCommand.self, StoreCommand.self, ListCommand.self,
        ])

    static func main() async {
        await CommandRunner.run(Self.self)
    }
}
