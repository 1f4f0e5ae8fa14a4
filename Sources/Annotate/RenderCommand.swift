import ArgumentParser
import Commands
import Foundation
import Workflows

struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Draw labels over their pictures, one file each, and a contact sheet.",
        discussion: """
            Draws boxes, masks, the parts and IUV maps of DensePose, dense points, keypoints and names. Pictures whose
            file is missing are drawn on grey. Pictures are turned upright; those larger than --max-size are shrunk to
            it, and very small ones enlarged, so that names stay legible. With --run, the pictures on which that run has
            labels, and its labels only; without, all labels but predictions.

            Files are named after the picture's path and its number in the catalog. Those that are there are written anew,
            unless --keep-existing lets an interrupted command go on where it stopped. OUT may not be a folder that the dataset's pictures are in.

            Example:
              annotate render out --dataset dp --show parts,points,names --limit 100
              annotate render out --dataset val --run baseline --filter 'score >= 0.5' --color-by score
              annotate render out --dataset traps --split test --show boxes,names --color-by category
            """)

    @Argument(help: "The folder that the files go to; made if it is new.", completion: .directory)
    var out: String

    @OptionGroup var selection: SelectionOptions

    @Option(name: .customLong("run"), help: "Draw the labels of this run, such as a model's predictions.")
    var runName: String?

    private static let layerNames = RenderLayers.named.map(\.name).joined(separator: ", ")

    @Option(
        help: ArgumentHelp(
            "What is drawn: all (the default), or some of \(Self.layerNames).",
            valueName: "layer,…"),
        transform: { text in
            guard let layers = RenderLayers(parsing: text) else {
                throw ValidationError("--show is all, or a list of \(Self.layerNames), not “\(text)”")
            }
            return layers
        })
    var show = RenderLayers.all

    @Option(help: "What the colour of boxes, masks and names tells; dense labels always tell the part.")
    var colorBy = RenderColoring.instance

    @Option(help: "At most so many pictures, the first.")
    var limit: Int?

    @Option(help: "Shrink pictures to this length of their longer side, pixels.")
    var maxSize = 1024

    @Option(help: "The kind of file.")
    var format = RenderJob.Format.png

    @Flag(help: "Leave pictures alone whose file is there.")
    var keepExisting = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
        guard 16...30_000 ~= maxSize else { throw ValidationError("--max-size is between 16 and 30000") }
    }

    func run() throws {
        var options = RenderJob.Options(selection: selection.selection(run: runName, limit: limit))
        (options.style.layers, options.style.coloring, options.style.maximumSide) = (show, colorBy, maxSize)
        (options.format, options.keepsExisting) = (format, keepExisting)
        let progress = ProgressLine("rendering")
        let start = Date()
        let file = try catalog.open()
        let report = try RenderJob.run(into: out, from: file, options: options) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        let rate = Double(report.rendered) / max(0.001, Date().timeIntervalSince(start))
        var parts = ["\(report.rendered) pictures with \(report.labels) labels into \(out)"]
        if report.present > 0 { parts.append("\(report.present) were there already") }
        if report.onGrey > 0 { parts.append("\(report.onGrey) on grey, for want of a readable file") }
        if report.rendered > 1 {
            parts.append("\(rate.formatted(.number.precision(.fractionLength(1)))) pictures a second")
        }
        print(parts.joined(separator: ", "))
        if let sheet = report.contactSheet { print("contact sheet: \(sheet)") }
        if report.labels == 0, runName == nil,
            let run = try file.read({ try $0.runs(kinds: [.predictions, .inference, .selection]).first })
        {
            print("predictions are drawn by the name of their run, for instance --run '\(run.name)'")
        }
        ProblemTable.show(report.problems, count: report.problems.count)
    }
}

extension RenderColoring: ExpressibleByArgument {}
extension RenderJob.Format: ExpressibleByArgument {}
