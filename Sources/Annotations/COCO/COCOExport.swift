import Catalog
import Foundation
import Hashing

/// Writes a dataset of the catalog as COCO or DensePose JSON, or a run's predictions as a list of results.
///
/// What was imported and not changed since comes out byte for byte; what changed is written in the style of its file.
public struct COCOExport {
    public struct Options: Sendable {
        public var dataset: String
        /// Predictions of this run, as a list of results; the labels themselves where it is nil.
        public var run: String?
        /// Name of a view that says which categories count and what they are called.
        public var view: String?
        /// Only media and instances that fulfil it.
        public var filter: String?

        public init(dataset: String) { self.dataset = dataset }
    }

    public struct Report: Codable, Sendable {
        public var path: String
        public var images = 0
        public var categories = 0
        public var instances = 0
        public var bytes = 0
        /// The file equals the one that was imported, byte for byte.
        public var isIdentical = false
        /// What is not as it was in the imported file, and why.
        public var normalised: [String] = []
    }

    /// Writes the file beside its place and moves it there when it is complete.
    public static func run(_ path: String, from catalog: CatalogFile, options: Options) throws -> Report {
        try catalog.read { reader in
            let export = try COCOExport(reader: reader, options: options)
            try reader.refuseToReplace(path)
            return try export.write(to: path)
        }
    }

    let reader: CatalogReader
    let options: Options
    let dataset: DatasetRecord
    private let document: DocumentRecord?
    private let runIDs: [Int64]
    let isResults: Bool
    private let filter: Filter?
    private let view: ViewDefinition?
    private let categories: [CategoryRecord]
    private let classes: [Int64: Int]

    init(reader: CatalogReader, options: Options) throws {
        (self.reader, self.options) = (reader, options)
        dataset = try reader.dataset(named: options.dataset)
        let documents = try reader.documents(of: dataset.id)
        let chosen = try options.run.map { [try reader.run(named: $0)] }
        let runIDs = try (chosen ?? reader.runs().filter { $0.kind.makesTruth }).map(\.id)
        self.runIDs = runIDs
        isResults = chosen?.first?.kind.makesResults ?? false
        document = documents.first { runIDs.contains($0.runID) && $0.layout != nil }
        view = try options.view.map { try reader.view(named: $0) }
        var texts = [options.filter, view?.filter].compactMap { $0 }
        if texts.count == 2 { texts = ["(\(texts[0])) and (\(texts[1]))"] }
        filter = try texts.first.map { try Filter($0) }
        categories = try reader.categories(of: dataset.id)
        classes = try view?.classes(of: categories) ?? [:]
    }

    func write(to path: String) throws -> Report {
        var report = Report(path: path)
        let layout = document?.layout.map(DocumentLayout.init) ?? (isResults ? .results : .coco)
        let output = try OutputFile(path: path)
        var names: Set<String> = []
        for segment in layout.segments {
            switch segment {
            case .literal(let bytes): output.buffer += bytes
            case .array(let hole):
                names.insert(hole.name)
                try write(hole, to: output, &report)
            }
            try output.flushIfLarge()
        }
        let digest = try output.finish()
        report.bytes = output.count
        if let document {
            report.isIdentical = digest == document.sha256
            if !report.isIdentical { report.normalised = try reasons(document) }
        } else {
            report.normalised = ["the dataset has no single source file; written in Python's default JSON style"]
        }
        return report
    }

    /// Why the file may differ from the one that was imported.
    private func reasons(_ document: DocumentRecord) throws -> [String] {
        var reasons: [String] = []
        if let view = options.view { reasons.append("the view “\(view)” was applied") }
        if filter != nil { reasons.append("a filter was applied") }
        if document.problems > 0 {
            reasons.append(
                "\(document.problems) problems were found at the import (`annotate check` lists what remains)")
        }
        let changes = try reader.changedInstances(of: dataset.id)
        if changes > 0 {
            reasons.append("\(changes) labels were changed or deleted since the import (`annotate history` lists them)")
        }
        return reasons.isEmpty ? ["labels were added or removed since the import"] : reasons
    }

    private func write(_ hole: ArrayHole, to output: OutputFile, _ report: inout Report) throws {
        var writer = COCOObjectWriter(templates: try reader.templates())
        let layout = hole.layout
        var count = 0
        func element(_ append: (inout [UInt8]) -> Void) throws {
            if count > 0 {
                output.buffer += layout.beforeComma
                output.buffer.append(UInt8(ascii: ","))
                output.buffer += layout.afterComma
            }
            append(&output.buffer)
            count += 1
            try output.flushIfLarge()
        }
        output.buffer.append(UInt8(ascii: "["))
        output.buffer += layout.afterOpen
        switch hole.name {
        case "images":
            let media = try filter.map { try reader.chosenMedia(of: dataset.id, filter: $0) }
            try reader.forEachMember(of: dataset.id, in: media) { member in
                try element { writer.append(member, id: member.sourceID ?? member.mediumID, to: &$0) }
            }
            report.images = count
        case "categories":
            for category in exportedCategories { try element { writer.append(category, to: &$0) } }
            report.categories = count
        default:
            try instances { record, parts, identity in
                try element { writer.append(record, parts, identity, to: &$0) }
            }
            report.instances = count
        }
        if count > 0 { output.buffer += layout.beforeClose }
        output.buffer.append(UInt8(ascii: "]"))
    }

    private var exportedCategories: [CategoryRecord] {
        guard let targets = view?.categories else { return categories.filter(\.isDeclared) }
        return targets.enumerated().map { index, target in
            CategoryRecord(datasetID: dataset.id, sourceID: Int64(index + 1), name: target.name)
        }
    }

    func instances(
        _ body: (InstanceRecord, InstanceParts, COCOObjectWriter.Identity) throws -> Void
    ) throws {
        var imageIDs: [Int64: Int64] = [:]
        var sizes: [Int64: (width: Int, height: Int)] = [:]
        try reader.forEachMember(of: dataset.id) { member in
            if let width = member.width, let height = member.height { sizes[member.mediumID] = (width, height) }
            if imageIDs[member.mediumID] == nil { imageIDs[member.mediumID] = member.sourceID ?? member.mediumID }
        }
        let categoryIDs = Dictionary(uniqueKeysWithValues: categories.map { ($0.id, $0.sourceID) })
        // Labels that were drawn here get numbers after those of the file.
        var nextID = try reader.largestSourceID(of: dataset.id) + 1
        let query = InstanceQuery(datasetID: dataset.id, runIDs: runIDs, filter: filter)
        try reader.forEachInstance(query) { record, parts in
            var categoryID = categoryIDs[record.categoryID] ?? 0
            if view?.categories != nil {
                guard let index = classes[record.categoryID] else { return }
                categoryID = Int64(index + 1)
            }
            var id = record.sourceID ?? 0
            if record.sourceID == nil, !isResults {
                id = nextID
                nextID += 1
            }
            var record = record
            if record.templateID == nil, record.area == nil, !isResults {
                // COCO's tools want an area: of the mask, else of the box.
                let size = sizes[record.mediumID] ?? (0, 0)
                let mask = try? parts.mask?.runs(pictureHeight: size.height, pictureWidth: size.width)
                record.area = mask.map { Double($0.area) } ?? record.box?.area
            }
            let imageID = imageIDs[record.mediumID] ?? record.mediumID
            try body(record, parts, .init(id: id, imageID: imageID, categoryID: categoryID))
        }
    }
}
