import Foundation
import Geometry

/// From what scenes are drawn by chance: a value that is saved with the labels it leads to.
public struct SceneRecipe: Hashable, Sendable, Codable {
    /// A share of something among others; only their ratios count.
    public struct Share: Hashable, Sendable, Codable {
        public var name: String
        public var weight: Double

        public init(_ name: String, _ weight: Double) { (self.name, self.weight) = (name, weight) }
    }

    public var species: [Share] = [Share("human", 1), Share("chimpanzee", 1)]
    /// Animals a picture.
    public var animals: ClosedRange<Int> = 1...2
    /// Pixels.
    public var width = 320
    public var height = 240
    /// Greater of an animal's height and four fifths of its length, as a share of the picture's height.
    public var size: ClosedRange<Double> = 0.35...0.95
    /// Of an individual, beside its species' usual size.
    public var stature: ClosedRange<Double> = 0.85...1.12
    /// Metres above the ground.
    public var cameraHeight: ClosedRange<Double> = 0.4...1.8
    /// Vertical, in degrees.
    public var fieldOfView: ClosedRange<Double> = 32...46
    /// Share of pictures taken with infra-red lamps.
    public var night = 0.3
    /// Share of pictures in which something stands before the animals.
    public var occluders = 0.4
    /// Share of pictures with the camera's line of date, time and temperature.
    public var banner = 0.7
    /// Share of pictures in which animals move while the shutter is open.
    public var motionBlur = 0.15
    /// Standard deviation of the sensor's noise, of 255.
    public var noise: ClosedRange<Double> = 1.5...6
    public var backdrops = [
        Share("forest", 4), Share("savanna", 2), Share("zoo", 1.5), Share("room", 0.7), Share("snow", 0.8),
    ]
    /// Largest change of any joint's angle beside its clip's, in degrees.
    public var looseness = 10.0
    /// Quality of JPEG files, 1...100.
    public var quality = 88
    public var keypoints = KeypointLayout.coco17

    public init() {}

    private enum CodingKeys: CodingKey {
        case species, animals, width, height, size, stature, cameraHeight, fieldOfView, night, occluders, banner,
            motionBlur, noise, backdrops, looseness, quality, keypoints
    }

    /// What the file leaves out stays as it is by default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, _ place: inout T) throws {
            if let value = try values.decodeIfPresent(T.self, forKey: key) { place = value }
        }
        try read(.species, &species)
        try read(.animals, &animals)
        try read(.width, &width)
        try read(.height, &height)
        try read(.size, &size)
        try read(.stature, &stature)
        try read(.cameraHeight, &cameraHeight)
        try read(.fieldOfView, &fieldOfView)
        try read(.night, &night)
        try read(.occluders, &occluders)
        try read(.banner, &banner)
        try read(.motionBlur, &motionBlur)
        try read(.noise, &noise)
        try read(.backdrops, &backdrops)
        try read(.looseness, &looseness)
        try read(.quality, &quality)
        try read(.keypoints, &keypoints)
    }

    /// - Throws: `SceneError.recipe` naming the first value that cannot be.
    public func validate() throws(SceneError) {
        func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(SceneError) {
            if !condition { throw .recipe(sentence()) }
        }
        func inside(_ range: ClosedRange<Double>, _ limits: ClosedRange<Double>) -> Bool {
            limits.contains(range.lowerBound) && limits.contains(range.upperBound)
        }
        try require(!species.isEmpty, "species is empty, expected at least one")
        for share in species + backdrops {
            try require(
                share.weight.isFinite && share.weight >= 0,
                "the weight of “\(share.name)” is \(share.weight), expected 0 or more")
        }
        try require(species.contains { $0.weight > 0 }, "no species has a weight above 0")
        try require(backdrops.contains { $0.weight > 0 }, "no backdrop has a weight above 0")
        for share in species where !TemplateBody.species.contains(share.name) {
            throw .unknown(kind: "species", name: share.name, known: TemplateBody.species)
        }
        let known = Backdrop.Kind.allCases.map(\.rawValue)
        for share in backdrops where !known.contains(share.name) {
            throw .unknown(kind: "backdrop", name: share.name, known: known)
        }
        try require(
            (1...12).contains(animals.lowerBound) && animals.upperBound <= 12,
            "animals is \(animals), expected 1 to 12")
        try require(
            (64...4096).contains(width) && (64...4096).contains(height),
            "the size is \(width)x\(height), expected 64 to 4096 a side")
        try require(inside(size, 0.05...3), "size is \(size), expected shares of the height from 0.05 to 3")
        try require(inside(stature, 0.2...3), "stature is \(stature), expected 0.2 to 3")
        try require(inside(cameraHeight, 0.1...20), "cameraHeight is \(cameraHeight), expected 0.1 to 20 metres")
        try require(inside(fieldOfView, 10...100), "fieldOfView is \(fieldOfView), expected 10 to 100 degrees")
        try require(inside(noise, 0...60), "noise is \(noise), expected 0 to 60")
        for (name, share) in [
            ("night", night), ("occluders", occluders), ("banner", banner), ("motionBlur", motionBlur),
        ] { try require((0...1).contains(share), "\(name) is \(share), expected a share from 0 to 1") }
        try require((0...45).contains(looseness), "looseness is \(looseness), expected 0 to 45 degrees")
        try require((1...100).contains(quality), "quality is \(quality), expected 1 to 100")
    }

    /// Reads a recipe from a JSON file and validates it.
    /// - Throws: `SceneError`
    public static func read(fileAt path: String) throws(SceneError) -> SceneRecipe {
        let limit = 1 << 20
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw .file(path, "it cannot be read (\((error as NSError).localizedDescription))")
        }
        guard data.count <= limit else { throw .file(path, "it has \(data.count) bytes, expected a recipe in JSON") }
        let recipe: SceneRecipe
        do {
            recipe = try JSONDecoder().decode(SceneRecipe.self, from: data)
        } catch let error as DecodingError {
            throw .file(path, Self.sentence(error))
        } catch {
            throw .file(path, "it is no recipe in JSON")
        }
        do { try recipe.validate() } catch { throw .file(path, error.description) }
        return recipe
    }

    private static func sentence(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” is not of the type \(type)"
        case .keyNotFound(let key, _): "“\(key.stringValue)” is missing"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is no JSON"
                : "“\(context.codingPath.map(\.stringValue).joined(separator: "."))” is no sound value"
        @unknown default: "it is no recipe"
        }
    }

    /// The recipe as JSON, as files and catalogs keep it.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// Which keypoints are written.
public enum KeypointLayout: String, Hashable, Sendable, Codable, CaseIterable {
    case coco17 = "coco-17"
    case body25 = "body-25"

    public var set: KeypointSet { self == .coco17 ? .coco17 : .body25 }
}

/// Why scenes cannot be made.
public enum SceneError: Error, Hashable, CustomStringConvertible {
    case recipe(String)
    case file(String, String)
    case unknown(kind: String, name: String, known: [String])
    /// The dataset was made of something else.
    case otherRecipe(dataset: String)

    public var description: String {
        switch self {
        case .recipe(let sentence): "recipe: \(sentence)"
        case .file(let path, let sentence): "\(path): \(sentence)"
        case .unknown(let kind, let name, let known):
            "there is no \(kind) “\(name)”; there are \(known.joined(separator: ", "))"
        case .otherRecipe(let dataset):
            "dataset “\(dataset)” was made with another recipe, seed, folder or kind of label; give the same ones to go "
                + "on with it, or another name"
        }
    }
}
