import Annotations
import Catalog

/// Counts and distributions of a dataset's labels.
public struct DatasetStatistics: Codable, Sendable {
    public struct Spread: Codable, Sendable {
        public var count = 0
        public var minimum = 0.0
        public var median = 0.0
        public var mean = 0.0
        public var maximum = 0.0

        init(_ values: [Double]) {
            guard !values.isEmpty else { return }
            let sorted = values.sorted()
            count = values.count
            (minimum, maximum) = (sorted[0], sorted[sorted.count - 1])
            let middle = sorted.count / 2
            median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
            mean = values.reduce(0, +) / Double(values.count)
        }
    }

    public struct CategoryCount: Codable, Sendable {
        public var name: String
        public var instances: Int
        public var pictures: Int
    }

    public var dataset: String
    public var pictures = 0
    public var picturesWithoutLabels = 0
    public var instances = 0
    public var crowds = 0
    public var withMask = 0
    public var withPoints = 0
    public var withKeypoints = 0
    public var densePoints = 0
    public var categories: [CategoryCount] = []
    /// COCO's classes: below 32² pixels, up to 96², above.
    public var sizes = ["small": 0, "medium": 0, "large": 0]
    public var review: [String: Int] = [:]
    public var instancesPerPicture = Spread([])
    public var boxWidth = Spread([])
    public var boxHeight = Spread([])
    /// Square root of the area, in pixels: what detectors are sensitive to.
    public var objectSize = Spread([])
    public var pointsPerInstance = Spread([])
    /// Dense points on each DensePose chart, by number 1...24.
    public var pointsPerChart: [Int] = [Int](repeating: 0, count: 24)
    /// Dense points on each coarse part, by name.
    public var pointsPerPart: [String: Int] = [:]
    /// Number of pictures of each size, the commonest first.
    public var pictureSizes: [String: Int] = [:]

    /// Values behind the spreads, for plots; not part of the JSON.
    public struct Samples: Sendable {
        public var objectSizes: [Double] = []
        public var instancesPerPicture: [Double] = []
        public var pointsPerInstance: [Double] = []
    }

    /// The coarse part of each fine chart (DensePose: `densepose_base.py`'s fine-to-coarse table), both from 1.
    static let coarsePart = [1, 1, 2, 3, 4, 5, 6, 7, 6, 7, 8, 9, 8, 9, 10, 11, 10, 11, 12, 13, 12, 13, 14, 14]

    /// Walks a dataset once. Predictions count only when their run is named.
    public static func run(
        over catalog: CatalogFile, dataset name: String, run: String? = nil, filter: String? = nil
    ) throws -> (statistics: DatasetStatistics, samples: Samples) {
        try catalog.read { reader in
            var statistics = DatasetStatistics(dataset: name)
            let samples = try statistics.gather(reader, run: run, filter: filter)
            return (statistics, samples)
        }
    }

    private init(dataset: String) { self.dataset = dataset }

    private mutating func gather(_ reader: CatalogReader, run: String?, filter: String?) throws -> Samples {
        let record = try reader.dataset(named: dataset)
        let runs =
            try run.map { [try reader.run(named: $0).id] }
            ?? reader.runs().filter { $0.kind.makesTruth }.map(\.id)
        var perPicture: [Int64: Int] = [:]
        let condition = try filter.map { try Filter($0) }
        let chosen = try condition.map { try reader.chosenMedia(of: record.id, filter: $0) }
        try reader.forEachMember(of: record.id, in: chosen) { member in
            // Two entries of a file may name one picture.
            guard perPicture[member.mediumID] == nil else { return }
            perPicture[member.mediumID] = 0
            let size = member.width.flatMap { width in member.height.map { "\(width)x\($0)" } }
            pictureSizes[size ?? "unknown", default: 0] += 1
        }
        var samples = Samples()
        var boxWidths: [Double] = []
        var boxHeights: [Double] = []
        var perCategory: [Int64: (instances: Int, pictures: Set<Int64>)] = [:]
        let query = InstanceQuery(datasetID: record.id, runIDs: runs, filter: condition)
        try reader.forEachInstance(query) { instance, parts in
            instances += 1
            perPicture[instance.mediumID, default: 0] += 1
            perCategory[instance.categoryID, default: (0, [])].instances += 1
            perCategory[instance.categoryID]!.pictures.insert(instance.mediumID)
            if instance.isCrowd { crowds += 1 }
            if parts.mask != nil { withMask += 1 }
            if parts.keypoints != nil { withKeypoints += 1 }
            review[instance.review.name, default: 0] += 1
            if let box = instance.box {
                boxWidths.append(box.width)
                boxHeights.append(box.height)
            }
            if let area = instance.area ?? instance.box.map({ $0.width * $0.height }) {
                sizes[area < 1024 ? "small" : area <= 9216 ? "medium" : "large"]! += 1
                samples.objectSizes.append(max(0, area).squareRoot())
            }
            count(parts.points, instance.points, &samples)
        }
        let names = try reader.categories(of: record.id)
        categories = names.compactMap { category in
            perCategory[category.id].map {
                CategoryCount(name: category.name, instances: $0.instances, pictures: $0.pictures.count)
            }
        }.sorted { ($0.instances, $1.name) > ($1.instances, $0.name) }
        pictures = perPicture.count
        picturesWithoutLabels = perPicture.values.count { $0 == 0 }
        samples.instancesPerPicture = perPicture.values.map(Double.init)
        instancesPerPicture = Spread(samples.instancesPerPicture)
        (boxWidth, boxHeight) = (Spread(boxWidths), Spread(boxHeights))
        objectSize = Spread(samples.objectSizes)
        pointsPerInstance = Spread(samples.pointsPerInstance)
        return samples
    }

    private mutating func count(_ points: DensePointsRecord?, _ number: Int, _ samples: inout Samples) {
        guard number > 0, let points else { return }
        withPoints += 1
        densePoints += number
        samples.pointsPerInstance.append(Double(number))
        for value in points.values("I") ?? [] {
            guard let chart = Int(exactly: value), (1...24).contains(chart) else { continue }
            pointsPerChart[chart - 1] += 1
            pointsPerPart[PartMasks.names[Self.coarsePart[chart - 1] - 1], default: 0] += 1
        }
    }
}
