import Annotations
import Catalog
import Foundation
import Geometry
import Hashing
import Imaging

/// Draws a dataset of scenes into a folder and a catalog.
///
/// Batches are complete when they are written: an interrupted run goes on where it stopped, and the rows are those of a run
/// that was not interrupted. The same recipe and seed give the same bytes, whatever the number of workers.
public struct SceneDatasetWriter: Sendable {
    public struct Options: Sendable {
        public var dataset: String
        public var recipe: SceneRecipe
        public var seed: UInt64 = 1
        public var pictures = 100
        /// Nil for a folder beside the catalog.
        public var folder: String?
        /// A folder of photographs to stand behind the animals.
        public var backgrounds: String?
        public var workers = ProcessInfo.processInfo.activeProcessorCount
        public var output = SceneOutput()

        public init(dataset: String, recipe: SceneRecipe) { (self.dataset, self.recipe) = (dataset, recipe) }
    }

    public struct Report: Codable, Sendable {
        public var dataset: String
        public var folder: String
        public var run: String
        public var added = 0
        /// Pictures that the dataset had already.
        public var known = 0
        public var instances = 0
        /// Of drawing and writing, without the making of bodies.
        public var seconds = 0.0
        public var problems: [Problem] = []
    }

    /// What a dataset was made of; kept with its run.
    struct Configuration: Codable, Equatable {
        var synthesis: String
        var seed: UInt64
        var recipe: SceneRecipe
        var output: SceneOutput
        /// Paths and sizes of the photographs, as one digest.
        var backgrounds: String?

        var json: String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        }
    }

    private static let batch = 128

    /// - Throws: `SceneError`, `ImageError`, `MeshError`, `CatalogError`.
    public static func run(
        into catalog: CatalogFile, options: Options, command: String, progress: (Double) -> Void = { _ in }
    ) throws -> Report {
        try options.recipe.validate()
        let models = try BodyLibrary(options.recipe.species.filter { $0.weight > 0 }.map(\.name))
        let backgrounds = try options.backgrounds.map {
            try PhotographFolder($0, width: options.recipe.width, height: options.recipe.height)
        }
        let configuration = Configuration(
            synthesis: "bodies", seed: options.seed, recipe: options.recipe, output: options.output,
            backgrounds: backgrounds?.digest)
        let folder = SyntheticDataset.folder(options.folder, options.dataset, catalog)
        let dataset = SyntheticDataset(
            name: options.dataset, folder: folder, configuration: configuration.json, recipe: options.recipe)
        try dataset.prepare(catalog, folders: ["images"] + (options.output.hasMaps ? ["maps"] : []))
        var report = Report(dataset: options.dataset, folder: folder, run: dataset.runName)
        report.problems = backgrounds?.problems ?? []
        let team = try WorkerTeam(count: min(max(1, options.workers), batch)) {
            try PictureMaker(
                options.recipe, output: options.output, folder: folder, models: models,
                photographs: backgrounds?.pictures ?? [])
        }
        var operation: Int64?
        let start = Date()
        for first in stride(from: 0, to: options.pictures, by: batch) {
            let numbers = Array(first..<min(first + batch, options.pictures))
            let ending = options.output.isPNG ? "png" : "jpg"
            let known = try catalog.read { reader in
                try numbers.filter {
                    try reader.hasMember(
                        path: "images/\(SyntheticDataset.name($0)).\(ending)", folder: folder,
                        dataset: options.dataset)
                }
            }
            report.known += known.count
            let new = numbers.filter { !known.contains($0) }
            guard !new.isEmpty else { continue }
            let made = try team.map(new) { maker, index in
                let scene = try SyntheticScene(
                    options.recipe, seed: options.seed, index: index, models: models,
                    photographs: backgrounds?.pictures.count ?? 0)
                return try maker.make(scene, name: SyntheticDataset.name(index), number: index + 1)
            }
            operation = try catalog.write(command: command, continuing: operation) { writer in
                report.instances += try dataset.add(made, writer)
                report.added += made.count
                writer.summarize("\(report.added) drawn pictures into \(options.dataset)")
                return writer.operationID
            }
            progress(Double(first + numbers.count) / Double(options.pictures))
        }
        report.seconds = Date().timeIntervalSince(start)
        return report
    }
}

