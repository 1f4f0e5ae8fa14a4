import ArgumentParser
import Catalog
import Commands
import Workflows

struct FramesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frames", abstract: "Work on the files of frames.", subcommands: [RegenerateFramesCommand.self])
}

struct RegenerateFramesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regenerate", abstract: "Write frame files that are missing again, from their clips.",
        discussion: """
            Each frame is decoded from its clip by the number that the catalog keeps, and written when its pixels have the
            digest that the catalog keeps. So frames need no backup as long as the clips have one.

            Example:
              annotate frames regenerate --catalog apes.sqlite
            """)

    @Option(help: "Only the clips of this dataset.")
    var dataset: String?

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() async throws {
        let progress = ProgressLine("decoding")
        let report = try await FrameRegeneration.run(on: catalog.open(), dataset: dataset) { share, clip in
            progress.update(share, detail: clip)
        }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        print("\(report.frames) frames: \(report.present) files were there, \(report.written) written again")
        ProblemTable.show(report.problems, count: report.problems.count)
    }
}
