import Annotations
import ArgumentParser
import Catalog
import Commands

struct ExportCamtrapDPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "camtrap-dp", abstract: "Write a Camtrap DP 1.0 package.",
        discussion: """
            Writes datapackage.json, deployments.csv, media.csv and observations.csv. What came from a package comes out
            cell by cell as it was, but for labels that were changed since; rejected labels are left out. Datasets of
            pictures or frames get one deployment for each site. Required values that nobody knows (times, positions) are
            written as unmistakable stand-ins, which the report names.

            --scrub-location rounds positions to a tenth of a degree, numbers deployments and places anew, and leaves out
            texts that may name places. Paths and names of files stay.

            Example:
              annotate export camtrap-dp package/ --dataset traps
              annotate export camtrap-dp public/ --dataset traps --run detections --scrub-location
            """)

    @Argument(help: "The folder; made if it is new.", completion: .directory)
    var folder: String

    @Option(help: "The dataset.")
    var dataset: String

    @Option(name: .customLong("run"), help: "Write this run's predictions instead of the labels.")
    var runName: String?

    @Flag(help: "Coarsen positions and leave out what names places.")
    var scrubLocation = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        var options = CamtrapDPExport.Options(dataset: dataset)
        (options.run, options.scrubsLocation) = (runName, scrubLocation)
        let report = try CamtrapDPExport.run(folder, from: catalog.open(), options: options)
        if json.json { return try Terminal.json(report) }
        print(
            "\(folder): \(report.deployments) deployments, \(report.media) media, "
                + "\(report.observations) observations"
                + (report.rejected > 0 ? ", \(report.rejected) rejected labels left out" : ""))
        for note in report.notes { print(note) }
    }
}
