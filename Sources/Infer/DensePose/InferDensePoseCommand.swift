import ArgumentParser
import Catalog
import Commands
import Foundation
import Imaging
import Networks
import Tensors
import Training

struct InferDensePoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "densepose",
        abstract: "Find people or animals, their masks and surface coordinates.",
        discussion: """
            Works on picture files and folders, or on a dataset of the catalog, into which the labels go as a run. IUV maps are
            PNG files with red = chart (1 to 24), green = 255 u, blue = 255 v. Confidences are larger where the network is surer.

            Example:
              infer densepose photos --weights runs/tiny/densepose.safetensors --out found --draw parts,boxes
              infer densepose --dataset chimps --weights runs/tiny/densepose.safetensors --run zero-shot
              infer densepose a.jpg --weights model_final.pkl --preset r50-wc1m --results found.json --iuv iuv
            """)

    @ArgumentParser.Argument(help: ArgumentHelp("Pictures, or folders of them.", valueName: "picture"))
    var inputs: [String] = []

    @Option(
        help: ArgumentHelp("A file of `train densepose`, or of detectron2 with --preset.", valueName: "file"),
        completion: .file())
    var weights: String

    @Option(help: ArgumentHelp("What network a file of another program is.", valueName: "name"))
    var preset: String?

    @Option(help: "A dataset whose pictures are looked at.")
    var dataset: String?

    @Option(help: "Only this part of a split.")
    var split: String?

    @Option(help: "Only pictures that fulfil this filter.")
    var filter: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "With --dataset: the run that the labels belong to. Default: “FOLDER on DATASET”, of the folder of the weights.",
            valueName: "name"))
    var runName: String?

    @Option(
        help: ArgumentHelp("Folder for pictures with what was found drawn over them.", valueName: "folder"),
        completion: .directory)
    var out: String?

    @Option(help: ArgumentHelp("What is drawn: masks, parts, u, v, certainty, boxes.", valueName: "list"))
    var draw = "parts,boxes"

    @Option(
        help: ArgumentHelp("Folder for IUV maps, one PNG for each object.", valueName: "folder"), completion: .directory
    )
    var iuv: String?

    @Option(
        help: ArgumentHelp("COCO results with DensePose's uv_data; pictures are numbered from 1.", valueName: "file"),
        completion: .file())
    var results: String?

    @Option(help: "Least score.")
    var minScore = 0.5

    @Option(help: "Most objects of a picture.")
    var perPicture: Int?

    @Option(help: "Shorter side of what the network sees. Default: its own.")
    var side: Int?

    @Flag(inversion: .prefixedNo, help: "Compute masks.")
    var masks = true

    @Flag(inversion: .prefixedNo, help: "Compute surface coordinates.")
    var dense = true

    @Option(help: "Pictures at a time.")
    var batch = 4

    @Option(help: "cpu, cuda or cuda:1.")
    var device = "cpu"

    @Option(help: "Threads of each operation. Default: all cores.")
    var threads: Int?

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard inputs.isEmpty != (dataset == nil) else {
            throw ValidationError("name either pictures or a --dataset")
        }
        guard dataset != nil || out != nil || iuv != nil || results != nil || json.json else {
            throw ValidationError("nothing would be kept: give --out, --iuv, --results or --json")
        }
        guard Device(device) != nil else { throw ValidationError("--device is cpu, cuda or cuda:1, not '\(device)'") }
        guard (0...1).contains(minScore) else { throw ValidationError("--min-score is from 0 to 1") }
        for (name, value) in [("--batch", batch), ("--threads", threads ?? 1), ("--side", side ?? 32)] where value < 1 {
            throw ValidationError("\(name) is at least 1, not \(value)")
        }
        _ = try layers()
    }

    private func layers() throws -> [PredictionPainter.Layer] {
        try draw.split(separator: ",").map { word in
            guard let layer = PredictionPainter.Layer(rawValue: String(word)) else {
                let known = PredictionPainter.Layer.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--draw: \"\(word)\" is none of \(known)")
            }
            return layer
        }
    }

    func run() throws {
        if let threads { Torch.threads = threads }
        let configuration = try preset.map { name in
            guard let known = DensePoseConfiguration.preset(name) else {
                throw ValidationError(
                    "there is no preset \"\(name)\"; there are \(DensePoseConfiguration.presetNames.joined(separator: ", "))"
                )
            }
            return known
        }
        let (network, matching) = try DensePoseRCNN.read(weights, configuration: configuration)
        if let matching, !matching.unexpected.isEmpty {
            Terminal.error("\(weights): \(matching.unexpected.count) entries are not of this network and were left")
        }
        var options = DensePosePredictor.Options()
        (options.device, options.minimumScore, options.perPicture) = (Device(device)!, minScore, perPicture)
        (options.side, options.drawsConfidences) = (side, true)
        options.outputs = (masks ? DetectionOutputs.masks : []).union(dense ? .dense : [])
        let predictor = try DensePosePredictor(network, options)
        var sinks = try PredictionSinks(
            layers: layers(), out: out, iuv: iuv, keepsResults: results != nil || json.json,
            categories: network.configuration.categories)
        if let dataset {
            try predict(dataset, predictor, &sinks)
        } else {
            try predictFiles(predictor, &sinks)
        }
        if let results { try sinks.results.json().write(to: URL(fileURLWithPath: results), options: .atomic) }
        if json.json { return print(String(decoding: try sinks.results.json(), as: UTF8.self)) }
        print("\(sinks.pictures) pictures, \(sinks.objects) objects (\(String(format: "%.1f", sinks.rate)) pictures/s)")
    }

    private func predictFiles(_ predictor: DensePosePredictor, _ sinks: inout PredictionSinks) throws {
        let files = try PictureInputs.files(inputs)
        let progress = ProgressLine("finding")
        for start in stride(from: 0, to: files.count, by: batch) {
            let names = Array(files[start..<min(start + batch, files.count)])
            let images = try names.map { try PictureInputs.upright($0) }
            let found = try sinks.timed { try predictor(images) }
            for (index, name) in names.enumerated() {
                try sinks.add(found[index], image: images[index], name: name, number: Int64(start + index + 1))
            }
            progress.update(Double(start + names.count) / Double(files.count))
        }
        progress.finish()
    }

    private func predict(_ dataset: String, _ predictor: DensePosePredictor, _ sinks: inout PredictionSinks) throws {
        let opened = try catalog.open()
        let images = try CatalogImages(CatalogImageQuery(dataset: dataset, split: split, filter: filter), in: opened)
        try images.requireAll()
        let folder = URL(fileURLWithPath: weights).deletingLastPathComponent().lastPathComponent
        let name = runName ?? "\(folder) on \(dataset)"
        let settings = Settings(
            weights: URL(fileURLWithPath: weights).standardizedFileURL.path,
            configuration: predictor.network.configuration, minScore: minScore, side: side)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let command = CatalogOptions.commandLine
        let target = try PredictionRun(
            named: name, on: dataset, categories: predictor.network.configuration.categories,
            configuration: String(decoding: try encoder.encode(settings), as: UTF8.self), command: command, in: opened)
        let seen = try target.seen(in: opened)
        let rest = images.images.filter { !seen.contains($0.mediumID) }
        if !seen.isEmpty { Terminal.error("going on with “\(name)”: \(seen.count) pictures have labels already") }
        let progress = ProgressLine("finding")
        var operation: Int64?
        for start in stride(from: 0, to: rest.count, by: batch) {
            let chosen = Array(rest[start..<min(start + batch, rest.count)])
            // Labels are in the pixels of the file, not turned upright.
            let pictures = try chosen.map { try Image(fileAt: $0.path) }
            let found = try sinks.timed { try predictor(pictures) }
            try target.add(
                zip(chosen, found).map { ($0.mediumID, $1) }, command: command, to: opened, continuing: &operation)
            for (index, image) in chosen.enumerated() {
                try sinks.add(found[index], image: pictures[index], name: image.path, number: image.mediumID)
            }
            progress.update(Double(start + chosen.count) / Double(rest.count))
        }
        progress.finish()
    }

    private struct Settings: Encodable {
        let weights: String
        let configuration: DensePoseConfiguration
        let minScore: Double
        let side: Int?
    }
}
