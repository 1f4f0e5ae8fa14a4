import ArgumentParser
import Catalog
import Commands
import Imaging
import Workflows

struct ImportImagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images", abstract: "Import a folder of pictures, with what their EXIF says.",
        discussion: """
            The files stay where they are; the catalog keeps their places, sizes, digests, capture times, cameras and
            positions. An interrupted import goes on where it stopped.

            Example:
              annotate import images traps/ --dataset traps --site-level 1     # traps/<site>/<picture>
              annotate import images photos/ --dataset zoo --site 'Leipzig'
            """)

    @Argument(help: "The folder; folders below it are read too.", completion: .directory)
    var folder: String

    @Option(help: "The dataset; made if it is new.")
    var dataset: String

    @Option(help: "Name of the site of all these pictures.")
    var site: String?

    @Option(help: "Take the site from the name of the folder at this depth, 1 for the first below FOLDER.")
    var siteLevel: Int?

    @Option(help: "Refuse pictures of more megapixels.")
    var maxMegapixels: Int?

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        if let siteLevel, siteLevel < 1 { throw ValidationError("--site-level starts at 1") }
        if site != nil, siteLevel != nil { throw ValidationError("give either --site or --site-level") }
        if let maxMegapixels, maxMegapixels < 1 { throw ValidationError("--max-megapixels is at least 1") }
    }

    func run() throws {
        var options = ImageImport.Options(dataset: dataset)
        (options.site, options.siteLevel) = (site, siteLevel)
        if let maxMegapixels {
            options.limits = ImageLimits(
                maximumPixels: maxMegapixels * 1_000_000, maximumBytes: maxMegapixels * 8_000_000)
        }
        let progress = ProgressLine("reading pictures")
        let report = try ImageImport.run(
            folder: folder, into: catalog.open(), options: options, command: CatalogOptions.commandLine
        ) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        print(
            "\(dataset): \(report.added) pictures added" + (report.known > 0 ? ", \(report.known) known already" : ""))
        ProblemTable.show(report.problems, count: report.problems.count)
    }
}
