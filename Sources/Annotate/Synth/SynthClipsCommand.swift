import ArgumentParser
import Commands
import Foundation
import Synthesis

struct SynthClipsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clips", abstract: "Draw short clips of moving bodies, with labels and tracks, into the catalog.",
        discussion: """
            Every frame has the labels of `synth bodies`; an individual keeps its number (track) and its coat. Each clip is an
            MP4 without loss, too (ffmpeg is needed). An interrupted command goes on where it stopped.

            Example:
              annotate synth clips --species chimpanzee --clips 4 --frames 24 --motion knuckle-walk --dataset walks
            """)

    @OptionGroup var recipe: RecipeOptions

    @Option(help: "How many clips the dataset is to have.")
    var clips = 4

    @Option(help: "Frames a clip.")
    var frames = 24

    @Option(help: "Frames a second.")
    var rate = 12

    @Option(help: "What the animals do: walk, sit, climb, dance or knuckle-walk, where their bodies can.")
    var motion = "walk"

    @Option(help: "The dataset; made if it is new.")
    var dataset: String?

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard (1...100_000).contains(clips) else { throw ValidationError("--clips is 1 to 100000") }
        guard (1...10_000).contains(frames) else { throw ValidationError("--frames is 1 to 10000") }
        guard (1...240).contains(rate) else { throw ValidationError("--rate is 1 to 240") }
        guard dataset?.isEmpty == false || recipe.showRecipe else { throw ValidationError("--dataset is missing") }
    }

    func run() async throws {
        let made = try recipe.made()
        if recipe.showRecipe { return print(made.json) }
        var options = ClipDatasetWriter.Options(dataset: dataset ?? "", recipe: made)
        (options.seed, options.clips, options.frames) = (recipe.seed, clips, frames)
        (options.rate, options.motion, options.folder) = (rate, motion, recipe.out)
        (options.backgrounds, options.output) = (recipe.backgrounds, recipe.output)
        if let workers = recipe.workers { options.workers = workers }
        let progress = ProgressLine("drawing")
        let report = try await ClipDatasetWriter.run(
            into: catalog.open(), options: options, command: CatalogOptions.commandLine
        ) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        print(
            "\(report.dataset): \(report.added) clips of \(report.frames) frames with \(report.instances) labels"
                + (report.known > 0 ? ", \(report.known) clips known already" : "") + ", in \(report.folder)")
        ProblemTable.show(report.problems, count: report.problems.count)
    }
}
