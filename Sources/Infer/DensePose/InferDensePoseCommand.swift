import ArgumentParser
import Catalog
import Commands
import Foundation
import Hashing
import Imaging
import Networks
import Training

struct InferDensePoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "densepose",
        abstract: "Find people or animals, their masks and surface coordinates.",
        discussion: """
            Works on pictures, folders of them and clips, or on a dataset of the catalog, into which the labels go as a run. IUV
            maps are PNG files with red = chart (1 to 24), green = 255 u, blue = 255 v. Confidences are larger where the network is
            surer. In clips, and in frames of clips in the catalog, objects keep their numbers; --smooth 0.5 also steadies them.

            Example:
              infer densepose photos --weights runs/tiny/densepose.safetensors --out found --draw parts,boxes
              infer densepose --dataset chimps --weights runs/tiny/densepose.safetensors --run zero-shot
              infer densepose --dataset clips --weights runs/tiny/densepose.safetensors --store teacher
              infer densepose clip.avi --weights runs/tiny/densepose.safetensors --out found --smooth 0.5
              infer densepose a.jpg --weights model_final.pkl --preset r50-wc1m --results found.json --iuv iuv
            """)

    @ArgumentParser.Argument(help: ArgumentHelp("Pictures, clips, or folders of pictures.", valueName: "file"))
    var inputs: [String] = []

    @Option(help: "A dataset whose pictures are looked at.")
    var dataset: String?

    @Option(help: "Only this part of a split.")
    var split: String?

    @Option(help: "Only pictures that this view chooses.")
    var view: String?

    @Option(help: "Only pictures that fulfil this filter.")
    var filter: String?

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "With --dataset: the run that the labels belong to. Default: “FOLDER on DATASET”, of the folder of the weights.",
            valueName: "name"))
    var runName: String?

    @Option(
        help: ArgumentHelp(
            "With --dataset: as --run, and every object above a low floor is kept with all confidences and points all over it, for `annotate pseudo` to choose labels from.",
            valueName: "name"))
    var store: String?

    @Option(help: "With --store: the most points of an object.")
    var candidates = 200

    @Option(
        help: ArgumentHelp(
            "With --dataset: only the pictures of one worker of several, such as 2/8. `annotate merge` brings their catalogs together.",
            valueName: "part"))
    var shard: String?

    @OptionGroup var network: NetworkOptions
    @OptionGroup var drawing: DrawingOptions

    @Option(
        help: ArgumentHelp("Folder for IUV maps, one PNG for each object.", valueName: "folder"), completion: .directory
    )
    var iuv: String?

    @Option(
        help: ArgumentHelp(
            "COCO results with DensePose's uv_data, or vertex_data; pictures, and frames of clips, are numbered from 1.",
            valueName: "file"),
        completion: .file())
    var results: String?

    @Option(
        help: ArgumentHelp(
            "In clips, the share of what was seen before in what is said now, 0 to 0.95.", valueName: "share"))
    var smooth = 0.0

    @Option(help: "Pictures at a time.")
    var batch = 4

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard inputs.isEmpty != (dataset == nil) else {
            throw ValidationError("name either pictures or a --dataset")
        }
        guard dataset != nil || drawing.out != nil || iuv != nil || results != nil || json.json else {
            throw ValidationError("nothing would be kept: give --out, --iuv, --results or --json")
        }
        guard batch >= 1 else { throw ValidationError("--batch is at least 1") }
        guard (0...0.95).contains(smooth) else { throw ValidationError("--smooth is from 0 to 0.95") }
        guard smooth == 0 || dataset != nil || inputs.contains(where: PictureInputs.isClip) else {
            throw ValidationError("--smooth is for clips")
        }
        guard dataset != nil || [split, view, filter, store, shard].allSatisfy({ $0 == nil }) else {
            throw ValidationError("--split, --view, --filter, --store and --shard are for a --dataset")
        }
        guard store == nil || runName == nil else { throw ValidationError("--store names the run: leave --run out") }
        guard store == nil || network.dense else {
            throw ValidationError("--store keeps surface coordinates: leave --no-dense out")
        }
        guard store == nil || drawing.out == nil && iuv == nil && results == nil && !json.json else {
            throw ValidationError("with --store nothing is drawn and no file is written")
        }
        guard (1...StoreInserter.pointLimit).contains(candidates) else {
            throw ValidationError("--candidates is from 1 to \(StoreInserter.pointLimit)")
        }
        _ = try parsedShard()
    }

    /// 0-based part, and how many there are.
    private func parsedShard() throws -> (part: Int, of: Int)? {
        guard let shard else { return nil }
        let numbers = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let part = numbers[0], let count = numbers[1], count >= 1, 1...count ~= part else {
            throw ValidationError("--shard: \"\(shard)\" is not a part such as 2/8")
        }
        return (part - 1, count)
    }

    func run() async throws {
        let predictor = try network.predictor(candidates: store == nil ? nil : candidates)
        guard store == nil || predictor.network.configuration.dense?.embedding == nil else {
            throw ValidationError("--store keeps charts, and \(network.weights) embeds vertices")
        }
        var sinks = try PredictionSinks(
            painter: drawing.painter(for: predictor.network), out: drawing.out, iuv: iuv,
            keepsResults: results != nil || json.json,
            categories: predictor.network.configuration.categories)
        if let dataset {
            try predict(dataset, predictor, &sinks)
        } else {
            let clips = inputs.filter(PictureInputs.isClip)
            let pictures = inputs.filter { !PictureInputs.isClip($0) }
            if !pictures.isEmpty { try predictFiles(pictures, predictor, &sinks) }
            for clip in clips { try await predictClip(clip, predictor, &sinks) }
        }
        if let results { try sinks.results.json().write(to: URL(fileURLWithPath: results), options: .atomic) }
        if json.json { return print(String(decoding: try sinks.results.json(), as: UTF8.self)) }
        print("\(sinks.pictures) pictures, \(sinks.objects) objects (\(String(format: "%.1f", sinks.rate)) pictures/s)")
    }

    /// Frames are read, looked at and written in batches; the drawn clip plays as fast as the clip itself.
    private func predictClip(
        _ path: String, _ predictor: DensePosePredictor, _ sinks: inout PredictionSinks
    ) async throws {
        let info = try await VideoInfo.probe(path)
        let follower = ClipPredictor(predictor, smoothing: smooth)
        let progress = ProgressLine("finding in \(URL(fileURLWithPath: path).lastPathComponent)")
        var waiting: [Image] = []
        var frames = 0
        var draft = sinks
        let stem = draft.uniqueName(path)
        func look(_ sink: VideoSink?) async throws {
            let found = try draft.timed { try follower(waiting) }
            for (image, objects) in zip(waiting, found) {
                frames += 1
                let name = "\(stem)-\(String(format: "%06d", frames))"
                let drawn = try draft.add(
                    objects, image: image, name: name, number: Int64(draft.pictures + 1), drawsFile: false)
                if let sink, let drawn { try await sink.write(drawn) }
            }
            waiting = []
            if let count = info.frameCount, count > 0 { progress.update(Double(frames) / Double(count)) }
        }
        func lookAtAll(_ sink: VideoSink?) async throws {
            try await FrameExtraction(path: path, selection: .all).forEachFrame { frame in
                waiting.append(
                    Image(width: frame.width, height: frame.height, channels: 3, bytes: frame.pixels))
                if waiting.count == batch { try await look(sink) }
            }
            if !waiting.isEmpty { try await look(sink) }
        }
        if let out = drawing.out {
            let isTurned = abs(info.rotation.truncatingRemainder(dividingBy: 180)) == 90
            try await VideoEncoding.write(
                width: isTurned ? info.height : info.width, height: isTurned ? info.width : info.height,
                rate: info.averageFrameRate ?? info.realFrameRate ?? Rational(25)!, to: "\(out)/\(stem).mp4"
            ) { try await lookAtAll($0) }
        } else {
            try await lookAtAll(nil)
        }
        sinks = draft
        progress.finish()
    }

    private func predictFiles(
        _ inputs: [String], _ predictor: DensePosePredictor, _ sinks: inout PredictionSinks
    ) throws {
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
        let images = try CatalogImages(
            CatalogImageQuery(dataset: dataset, split: split, view: view, filter: filter), in: opened)
        try images.requireAll()
        let folder = URL(fileURLWithPath: network.weights).deletingLastPathComponent().lastPathComponent
        let name = store ?? runName ?? "\(folder) on \(dataset)"
        // The content, not the place, of the weights: workers on other machines add to the same run.
        let settings = Settings(
            weights: try ContentHash.of(fileAt: network.weights).description,
            configuration: predictor.network.configuration, minScore: predictor.options.minimumScore!,
            sides: try network.sides(), isMirrored: network.symmetry != nil,
            meshes: network.mesh.isEmpty ? nil : network.mesh, smoothing: smooth > 0 ? smooth : nil,
            candidates: store == nil ? nil : candidates)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let command = CatalogOptions.commandLine
        let target = try PredictionRun(
            named: name, on: dataset, categories: predictor.network.configuration.categories,
            keepsCandidates: store != nil,
            configuration: String(decoding: try encoder.encode(settings), as: UTF8.self), command: command, in: opened)
        let seen = try target.seen(in: opened)
        let mine = try Self.shard(images.images, parsedShard())
        let rest = mine.filter { seen[$0.mediumID] == nil }
        if !seen.isEmpty { Terminal.error("going on with “\(name)”: \(seen.count) pictures have labels already") }
        let progress = ProgressLine("finding")
        var operation: Int64?
        var done = 0
        for (clip, members) in Self.clips(rest) {
            // Objects of a clip that was interrupted have new numbers.
            let known = clip == nil ? [] : images.images.filter { $0.clip == clip }
            let first = 1 + (known.compactMap { seen[$0.mediumID] }.max() ?? 0)
            let follower = clip.map { _ in ClipPredictor(predictor, smoothing: smooth, firstTrack: first) }
            for start in stride(from: 0, to: members.count, by: batch) {
                let chosen = Array(members[start..<min(start + batch, members.count)])
                // Labels are in the pixels of the file, not turned upright.
                let pictures = try chosen.map { try Image(fileAt: $0.path) }
                let found = try sinks.timed { try follower?(pictures) ?? predictor(pictures) }
                try target.add(
                    zip(chosen, found).map { ($0.mediumID, $1) }, command: command, to: opened, continuing: &operation)
                for (index, image) in chosen.enumerated() {
                    try sinks.add(found[index], image: pictures[index], name: image.path, number: image.mediumID)
                }
                done += chosen.count
                progress.update(Double(done) / Double(rest.count))
            }
        }
        progress.finish()
    }

    /// One worker's pictures: every so many, whole clips.
    private static func shard(_ images: [CatalogImage], _ shard: (part: Int, of: Int)?) -> [CatalogImage] {
        guard let shard else { return images }
        var numbers: [Int64: Int] = [:]
        return images.enumerated().filter { place, image in
            let number = image.clip.map { clip in
                let number = numbers[clip] ?? numbers.count
                numbers[clip] = number
                return number
            }
            return (number ?? place) % shard.of == shard.part
        }.map(\.element)
    }

    /// Pictures by the clip whose frames they are, in its order; first those of none.
    private static func clips(_ images: [CatalogImage]) -> [(clip: Int64?, members: [CatalogImage])] {
        Dictionary(grouping: images, by: \.clip).sorted { $0.key ?? -1 < $1.key ?? -1 }.map { clip, members in
            (
                clip,
                clip == nil ? members : members.sorted { ($0.frame ?? 0, $0.mediumID) < ($1.frame ?? 0, $1.mediumID) }
            )
        }
    }

    private struct Settings: Encodable {
        let weights: String
        let configuration: DensePoseConfiguration
        let minScore: Double
        let sides: [Int]
        let isMirrored: Bool
        let meshes: [String]?
        let smoothing: Double?
        let candidates: Int?
    }
}
