import Annotations
public import Catalog

/// Pictures of a catalog with their labels, and what runs found in them, as evaluations take them.
///
/// Ids of pictures and objects are the catalog's. Categories are of one dataset, by name; one by the name of another
/// of its categories is that one.
public struct CatalogLabels {
    public let index: EvaluationIndex
    private let reader: CatalogReader
    private let dataset: Int64
    private let truths: InstanceQuery
    private let sizes: [Int64: SIMD2<Int32>]
    private let categoryOfID: [Int64: Int64]

    /// - Parameters:
    ///   - media: the pictures; those without labels count as empty.
    ///   - truths: the labels. With a filter, labels that do not fulfil it stay as ones that do not count: neither finding nor
    ///     missing them matters.
    ///   - isAgnostic: takes all categories for one.
    /// - Throws: `CatalogError`; `EvaluationError.size` for a picture whose size is not known.
    public init(
        of dataset: DatasetRecord, media: [MediumRecord], truths: InstanceQuery, isAgnostic: Bool = false,
        in reader: CatalogReader
    ) throws {
        (self.reader, self.dataset, self.truths) = (reader, dataset.id, truths)
        var firstOfName: [String: Int64] = [:]
        var categoryOfID: [Int64: Int64] = [:]
        var categories: [EvaluatedCategory] = []
        for category in try reader.categories(of: dataset.id) {
            let name = isAgnostic ? "object" : category.name
            if firstOfName[name] == nil {
                firstOfName[name] = category.id
                categories.append(EvaluatedCategory(id: category.id, name: name))
            }
            categoryOfID[category.id] = firstOfName[name]
        }
        self.categoryOfID = categoryOfID
        index = EvaluationIndex(pictures: media.map(\.id), categories: categories)
        sizes = try media.reduce(into: [:]) { sizes, medium in
            guard let width = medium.width, let height = medium.height, width > 0, height > 0, width <= 1 << 20,
                height <= 1 << 20, width * height <= 1 << 28
            else { throw EvaluationError.size(picture: medium.path) }
            sizes[medium.id] = SIMD2(Int32(height), Int32(width))
        }
    }

    /// The labels as truths.
    /// - Throws: `EvaluationError` naming the label that cannot be compared.
    public func cocoTruths(for kind: OverlapKind) throws -> COCOTruths {
        var rows: [(record: InstanceRecord, keypoints: [Double], counts: Bool)] = []
        var masks = MaskColumn()
        try forEachTruth(parts: kind != .boxes) { record, parts, counts in
            if kind == .masks { masks.append(try mask(record, parts)) }
            rows.append((record, kind == .keypoints ? keypoints(parts) : [], counts))
        }
        let count = rows.lazy.map(\.keypoints.count).first { $0 > 0 } ?? 51
        var truths = COCOTruths(index: index, keypointCount: count / 3)
        for (place, row) in rows.enumerated() {
            guard kind != .keypoints || row.keypoints.isEmpty || row.keypoints.count == count else {
                throw EvaluationError.keypointCount(
                    object: "instance \(row.record.id)", found: row.keypoints.count, expected: count / 3)
            }
            let box = row.record.box
            let mask = kind == .masks ? try masks.mask(place) : nil
            guard let extent = box ?? mask?.box else { continue }
            try truths.append(
                id: row.record.id, picture: row.record.mediumID, category: category(row.record), box: extent,
                area: row.record.area, isCrowd: row.record.isCrowd, isIgnored: !row.counts, mask: mask,
                keypoints: row.keypoints)
        }
        return truths
    }

    /// What a run found, of a kind; labels that have nothing of it are left out.
    public func cocoDetections(ofRun run: RunRecord, for kind: OverlapKind, truths: COCOTruths) throws -> COCODetections
    {
        var detections = COCODetections(index: index, keypointCount: truths.keypointCount)
        try forEachPrediction(of: run, parts: kind != .boxes) { record, parts in
            let mask = kind == .masks ? try mask(record, parts) : nil
            let keypoints = kind == .keypoints ? keypoints(parts) : []
            guard kind == .boxes ? record.box != nil : kind == .masks ? mask != nil : !keypoints.isEmpty else { return }
            try detections.append(
                id: record.id, picture: record.mediumID, category: category(record), score: record.score ?? 1,
                box: record.box, mask: mask, keypoints: keypoints,
                statements: DetectionStatements(extra: record.extra))
        }
        return detections
    }

