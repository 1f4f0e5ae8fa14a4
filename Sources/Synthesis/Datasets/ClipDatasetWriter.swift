import Annotations
import Catalog
import Foundation
import Geometry
import Hashing
import Imaging

/// Draws short clips of scenes: frames with their labels and tracks, and each clip as a video without loss.
///
/// Each clip is complete when it is written: an interrupted run goes on where it stopped.
public struct ClipDatasetWriter: Sendable {
    public struct Options: Sendable {
        public var dataset: String
        public var recipe: SceneRecipe
        public var seed: UInt64 = 1
        public var clips = 4
        /// A clip.
        public var frames = 24
        /// Frames a second.
        public var rate = 12
        /// Such as `walk`, `sit`, `climb`, `dance`, `knuckle-walk`.
        public var motion = "walk"
        /// Nil for a folder beside the catalog.
        public var folder: String?
        public var backgrounds: String?
        public var workers = ProcessInfo.processInfo.activeProcessorCount
        public var output = SceneOutput()

        public init(dataset: String, recipe: SceneRecipe) { (self.dataset, self.recipe) = (dataset, recipe) }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var folder: String
        public var run: String
        /// Clips.
        public var added = 0
        /// Clips that the dataset had already.
        public var known = 0
        public var frames = 0
        public var instances = 0
        public var problems: [Problem] = []
    }

    private struct Configuration: Codable {
        var synthesis: String
        var seed: UInt64
        var recipe: SceneRecipe
        var output: SceneOutput
        var frames: Int
        var rate: Int
        var motion: String
        var backgrounds: String?
    }

    /// - Throws: `SceneError`, `ImageError`, `VideoError`, `MeshError`, `CatalogError`.
    public static func run(
        into catalog: CatalogFile, options: Options, command: String, progress: (Double) -> Void = { _ in }
    ) async throws -> Report {
        try options.recipe.validate()
        let recipe = options.recipe
        let models = try BodyLibrary(recipe.species.filter { $0.weight > 0 }.map(\.name))
        let backgrounds = try options.backgrounds.map {
            try PhotographFolder($0, width: recipe.width, height: recipe.height)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let configuration = try encoder.encode(
            Configuration(
                synthesis: "clips", seed: options.seed, recipe: recipe, output: options.output,
                frames: options.frames, rate: options.rate, motion: options.motion, backgrounds: backgrounds?.digest))
        let folder = SyntheticDataset.folder(options.folder, options.dataset, catalog)
        let dataset = SyntheticDataset(
            name: options.dataset, folder: folder, configuration: String(decoding: configuration, as: UTF8.self),
            recipe: recipe)
        // Before anything is written: a motion that a species lacks is wrong in every clip.
        _ = try SceneClip(
            recipe, seed: options.seed, index: 0, motion: options.motion, length: 1, models: models)
        try dataset.prepare(catalog, folders: ["images", "clips"] + (options.output.hasMaps ? ["maps"] : []))
        let team = try WorkerTeam(count: max(1, options.workers)) {
            try PictureMaker(
                recipe, output: options.output, folder: folder, models: models,
                photographs: backgrounds?.pictures ?? [])
        }
        var report = Report(dataset: options.dataset, folder: folder, run: dataset.runName)
        report.problems = backgrounds?.problems ?? []
        let known = try catalog.read { reader -> Set<String> in
            guard try reader.hasDataset(named: options.dataset) else { return [] }
            return Set(try reader.videoMembers(of: reader.dataset(named: options.dataset).id).map(\.video.path))
        }
        var operation: Int64?
        for clip in 0..<options.clips {
            let path = "clips/\(SyntheticDataset.name(clip)).mp4"
            guard !known.contains(path) else {
                report.known += 1
                continue
            }
            let length = Double(options.frames) / Double(options.rate)
            let motion = try SceneClip(
                recipe, seed: options.seed, index: clip, motion: options.motion, length: length, models: models,
                photographs: backgrounds?.pictures.count ?? 0)
            let raw = "\(folder)/clips/\(SyntheticDataset.name(clip)).raw"
            defer { try? FileManager.default.removeItem(atPath: raw) }
            let frames = try draw(clip, motion, options, team, raw: raw)
            try await VideoEncoding.encode(
                raw: raw, width: recipe.width, height: recipe.height, rate: options.rate, to: "\(folder)/\(path)")
            let file = "\(folder)/\(path)"
            let digest = try ContentHash.of(fileAt: file)
            let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int
            operation = try catalog.write(command: command, continuing: operation) { writer in
                var video = VideoRecord(rootID: try writer.root(folder: folder), path: path)
                (video.sha256, video.bytes, video.codec) = (digest.bytes, bytes, "h264")
                (video.width, video.height, video.duration) = (recipe.width, recipe.height, length)
                (video.timeBase, video.frameRate) = ("1/\(options.rate)", "\(options.rate)/1")
                video.capturedAt = frames.first?.capturedAt
                video.id = try writer.add(video)
                report.instances += try dataset.add(frames, video: video.id, writer)
                try writer.link(
                    video: video.id, to: writer.dataset(named: options.dataset).id, selection: "all")
                report.added += 1
                report.frames += frames.count
                writer.summarize("\(report.added) drawn clips into \(options.dataset)")
                return writer.operationID
            }
            progress(Double(clip + 1) / Double(options.clips))
        }
        return report
    }

    /// Draws a clip's frames, a batch at a time, and appends their pixels to a file.
    private static func draw(
        _ clip: Int, _ motion: SceneClip, _ options: Options, _ team: WorkerTeam, raw: String
    ) throws -> [MadePicture] {
        guard FileManager.default.createFile(atPath: raw, contents: nil),
            let handle = FileHandle(forWritingAtPath: raw)
        else { throw SceneError.file(raw, "it cannot be written (is the folder read-only?)") }
        defer { try? handle.close() }
        var frames: [MadePicture] = []
        for first in stride(from: 0, to: options.frames, by: 32) {
            let numbers = Array(first..<min(first + 32, options.frames))
            let made = try team.map(numbers) { maker, frame in
                let scene = try motion.scene(at: Double(frame) / Double(options.rate), frame: frame)
                let number = clip * options.frames + frame + 1
                let name = "\(SyntheticDataset.name(clip))-\(SyntheticDataset.name(frame).suffix(4))"
                var (picture, pixels) = try maker.makeFrame(scene, name: name, number: number)
                picture.frame = frame
                // One number for an individual in the whole dataset.
                for i in picture.instances.indices {
                    picture.instances[i].track = picture.instances[i].track.map { 100 * clip + $0 }
                }
                return (picture, pixels)
            }
            for (picture, pixels) in made {
                do {
                    try handle.write(contentsOf: pixels)
                } catch {
                    throw SceneError.file(raw, "writing failed (\((error as NSError).localizedDescription))")
                }
                frames.append(picture)
            }
        }
        return frames
    }
}
