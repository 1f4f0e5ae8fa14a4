import Annotations
public import Catalog
import Evaluation

/// Compares what a run has stored with the labels of the same pictures.
public struct Calibrator {
    private var probabilities: [ConfidenceKey: ProbabilityCalibration] = [:]
    private var ratios: [ConfidenceKey: [Double]] = [:]
    private var compared = 0

    /// - Parameters:
    ///   - run: stored candidates of labelled pictures, which the network was not trained on.
    ///   - isAgnostic: takes all categories for one.
    /// - Throws: `PseudoLabelError`, `CatalogError`, `EvaluationError`.
    public static func calibration(
        of run: String, on dataset: String, isAgnostic: Bool, _ reader: CatalogReader
    ) throws -> StoreCalibration {
        let record = try reader.run(named: run)
        var calibrator = Calibrator()
        try calibrator.compare(record, reader.dataset(named: dataset), isAgnostic: isAgnostic, reader)
        var heads: [ConfidenceKey: HeadCalibration] = [:]
        for (key, var its) in calibrator.probabilities where its.total > 0 {
            its.fit()
            heads[key] = .probability(its)
        }
        for (key, its) in calibrator.ratios where !its.isEmpty {
            heads[key] = .deviation(DeviationCalibration(ratios: its))
        }
        return StoreCalibration(run: run, dataset: dataset, detections: calibrator.compared, heads: heads)
    }

    private mutating func compare(
        _ run: RunRecord, _ dataset: DatasetRecord, isAgnostic: Bool, _ reader: CatalogReader
    ) throws {
        var pictures: [Int64: StoredPicture] = [:]
        try reader.forEachStoredPicture(ofRun: run.id) { pictures[$0.mediumID] = $0 }
        guard !pictures.isEmpty else { throw PseudoLabelError.notStored(run: run.name) }
        var media: [MediumRecord] = []
        try reader.forEachMedium(dataset: dataset.id) { if pictures[$0.id] != nil { media.append($0) } }
        let truthRuns = try reader.runs().filter(\.kind.makesTruth).map(\.id)
        let query = InstanceQuery(datasetID: dataset.id, runIDs: truthRuns)
        let labels = try CatalogLabels(of: dataset, media: media, truths: query, isAgnostic: isAgnostic, in: reader)
        let truths = try labels.cocoTruths(for: .boxes)
        guard truths.count > 0 else { throw PseudoLabelError.noTruth(dataset: dataset.name) }
        let detections = try labels.cocoDetections(ofRun: run, for: .boxes, truths: truths)
        let sizes = Dictionary(uniqueKeysWithValues: media.map { ($0.id, ($0.height ?? 0, $0.width ?? 0)) })
        var points: (picture: Int64, objects: [[CandidatePoint]]) = (-1, [])
        for outcome in try COCOEvaluator(.boxes).evaluate(detections, against: truths).outcomes() {
            guard let place = outcome.detection, outcome.kind != .ignored,
                let picture = pictures[outcome.picture]
            else { continue }
            let object = Int(detections.ids[place] - picture.firstInstance)
            guard picture.detections.indices.contains(object) else { continue }
            let stored = picture.detections[object]
            compared += 1
            add(.score, ConfidenceCode.probability(stored.score), outcome.kind == .hit ? 1 : 0)
            guard outcome.kind == .hit, let truth = outcome.truth,
                let found = try reader.instance(detections.ids[place]),
                let label = try reader.instance(truths.ids[truth])
            else { continue }
            if points.picture != picture.id {
                points = (
                    picture.id, try reader.storedPoints(ofPicture: picture.id, detections: picture.detections.count)
                )
            }
            try compare(stored, points.objects[object], found, label, size: sizes[outcome.picture]!)
        }
    }

    private mutating func compare(
        _ stored: StoredDetection, _ points: [CandidatePoint], _ found: (record: InstanceRecord, parts: InstanceParts),
        _ label: (record: InstanceRecord, parts: InstanceParts), size: (height: Int, width: Int)
    ) throws {
        guard let box = found.record.box, let known = label.record.box else { return }
        let errors = [box.x - known.x, box.y - known.y, box.width - known.width, box.height - known.height]
        for (side, error) in errors.enumerated() {
            guard let share = ConfidenceCode.deviation(of: stored.box[side]) else { continue }
            ratios[.box, default: []].append(error / (share * (side % 2 == 0 ? box.width : box.height)))
        }
        if let mask = try label.parts.mask?.runs(pictureHeight: size.height, pictureWidth: size.width) {
            if let own = try found.parts.mask?.runs(pictureHeight: size.height, pictureWidth: size.width), own.area > 0,
                own.height == mask.height, own.width == mask.width
            {
                add(.mask, stored.mask, Double(try own.intersection(mask).area) / Double(own.area))
            }
            if let (pixels, left, top) = mask.pixelMask() {
                for point in points {
                    let place = point.pixel(in: box)
                    let (x, y) = (Int(place.x.rounded(.down)) - left, Int(place.y.rounded(.down)) - top)
                    let isInside =
                        (0..<pixels.width).contains(x) && (0..<pixels.height).contains(y)
                        && pixels.values[y * pixels.width + x] != 0
                    add(.foreground, point.foreground, isInside ? 1 : 0)
                }
            }
        }
        compare(points, in: box, label.parts.points?.points(in: known) ?? [])
    }

    /// Each annotated point with the candidate next to it.
    private mutating func compare(_ points: [CandidatePoint], in box: Box, _ annotated: [PicturePoint]) {
        let reach = max(1.5, 0.02 * max(box.width, box.height))
        let places = points.map { $0.pixel(in: box) }
        for truth in annotated where truth.chart > 0 {
            let place = SIMD2(truth.x, truth.y)
            let gaps = places.map { gap in
                let difference = gap - place
                return (difference * difference).sum()
            }
            guard let nearest = gaps.indices.min(by: { gaps[$0] < gaps[$1] }), gaps[nearest] <= reach * reach else {
                continue
            }
            let point = points[nearest]
            let isRight = Int(point.chart) == truth.chart
            add(.parts, point.part, isRight ? 1 : 0)
            guard isRight, let deviation = ConfidenceCode.deviation(of: point.uv) else { continue }
            ratios[.uv, default: []] += [
                (Double(point.u) / 255 - truth.u) / deviation, (Double(point.v) / 255 - truth.v) / deviation,
            ]
        }
    }

    private mutating func add(_ key: ConfidenceKey, _ code: UInt8, _ share: Double) {
        probabilities[key, default: ProbabilityCalibration()].add(code: code, share: share)
    }
}

extension CandidatePoint {
    /// In the picture.
    func pixel(in box: Box) -> SIMD2<Double> {
        SIMD2(box.x + place.x / 256 * box.width, box.y + place.y / 256 * box.height)
    }
}
