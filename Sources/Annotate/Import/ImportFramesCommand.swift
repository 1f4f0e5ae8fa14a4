import ArgumentParser
import Catalog
import Commands
import Imaging
import Workflows

struct ImportFramesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "frames", abstract: "Import frames of clips, with their place in the clip.",
        discussion: """
            Frames are written once each, into files named after their pixels, below a folder beside the catalog (c.frames
            for c.sqlite). The catalog keeps the clip, the number that the decoder gives the frame, its presentation time
            and the digest of its pixels. Clips that are broken, empty or missing are reported, and what can be decoded of
            them is kept; the exit status is 1 when no clip could be read at all. An interrupted import goes on where it stopped; the same command again adds nothing.

            --every takes an interval (1s, 500ms, 2min), a rate (2fps), a count (10: every tenth frame), keyframes,
            scene:0.3 (frames that differ from the one before by more than that), or all.

            Example:
              annotate import frames clips/*.AVI --dataset traps --every 1s
              annotate import frames clips/ --dataset traps --every keyframes --site-level 1  # clips/<site>/<clip>
            """)

    @Argument(help: "Clips, or folders of clips.", completion: .file())
    var clips: [String]

    @Option(help: "The dataset; made if it is new.")
    var dataset: String

    @Option(help: ArgumentHelp("Which frames are taken.", valueName: "selection"))
    var every: String

    @Option(help: "Name of the site of all these clips.")
    var site: String?

    @Option(
        help: """
            Take the site from the name of the folder at this depth: 1 for the first below a folder of clips, or for the
            first in the path of a clip as it is given.
            """)
    var siteLevel: Int?

    @Option(
        help: ArgumentHelp("Folder for the frames. Default: beside the catalog.", valueName: "folder"),
        completion: .directory)
    var frames: String?

    @Flag(help: "Write PNG (the default).")
    var png = false

    @Option(help: ArgumentHelp("Write JPEG of this quality, 1 to 100, instead of PNG.", valueName: "quality"))
    var jpegQuality: Int?

    @Flag(help: "Stop at the first defect. Default: take what is sound and report the rest.")
    var strict = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        if let siteLevel, siteLevel < 1 { throw ValidationError("--site-level starts at 1") }
        if site != nil, siteLevel != nil { throw ValidationError("give either --site or --site-level") }
        if let jpegQuality, !(1...100).contains(jpegQuality) {
            throw ValidationError("--jpeg-quality is from 1 to 100")
        }
        if png, jpegQuality != nil { throw ValidationError("give either --png or --jpeg-quality") }
        do { _ = try FrameSelection(parsing: every) } catch { throw ValidationError("--every: \(error)") }
    }

    func run() async throws {
        var options = FrameImport.Options(dataset: dataset, every: every)
        (options.site, options.siteLevel, options.frames) = (site, siteLevel, frames)
        (options.jpegQuality, options.isStrict) = (jpegQuality, strict)
        let progress = ProgressLine("taking frames")
        let report = try await FrameImport.run(
            clips, into: catalog.open(), options: options, command: CatalogOptions.commandLine
        ) { share, clip in progress.update(share, detail: clip) }
        progress.finish()
        let isFailure = report.added == 0 && report.clips.allSatisfy { $0.problem != nil && !$0.isKnown }
        if json.json {
            try Terminal.json(report)
            if isFailure { throw ExitCode(1) }
            return
        }
        let known = report.clips.count(where: \.isKnown)
        print(
            "\(dataset): \(report.added) frames added from \(report.clips.count - known) clips"
                + (known > 0 ? ", \(known) clips known already" : ""))
        ProblemTable.show(report.problems, count: report.problems.count)
        if isFailure { throw ExitCode(1) }
    }
}
