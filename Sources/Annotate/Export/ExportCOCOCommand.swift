import Annotations
import ArgumentParser
import Catalog
import Commands

/// What the exports of COCO's family share.
struct COCOExportOptions: ParsableArguments {
    @Argument(help: "The JSON file to write; replaced when it is complete.", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "The dataset.")
    var dataset: String

    @Option(help: "Write the predictions of this run as a list of results.")
    var run: String?

    @Option(help: "Apply this view (see `annotate view`).")
    var view: String?

    @Option(help: "Only pictures and labels that fulfil this filter (see `annotate list --help`).")
    var filter: String?

    @Flag(help: "Read the file back and compare ids, boxes, areas, masks and points.")
    var verify = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    private struct Output: Encodable {
        var export: COCOExport.Report
        var verification: ExportVerification?
    }

    func export() throws {
        let file = try catalog.open()
        var options = COCOExport.Options(dataset: dataset)
        (options.run, options.view, options.filter) = (run, view, filter)
        let report = try COCOExport.run(self.file, from: file, options: options)
        let verification = verify ? try COCOExport.verify(self.file, against: file, options: options) : nil
        if json.json {
            try Terminal.json(Output(export: report, verification: verification))
        } else {
            show(report)
            if let verification { show(verification) }
        }
        if let verification, !verification.isLossless { throw ExitCode(1) }
    }

    private func show(_ report: COCOExport.Report) {
        var counts = "\(report.instances) instances"
        if report.images > 0 { counts = "\(report.images) images, \(report.categories) categories, " + counts }
        print("wrote \(report.path): \(counts), \(report.bytes) bytes")
        if report.isIdentical {
            print("identical to the imported file, byte for byte")
        } else {
            Terminal.table(["not as in the imported file, because"], report.normalised.map { [$0] })
        }
    }

    private func show(_ verification: ExportVerification) {
        print("read back: \(verification.identical) of \(verification.instances) labels are exactly the same")
        let differences = [
            ("missing", verification.missing), ("id", verification.differentID), ("box", verification.differentBox),
            ("area", verification.differentArea), ("category", verification.differentCategory),
            ("mask", verification.differentMask), ("points", verification.differentPoints),
            ("keypoints", verification.differentKeypoints),
        ].filter { $0.1 > 0 }
        Terminal.table(["difference", "labels"], differences.map { [$0.0, "\($0.1)"] })
        if verification.differentMask > 0 { print("worst mask IoU \(verification.worstMaskIoU)") }
    }
}

struct ExportCOCOCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coco", abstract: "Write COCO instances or keypoints, or a run's predictions as results.",
        discussion: """
            What was imported and not changed comes out byte for byte; what changed is written in the style of its file.
            With --verify the exit status is 1 when a label did not come back exactly.

            Example:
              annotate export coco out.json --dataset val --verify
              annotate export coco animals.json --dataset val --view animals --filter 'split = train'
              annotate export coco results.json --dataset val --run baseline
            """)

    @OptionGroup var options: COCOExportOptions

    func run() throws { try options.export() }
}

struct ExportDensePoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "densepose",
        abstract: "Write DensePose annotations (labels with dense points), or DensePose results.",
        discussion: """
            As `export coco`; detectron2 reads the file. All labels are written: DensePose's loader uses those that have
            dense points or a mask. Add --filter 'has points' to leave the others out.

            Example:
              annotate export densepose out.json --dataset dp --verify
            """)

    @OptionGroup var options: COCOExportOptions

    func run() throws { try options.export() }
}
