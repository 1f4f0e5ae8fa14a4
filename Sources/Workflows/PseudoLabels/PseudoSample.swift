import Annotations
public import Catalog
import Foundation
import Hashing

/// Labels chosen from what a run has stored.
///
/// A sample is a run of its own, whose labels are copies: so it trains, exports, renders and is reviewed as all labels are,
/// and stays as it was when its source changes. Each label's `source_id` is the instance that it was chosen from.
public struct PseudoSample: Sendable {
    public let recipe: SampleRecipe
    public let chosen: [ChosenDetection]
    public let steps: [ChoiceStep]
    private let thresholds: [ConfidenceKey: Int]

    /// Chooses objects; points are chosen when they are asked for.
    /// - Throws: `PseudoLabelError`, `CatalogError`.
    public init(_ recipe: SampleRecipe, in reader: CatalogReader) throws {
        self.recipe = recipe
        let chooser = try DetectionChooser(recipe, reader)
        (chosen, steps) = try chooser()
        thresholds = chooser.thresholds.points
    }

    /// Walks the chosen objects with their chosen points. The same seed gives each object the same points, whatever else is
    /// chosen.
    public func forEach(
        in reader: CatalogReader, _ body: (ChosenDetection, [CandidatePoint]) throws -> Void
    ) throws {
        let sampler = PointSampler(recipe.points, thresholds: thresholds)
        var known: (picture: Int64, objects: [[CandidatePoint]]) = (-1, [])
        for object in chosen {
            if known.picture != object.pictureID, recipe.points.count > 0 {
                known = (
                    object.pictureID, try reader.storedPoints(ofPicture: object.pictureID, detections: object.count)
                )
            }
            guard recipe.points.count > 0 else {
                try body(object, [])
                continue
            }
            let points = known.objects[object.place]
            var generator = SeededGenerator(
                seed: recipe.seed, stream: UInt64(object.mediumID), UInt64(object.place))
            try body(object, sampler(points, using: &generator).map { points[$0] })
        }
    }

    /// What writing the sample changes.
    public struct Change: Sendable, Codable, Equatable {
        public var objects = 0
        public var points = 0
        /// Of a sample of this name that is there already: objects that are new, that go, and whose points differ.
        public var added = 0
        public var removed = 0
        public var changed = 0
        public var isReplacement = false
    }

    /// What writing under a name would change.
    public func change(asNamed name: String, in reader: CatalogReader) throws -> Change {
        var change = Change()
        var old: [Int64: [UInt8]] = [:]
        if let run = try reader.runs(kinds: [.selection]).first(where: { $0.name == name }) {
            change.isReplacement = true
            try reader.forEachInstance(InstanceQuery(runIDs: [run.id])) { record, parts in
                if let source = record.sourceID { old[source] = parts.points?.data ?? [] }
            }
        }
        try forEach(in: reader) { object, points in
            change.objects += 1
            change.points += points.count
            guard let before = old.removeValue(forKey: object.instance) else {
                change.added += 1
                return
            }
            if before != Self.record(points)?.data ?? [] { change.changed += 1 }
        }
        change.removed = old.count
        return change
    }

    /// Writes the sample as a run and a view of one name, within one operation.
    /// - Parameter replaces: whether a sample of this name gives way.
    /// - Throws: `PseudoLabelError.taken`.
    public func write(asNamed name: String, replaces: Bool, to writer: CatalogWriter) throws -> Change {
        let change = try change(asNamed: name, in: writer)
        let isTaken = try writer.runs().contains { $0.name == name } || writer.views().contains { $0.name == name }
        if isTaken {
            guard replaces, change.isReplacement else { throw PseudoLabelError.taken(name: name) }
            try Self.remove(named: name, from: writer)
        }
        let source = try writer.run(named: recipe.run)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let run = try writer.addRun(
            named: name, kind: .selection, parent: source.id,
            configuration: String(decoding: try encoder.encode(recipe), as: UTF8.self))
        try writer.addView(named: name, ViewDefinition(filter: "run = \(Self.quoted(name))"))
        let inserter = try InstanceInserter(writer)
        try forEach(in: writer) { object, points in
            guard var (record, parts) = try writer.instance(object.instance) else { return }
            (record.runID, record.sourceID, record.review) = (run, object.instance, .unreviewed)
            (record.points, record.extra, record.templateID) = (points.count, nil, nil)
            parts.points = Self.record(points)
            (parts.denseMap, parts.partMasks) = (nil, nil)
            try inserter.add(record, parts)
        }
        writer.summarize("sample “\(name)” of “\(recipe.run)”: \(change.objects) objects, \(change.points) points")
        return change
    }

    /// Takes a sample away; the history keeps it.
    /// - Throws: `CatalogError.unknown`.
    public static func remove(named name: String, from writer: CatalogWriter) throws {
        let run = try writer.run(named: name)
        var ids: [Int64] = []
        try writer.forEachInstance(InstanceQuery(runIDs: [run.id]), parts: false) { record, _ in ids.append(record.id) }
        for id in ids { try writer.deleteInstance(id) }
        if try writer.views().contains(where: { $0.name == name }) { try writer.removeView(named: name) }
        try writer.removeRun(run.id)
    }

    private static func quoted(_ text: String) -> String { text.contains("\"") ? "'\(text)'" : "\"\(text)\"" }

    private static func record(_ points: [CandidatePoint]) -> DensePointsRecord? {
        guard !points.isEmpty else { return nil }
        return DensePointsRecord(columns: [
            ("x", points.map(\.place.x), 1), ("y", points.map(\.place.y), 1),
            ("I", points.map { Double($0.chart) }, 0), ("U", points.map { Double($0.u) / 255 }, 4),
            ("V", points.map { Double($0.v) / 255 }, 4),
        ])
    }
}
