import Annotations
import ArgumentParser
import Catalog
import Commands

struct ImportCamtrapDPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camtrap-dp", abstract: "Import a Camtrap DP 1.0 package: deployments, media, observations.",
        discussion: """
            Observations of pictures become instances, with their boxes where the files are at hand to tell their size;
            observations of events and of whole clips are kept as they are. Every cell of the three tables is kept, so
            that `annotate export camtrap-dp` writes them again. Importing the same package again changes nothing.

            Example:
              annotate import camtrap-dp package/ --dataset traps --media pictures/
            """)

    @Argument(help: "The folder of the package.", completion: .directory)
    var folder: String

    @Option(help: "Name of the dataset that it becomes.")
    var dataset: String

    @Option(
        help: ArgumentHelp(
            "Folder that the file paths start from. Default: the package's folder.", valueName: "folder"),
        completion: .directory)
    var media: String?

    @Flag(help: "Stop at the first defect. Default: take what is sound and report the rest.")
    var strict = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        var options = CamtrapDPImport.Options(dataset: dataset)
        (options.media, options.isStrict) = (media, strict)
        let progress = ProgressLine("reading")
        let report = try CamtrapDPImport.run(
            folder, into: catalog.open(), options: options, command: CatalogOptions.commandLine
        ) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        print(report.summary)
        ProblemTable.show(report.problems, count: report.problemCount)
    }
}

extension CamtrapDPImport.Report {
    var summary: String {
        if wasPresent { return "\(dataset): this very package is in the catalog already; nothing to do" }
        var parts = [
            "\(deployments) deployments", "\(media) pictures", "\(clips) clips",
            "\(instances) observations of pictures (\(withBox) with a box)",
            "\(observations) of events and clips",
        ]
        if remote > 0 { parts.append("\(remote) media on the network") }
        if missingFiles > 0 { parts.append("\(missingFiles) files missing") }
        if skipped > 0 { parts.append("\(skipped) rows left out") }
        return "\(dataset): " + parts.joined(separator: ", ")
    }
}
