import ArgumentParser
import Commands
import Foundation
import Synthesis

struct SynthBodiesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bodies",
        abstract: "Draw camera-trap pictures of posed bodies, with exact labels, into the catalog.",
        discussion: """
            Labels: box, mask of what is seen, keypoints, dense points, part masks and the IUV map of every animal; with --maps
            also depth, parts and whole outlines as files. An interrupted command goes on where it stopped.

            Example:
              annotate synth bodies --species human:2,chimpanzee:1 --pictures 500 --seed 7 --dataset drawn
              annotate synth bodies --species zebra --pictures 50 --size 640x480 --dataset herd --backgrounds photos --maps
              annotate synth bodies --show-recipe > recipe.json
            """)

    @OptionGroup var recipe: RecipeOptions

    @Option(help: "How many pictures the dataset is to have.")
    var pictures = 100

    @Option(help: "The dataset; made if it is new.")
    var dataset: String?

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard (1...10_000_000).contains(pictures) else { throw ValidationError("--pictures is 1 to 10000000") }
        guard dataset?.isEmpty == false || recipe.showRecipe else { throw ValidationError("--dataset is missing") }
    }

    func run() throws {
        let made = try recipe.made()
        if recipe.showRecipe { return print(made.json) }
        var options = SceneDatasetWriter.Options(dataset: dataset ?? "", recipe: made)
        (options.seed, options.pictures, options.folder) = (recipe.seed, pictures, recipe.out)
        (options.backgrounds, options.output) = (recipe.backgrounds, recipe.output)
        if let workers = recipe.workers { options.workers = workers }
        let progress = ProgressLine("drawing")
        let report = try SceneDatasetWriter.run(
            into: catalog.open(), options: options, command: CatalogOptions.commandLine
        ) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        let rate = report.seconds > 0 ? Int(Double(report.added) / report.seconds) : 0
        print(
            "\(report.dataset): \(report.added) pictures with \(report.instances) animals"
                + (report.known > 0 ? ", \(report.known) pictures known already" : "")
                + (report.added > 0 ? " (\(rate) pictures/s)" : "") + ", in \(report.folder)")
        ProblemTable.show(report.problems, count: report.problems.count)
    }
}
