import Annotations
import ArgumentParser
import Catalog
import Commands

/// What the imports of COCO's family share.
struct COCOImportOptions: ParsableArguments {
    @Argument(help: "The JSON file.", completion: .file(extensions: ["json"]))
    var file: String

    @Option(help: "Name of the dataset that it becomes; for a list of results, of the dataset that they speak of.")
    var dataset: String

    @Option(help: ArgumentHelp("Folder that the file names start from.", valueName: "folder"), completion: .directory)
    var images: String?

    @Option(help: "Name of the run that a list of results becomes. Default: the file's name.")
    var run: String?

    @Option(
        help: ArgumentHelp(
            "For results over pictures that no file declares: the name of an image's file, e.g. COCO_val2014_%012d.jpg.",
            valueName: "pattern"))
    var imageName: String?

    @Option(help: ArgumentHelp("Name of a category that no file declares; may be repeated.", valueName: "id=name"))
    var categoryName: [String] = []

    @Flag(help: "Stop at the first defect. Default: take what is sound and report the rest.")
    var strict = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    private var categoryNames: [(Int64, String)]? {
        let pairs = categoryName.map { $0.split(separator: "=", maxSplits: 1) }
        let names = pairs.compactMap { pair in pair.count == 2 ? Int64(pair[0]).map { ($0, String(pair[1])) } : nil }
        return names.count == categoryName.count ? names : nil
    }

    func validate() throws {
        if categoryNames == nil { throw ValidationError("--category-name is a number and a name: 1=person") }
    }

    func run(format: String) throws {
        let file = try catalog.open()
        var options = COCOImport.Options(dataset: dataset, images: images)
        (options.format, options.run, options.isStrict) = (format, run, strict)
        options.imageName = imageName
        options.categoryNames = Dictionary(categoryNames ?? []) { $1 }
        let progress = ProgressLine("reading")
        let report = try COCOImport.run(
            self.file, into: file, options: options, command: CatalogOptions.commandLine
        ) { progress.update($0) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        print(report.summary)
        ProblemTable.show(report.problems, count: report.problemCount)
    }
}

struct ImportCOCOCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coco", abstract: "Import COCO instances or keypoints, or a list of results over them.",
        discussion: """
            The file is read as a stream: memory does not grow with it. Unknown members, number texts and key order are
            kept, so that an export gives the same bytes. Importing the same file again changes nothing.

            Example:
              annotate import coco instances_val2017.json --dataset val --images val2017
              annotate import coco detections.json --dataset val --run baseline
            """)

    @OptionGroup var options: COCOImportOptions

    func run() throws { try options.run(format: "coco") }
}

struct ImportDensePoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "densepose",
        abstract: "Import DensePose-COCO annotations (charts or vertices), or a list of DensePose results.",
        discussion: """
            As `import coco`, and warns when no label has dense points. Results carry their IUV maps in `uv_data`.

            Example:
              annotate import densepose densepose_minival2014.json --dataset dp --images val2014
              annotate import densepose results.json --dataset dp --run baseline
              annotate import densepose results.json --dataset new --image-name 'COCO_val2014_%012d.jpg' \\
                --images val2014 --category-name 1=person
            """)

    @OptionGroup var options: COCOImportOptions

    func run() throws { try options.run(format: "densepose") }
}

extension COCOImport.Report {
    var summary: String {
        if wasPresent { return "\(dataset): this very file is in the catalog already; nothing to do" }
        var parts = ["\(images) images", "\(categories) categories", "\(instances) instances"]
        if withMask > 0 { parts.append("\(withMask) with a mask") }
        if withPoints > 0 { parts.append("\(withPoints) with \(densePoints) dense points") }
        if skipped > 0 { parts.append("\(skipped) objects left out") }
        if missingFiles > 0 { parts.append("\(missingFiles) files missing") }
        return "\(dataset): " + parts.joined(separator: ", ")
    }
}
