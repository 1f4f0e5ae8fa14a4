import ArgumentParser
import Catalog
import Commands

@main
struct Train: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train models from the catalog, and look at what trainings did.",
        discussion: """
            Runs, their metrics and their checkpoints are in the catalog.

            Example:
              train densepose --preset tiny --source people --symmetry human --out runs/tiny --catalog c.sqlite
              train selftrain --out runs/self --teacher runs/tiny/densepose.safetensors --source people --target traps --test chimps --catalog c.sqlite
              train runs list --catalog c.sqlite
              train runs show baseline --catalog c.sqlite
              train runs plot baseline second --metric loss/total --out loss.png --catalog c.sqlite
            """,
        version: Release.version,
        subcommands: [TrainDensePoseCommand.self, TrainSelfTrainCommand.self, RunsCommand.self])

    static func main() async {
        await CommandRunner.run(Self.self)
    }
}
