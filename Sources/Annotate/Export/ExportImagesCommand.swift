import ArgumentParser
import Commands
import Workflows

struct ExportImagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images", abstract: "Copy pictures, with or without the place where they were taken.",
        discussion: """
            Copies are byte-identical and keep their paths below OUT. With --scrub-location, GPS positions are taken out
            of EXIF and XMP, and nothing else changes; a file that cannot be cleaned for certain is not copied and is
            reported. Names of places in captions or in file names are not looked at.

            Example:
              annotate export images out --dataset traps --split test --scrub-location
              annotate export images apes --dataset traps --filter 'category = chimpanzee'
            """)

    @Argument(help: "The folder that the files go to; made if it is new.", completion: .directory)
    var out: String

    @OptionGroup var selection: SelectionOptions

    @Flag(help: "Take GPS positions out of the copies.")
    var scrubLocation = false

    @Flag(help: "Replace files that are there and differ.")
    var overwrite = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        var options = ImageExport.Options(selection: selection.selection())
        (options.scrubsLocation, options.overwrites) = (scrubLocation, overwrite)
        let progress = ProgressLine("copying")
        let report = try ImageExport.run(into: out, from: catalog.open(), options: options) { progress.update($0) }
        progress.finish()
        if json.json {
            try Terminal.json(report)
        } else {
            var parts = ["\(report.copied) of \(report.pictures) pictures copied into \(out)"]
            if report.present > 0 { parts.append("\(report.present) were there already") }
            if scrubLocation { parts.append("\(report.scrubbed) had a location, which is gone") }
            if !report.problems.isEmpty { parts.append("\(report.problems.count) not copied") }
            print(parts.joined(separator: ", "))
            ProblemTable.show(report.problems, count: report.problems.count)
        }
        // A script must not take an incomplete copy for a whole one.
        if !report.problems.isEmpty { throw ExitCode.failure }
    }
}
