import Annotations
public import Catalog

/// An object that a sample takes.
public struct ChosenDetection: Sendable, Hashable {
    public let instance: Int64
    public let mediumID: Int64
    public let categoryID: Int64
    /// The stored picture, and the object's place there.
    public let pictureID: Int64
    public let place: Int
    /// Objects of that picture.
    public let count: Int
    public let score: Double
    public let box: Box
}

/// How many objects are left after each step.
public struct ChoiceStep: Sendable, Codable, Equatable {
    public let name: String
    public let detections: Int

    public init(name: String, detections: Int) { (self.name, self.detections) = (name, detections) }
}

/// Chooses objects: by confidence, then without those that somebody has rejected, without duplicates in a clip, and
/// within quotas. Surer ones come first.
public struct DetectionChooser {
    public let recipe: SampleRecipe
    /// The least sureness, of objects and of points.
    public let thresholds: (objects: [ConfidenceKey: Int], points: [ConfidenceKey: Int])
    private let run: RunRecord
    private let reader: CatalogReader

    /// - Throws: `PseudoLabelError`, `CatalogError`.
    public init(_ recipe: SampleRecipe, _ reader: CatalogReader) throws {
        (self.recipe, self.reader) = (recipe, reader)
        run = try reader.run(named: recipe.run)
        guard try reader.storedPictureCount(ofRun: run.id) > 0 else { throw PseudoLabelError.notStored(run: run.name) }
        thresholds = try Thresholds(run, reader).least(of: recipe.keep, points: recipe.points)
    }

    /// In order of their instances.
    public func callAsFunction() throws -> (chosen: [ChosenDetection], steps: [ChoiceStep]) {
        var steps: [ChoiceStep] = []
        var confident: [Int64: (picture: StoredPicture, place: Int)] = [:]
        var total = 0
        try reader.forEachStoredPicture(ofRun: run.id) { picture in
            total += picture.detections.count
            for (place, detection) in picture.detections.enumerated()
            where thresholds.objects.allSatisfy({ $0.key.sureness(detection) >= $0.value }) {
                confident[picture.firstInstance + Int64(place)] = (picture, place)
            }
        }
        steps.append(ChoiceStep(name: "stored", detections: total))
        steps.append(ChoiceStep(name: "sure enough", detections: confident.count))
        var rest: [ChosenDetection] = []
        try reader.forEachInstance(InstanceQuery(runIDs: [run.id]), parts: false) { record, _ in
            guard let (picture, place) = confident[record.id], let box = record.box, record.review != .rejected,
                !recipe.isAcceptedOnly || record.review == .accepted
            else { return }
            rest.append(
                ChosenDetection(
                    instance: record.id, mediumID: record.mediumID, categoryID: record.categoryID,
                    pictureID: picture.id, place: place, count: picture.detections.count, score: record.score ?? 0,
                    box: box))
        }
        steps.append(
            ChoiceStep(name: recipe.isAcceptedOnly ? "accepted" : "not rejected", detections: rest.count))
        rest.sort { $0.score != $1.score ? $0.score > $1.score : $0.instance < $1.instance }
        let places = try MediumPlaces(rest, reader)
        if let least = recipe.distinct {
            rest = try distinct(rest, least: least, places)
            steps.append(ChoiceStep(name: "distinct in their clip", detections: rest.count))
        }
        if !recipe.quotas.isEmpty || recipe.balance != nil || recipe.limit != nil {
            rest = withinQuotas(rest, places)
            steps.append(ChoiceStep(name: "within quotas", detections: rest.count))
        }
        return (rest.sorted { $0.instance < $1.instance }, steps)
    }

    /// The surest of objects of a clip that have the same outline.
    private func distinct(
        _ objects: [ChosenDetection], least: Double, _ places: MediumPlaces
    ) throws -> [ChosenDetection] {
        var masks: [Int64: RunLengthMask] = [:]
        func mask(_ object: ChosenDetection) throws -> RunLengthMask? {
            if let known = masks[object.instance] { return known }
            let size = places.size(object.mediumID)
            let found = try reader.instance(object.instance)?.parts.mask?.runs(
                pictureHeight: size.height, pictureWidth: size.width)
            masks[object.instance] = found
            return found
        }
        var kept: [Int64: [ChosenDetection]] = [:]
        return try objects.filter { object in
            guard let clip = places.clip(object.mediumID) else { return true }
            let isSeen = try kept[clip, default: []].contains { other in
                guard object.mediumID != other.mediumID, object.categoryID == other.categoryID,
                    object.box.overlap(with: other.box) >= least
                else { return false }
                guard let one = try mask(object), let two = try mask(other), one.height == two.height,
                    one.width == two.width
                else { return true }
                return try one.overlap(with: two) >= least
            }
            if isSeen {
                masks[object.instance] = nil
            } else {
                kept[clip, default: []].append(object)
            }
            return !isSeen
        }
    }

    private func withinQuotas(_ objects: [ChosenDetection], _ places: MediumPlaces) -> [ChosenDetection] {
        var quotas = recipe.quotas
        if let balance = recipe.balance {
            let counts = Dictionary(grouping: objects) { places.group(of: $0, by: balance) }.values.map(\.count)
            quotas[balance] = min(quotas[balance] ?? .max, counts.min() ?? 0)
        }
        var taken: [SampleRecipe.Grouping: [Int64: Int]] = [:]
        var chosen: [ChosenDetection] = []
        for object in objects where chosen.count < recipe.limit ?? .max {
            let groups = quotas.map { (by: $0.key, group: places.group(of: object, by: $0.key), most: $0.value) }
            guard groups.allSatisfy({ taken[$0.by]?[$0.group] ?? 0 < $0.most }) else { continue }
            for (by, group, _) in groups { taken[by, default: [:]][group, default: 0] += 1 }
            chosen.append(object)
        }
        return chosen
    }
}

extension Box {
    /// Intersection over union.
    func overlap(with other: Box) -> Double {
        let across = min(x + width, other.x + other.width) - max(x, other.x)
        let down = min(y + height, other.y + other.height) - max(y, other.y)
        guard across > 0, down > 0 else { return 0 }
        return across * down / (area + other.area - across * down)
    }
}

/// What quotas ask of the pictures of some objects.
private struct MediumPlaces {
    private struct Place {
        var site, clip: Int64?
        var isInfrared: Bool?
        var width, height: Int
    }

    private var places: [Int64: Place] = [:]

    init(_ objects: [ChosenDetection], _ reader: CatalogReader) throws {
        let needed = Set(objects.map(\.mediumID))
        try reader.forEachMedium(dataset: nil) { medium in
            guard needed.contains(medium.id) else { return }
            places[medium.id] = Place(
                site: medium.siteID, clip: medium.videoID, isInfrared: medium.infrared, width: medium.width ?? 0,
                height: medium.height ?? 0)
        }
    }

    func clip(_ medium: Int64) -> Int64? { places[medium]?.clip }

    func size(_ medium: Int64) -> (height: Int, width: Int) {
        (places[medium]?.height ?? 0, places[medium]?.width ?? 0)
    }

    /// A picture that is no frame is a clip of its own; what is not known is one group.
    func group(of object: ChosenDetection, by grouping: SampleRecipe.Grouping) -> Int64 {
        let place = places[object.mediumID]
        return switch grouping {
        case .category: object.categoryID
        case .site: place?.site ?? 0
        case .clip: place?.clip ?? -object.mediumID
        case .light: place?.isInfrared.map { $0 ? 2 : 1 } ?? 0
        }
    }
}