    /// Labels with their dense points; those without do not count.
    public func densePoseTruths() throws -> DensePoseTruths {
        var truths = DensePoseTruths(index: index, sizes: index.pictures.map { sizes[$0]! })
        try forEachTruth(parts: true) { record, parts, counts in
            guard let box = record.box else { return }
            let points = counts ? parts.points.flatMap(Self.points) : nil
            let partMask = try labelled(record) {
                try parts.partMasks.map { try PartMasks(json: $0).foreground() ?? .empty(height: 256, width: 256) }
            }
            try truths.append(
                id: record.id, picture: record.mediumID, category: category(record), box: box,
                area: record.area ?? box.area, isCrowd: record.isCrowd, points: points, partMask: partMask,
                mask: partMask == nil ? mask(record, parts) : nil,
                isHumanMesh: parts.points?.mesh == DensePoseTruths.humanMesh)
        }
        return truths
    }

    /// Labels of a run that have an IUV map.
    public func densePoseDetections(ofRun run: RunRecord) throws -> DensePoseDetections {
        var detections = DensePoseDetections(index: index)
        try forEachPrediction(of: run, parts: true) { record, parts in
            guard let box = record.box, let map = parts.denseMap else { return }
            try detections.append(
                id: record.id, picture: record.mediumID, category: category(record), score: record.score ?? 1,
                box: box, map: .png(map), statements: DetectionStatements(extra: record.extra))
        }
        return detections
    }

    private func forEachTruth(
        parts: Bool, _ body: (InstanceRecord, InstanceParts, _ counts: Bool) throws -> Void
    ) throws {
        var counted: Set<Int64>?
        if truths.filter != nil {
            var ids: Set<Int64> = []
            try reader.forEachInstance(truths, parts: false) { record, _ in ids.insert(record.id) }
            counted = ids
        }
        var query = truths
        query.filter = nil
        try reader.forEachInstance(query, parts: parts) { record, its in
            guard index.picture(record.mediumID) != nil else { return }
            try body(record, its, counted?.contains(record.id) ?? true)
        }
    }

    private func forEachPrediction(
        of run: RunRecord, parts: Bool, _ body: (InstanceRecord, InstanceParts) throws -> Void
    ) throws {
        try reader.forEachInstance(InstanceQuery(datasetID: dataset, runIDs: [run.id]), parts: parts) { record, its in
            guard index.picture(record.mediumID) != nil else { return }
            try body(record, its)
        }
    }

    private func category(_ record: InstanceRecord) -> Int64 { categoryOfID[record.categoryID] ?? -1 }

    private func keypoints(_ parts: InstanceParts) -> [Double] {
        parts.keypoints.flatMap { NumberListBlob($0, stride: 1)?.lists.first } ?? []
    }

    private func mask(_ record: InstanceRecord, _ parts: InstanceParts) throws -> RunLengthMask? {
        let size = sizes[record.mediumID]!
        return try labelled(record) {
            try parts.mask?.runs(pictureHeight: Int(size.x), pictureWidth: Int(size.y))
        }
    }

    private func labelled<T>(_ record: InstanceRecord, _ body: () throws -> T) throws -> T {
        do { return try body() } catch {
            throw EvaluationError.mask(object: "instance \(record.id)", reason: "\(error)")
        }
    }

    /// nil where columns are missing or of unequal lengths.
    private static func points(_ record: DensePointsRecord) -> [DensePoint]? {
        guard let x = record.values("x"), let y = record.values("y"), x.count == y.count else { return nil }
        func column(_ name: String) -> [Double]? {
            record.values(name).flatMap { $0.count == x.count ? $0 : nil }
        }
        let charts = column("I")
        if let vertices = column("vertex") {
            return x.indices.map { point in
                DensePoint(
                    x: x[point], y: y[point], vertex: Int32(exactly: vertices[point]) ?? -1,
                    chart: charts.flatMap { UInt8(exactly: $0[point]) } ?? 0)
            }
        }
        guard let charts, let u = column("U"), let v = column("V") else { return nil }
        return x.indices.map {
            DensePoint(x: x[$0], y: y[$0], chart: UInt8(exactly: charts[$0]) ?? 0, u: u[$0], v: v[$0])
        }
    }
}