/// The rows of a drawn dataset.
struct SyntheticDataset {
    let name: String
    let folder: String
    let configuration: String
    let recipe: SceneRecipe

    var runName: String { "synthesis of \(name)" }

    static func name(_ index: Int) -> String {
        let digits = String(index + 1)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// `c.synth/NAME` beside `c.sqlite`, unless a folder is named.
    static func folder(_ named: String?, _ dataset: String, _ catalog: CatalogFile) -> String {
        let folder =
            named
            ?? URL(fileURLWithPath: catalog.path).deletingPathExtension().path + ".synth/"
            + dataset.replacing("/", with: "-")
        return URL(fileURLWithPath: folder).standardizedFileURL.path
    }

    /// Makes the folders, and refuses to mix what was made differently.
    /// - Throws: `SceneError.otherRecipe`, `ImageError` for a folder that cannot be made.
    func prepare(_ catalog: CatalogFile, folders: [String]) throws {
        try catalog.read { reader in
            guard try reader.hasDataset(named: name) else { return }
            let run = try reader.runs(kinds: [.import]).first { $0.name == runName }
            guard run?.configuration == configuration else { throw SceneError.otherRecipe(dataset: name) }
        }
        for part in folders {
            do {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(part)", withIntermediateDirectories: true)
            } catch {
                throw SceneError.file(
                    folder, "the folder cannot be made (\((error as NSError).localizedDescription))")
            }
        }
    }

    /// Adds pictures and their labels; the dataset, its run and its categories with the first.
    /// - Returns: how many labels.
    func add(_ pictures: [MadePicture], video: Int64? = nil, _ writer: CatalogWriter) throws -> Int {
        let dataset: Int64
        let run: Int64
        if try writer.hasDataset(named: name) {
            dataset = try writer.dataset(named: name).id
            run = try writer.run(named: runName).id
        } else {
            dataset = try writer.addDataset(named: name, format: "synthesis")
            // Labels of an import count as the truth, which these are.
            run = try writer.addRun(named: runName, kind: .import, configuration: configuration)
            let templates = TemplateInterner(writer)
            let set = recipe.keypoints.set
            for (number, share) in recipe.species.enumerated() {
                try writer.addCategory(
                    named: share.name, number: Int64(number + 1), in: dataset, keypoints: set.points.map(\.name),
                    skeleton: recipe.keypoints.lines, templates: templates)
            }
        }
        let categories = Dictionary(
            try writer.categories(of: dataset).map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
        let root = try writer.root(folder: folder)
        let media = try MediumInserter(writer)
        let inserter = try InstanceInserter(writer)
        var labels = 0
        for picture in pictures {
            var medium = MediumRecord(rootID: root, path: picture.path, width: picture.width, height: picture.height)
            (medium.bytes, medium.sha256) = (picture.bytes, picture.digest.bytes)
            (medium.capturedAt, medium.infrared) = (picture.capturedAt, picture.isInfrared)
            (medium.videoID, medium.frameIndex) = (video, picture.frame)
            medium.pts = picture.frame.map(Int64.init)
            let id = try media.add(medium).id
            try media.link(id, to: dataset, sourceID: nil)
            for instance in picture.instances {
                guard let category = categories[instance.species] else { continue }
                var record = InstanceRecord(datasetID: dataset, runID: run, mediumID: id, categoryID: category)
                (record.sourceID, record.box, record.area) = (instance.number, instance.box, instance.area)
                (record.points, record.track) = (instance.points, instance.track.map(Int64.init))
                try inserter.add(record, instance.parts)
                labels += 1
            }
        }
        return labels
    }
}

extension KeypointLayout {
    /// Lines between keypoints, numbered from 1, as the datasets draw them.
    var lines: [(Int, Int)] {
        switch self {
        case .coco17:
            [
                (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9), (8, 10),
                (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
            ]
        case .body25:
            [
                (2, 9), (2, 3), (2, 6), (3, 4), (4, 5), (6, 7), (7, 8), (9, 10), (10, 11), (11, 12), (9, 13), (13, 14),
                (14, 15), (2, 1), (1, 16), (16, 18), (1, 17), (17, 19), (15, 20), (20, 21), (15, 22), (12, 23),
                (23, 24),
                (12, 25),
            ]
        }
    }
}
