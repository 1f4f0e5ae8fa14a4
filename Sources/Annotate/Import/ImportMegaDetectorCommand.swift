import Annotations
import ArgumentParser
import Catalog
import Commands

struct ImportMegaDetectorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "megadetector", abstract: "Import MegaDetector's JSON as predictions.",
        discussion: """
            The detections become the predictions of a run over pictures and frames of the dataset, which are found by
            path. With --images, pictures that the dataset lacks are added. Detections in clips go to the frames that
            `annotate import frames` has taken. Boxes are turned back where the EXIF orientation turns the picture, and
            are kept in pixels of the picture as stored. Importing the same file again changes nothing.

            Example:
              annotate import megadetector detections.json --dataset traps --images traps/ --min-score 0.2
            """)

    @Argument(help: "The JSON file.", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "The dataset; made if it is new and --images is given.")
    var dataset: String

    @Option(help: ArgumentHelp("Folder that the file names start from.", valueName: "folder"), completion: .directory)
    var images: String?

    @Option(name: .customLong("run"), help: "Name of the run. Default: the file's name.")
    var runName: String?

    @Option(help: ArgumentHelp("Leave out detections below this confidence.", valueName: "score"))
    var minScore: Double?

    @Flag(help: "Stop at the first defect. Default: take what is sound and report the rest.")
    var strict = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        if let minScore, !(0...1).contains(minScore) { throw ValidationError("--min-score is from 0 to 1") }
    }

    func run() throws {
        var options = MegaDetectorImport.Options(dataset: dataset)
        (options.images, options.run) = (images, runName)
        (options.minimumScore, options.isStrict) = (minScore, strict)
        let progress = ProgressLine("reading")
        let report = try MegaDetectorImport.run(
            file, into: catalog.open(), options: options, command: CatalogOptions.commandLine
        ) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        print(report.summary)
        ProblemTable.show(report.problems, count: report.problemCount)
    }
}

extension MegaDetectorImport.Report {
    var summary: String {
        if wasPresent { return "\(dataset): this very file is in the catalog already; nothing to do" }
        var parts = ["\(instances) detections in \(images) pictures and clips", "\(empty) empty"]
        if added > 0 { parts.append("\(added) pictures added") }
        if failed > 0 { parts.append("\(failed) not processed") }
        if belowScore > 0 { parts.append("\(belowScore) below the score") }
        if skipped > 0 { parts.append("\(skipped) left out") }
        return "\(dataset), run “\(run)”: " + parts.joined(separator: ", ")
    }
}
