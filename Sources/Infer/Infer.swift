import ArgumentParser
import Catalog
import Commands

@main
struct Infer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer",
        abstract: "Run models, and look after their weights.",
        discussion: """
            Example:
              infer densepose photos --weights runs/tiny/densepose.safetensors --out found
              infer weights list
              infer weights inspect model_final.pkl
              infer weights convert latest_net_G.pth generator.safetensors --half
            """,
        version: Release.version,
        subcommands: [InferDensePoseCommand.self, WeightsCommand.self])

    static func main() async {
        await CommandRunner.run(Self.self)
    }
}
