import Foundation
import Geometry
import Hashing

/// An individual in a scene.
public struct SyntheticAnimal: Sendable {
    /// Where it stands.
    public struct Placement: Hashable, Sendable {
        /// Metres; y up.
        public var position: SIMD3<Double>
        /// Degrees about the vertical; 0 looks along +z.
        public var heading: Double
        /// Of the template body.
        public var scale: Double
        /// Whether it is moved up or down until the lowest of what carries it touches `position.y`.
        public var isGrounded = true

        public init(position: SIMD3<Double>, heading: Double, scale: Double) {
            (self.position, self.heading, self.scale) = (position, heading, scale)
        }
    }

    public var species: String
    public var pose: Pose
    /// What of the pose is the individual's own, beside its motion; degrees by joint.
    var turns: [String: SIMD3<Double>] = [:]
    public var placement: Placement
    public var coat: Coat
    /// Keeps an individual's identity through a clip.
    public var track: Int?
    /// Its motion in the picture while the shutter is open, in pixels.
    public var blur: SIMD2<Float> = .zero
}

/// Everything that a picture shows: drawn by chance from a recipe, or made by hand.
public struct SyntheticScene: Sendable {
    public var camera: Camera
    public var animals: [SyntheticAnimal]
    public var backdrop: Backdrop
    public var props: [Prop]
    public var look: CameraTrapLook
    var light: SceneLight

    /// Scene number `index` of a recipe. The same arguments give the same scene, on any machine and in any order.
    public init(
        _ recipe: SceneRecipe, seed: UInt64, index: Int, models: BodyLibrary, photographs: Int = 0
    ) throws(MeshError) {
        var random = SeededGenerator(seed: seed, stream: UInt64(index))
        let count = recipe.animals.lowerBound + random.index(below: recipe.animals.count)
        let isNight = random.unit() < recipe.night
        let kind: Backdrop.Kind =
            photographs > 0
            ? .photograph
            : Backdrop.Kind(rawValue: Self.choice(recipe.backdrops, &random)) ?? .forest
        light = Self.light(kind, isNight: isNight, &random)

        // The first animal decides how near the camera stands, the others find room around it.
        let fieldOfView = random.number(in: recipe.fieldOfView)
        let focal = Double(recipe.height) / 2 / tan(fieldOfView * .pi / 360)
        var placed: [(species: String, place: SIMD2<Double>, radius: Double, scale: Double, height: Double)] = []
        for number in 0..<count {
            let species = Self.choice(recipe.species, &random)
            let model = try models.model(species)
            let scale = random.number(in: recipe.stature)
            let extent = max(model.height, 0.8 * model.reach) * scale
            for attempt in 0..<12 {
                let share = random.number(in: recipe.size)
                var distance = extent * focal / (share * Double(recipe.height))
                if number > 0, let first = placed.first {
                    // Others are about as far, or behind.
                    distance = max(distance, first.place.y * random.number(in: 0.8...1.8))
                }
                let spread = 0.5 * Double(recipe.width) / focal * distance
                let x = random.number(in: number == 0 ? -0.55...0.55 : -0.95...0.95) * spread
                let place = SIMD2(x, distance)
                let radius = 0.32 * model.reach * scale
                let isFree = placed.allSatisfy { other in
                    ((other.place - place) * (other.place - place)).sum().squareRoot() > other.radius + radius
                }
                if isFree || (attempt == 11 && number == 0) {
                    placed.append((species, place, radius, scale, model.height * scale))
                    break
                }
            }
        }
        let subject = placed[0]
        let cameraHeight = min(
            random.number(in: recipe.cameraHeight) * max(1, subject.height / 2.2), 0.55 * subject.place.y + 0.15)
        // The subject's middle is somewhere about the picture's.
        let aim = subject.height * random.number(in: 0.3...0.7)
        camera = Camera(
            width: recipe.width, height: recipe.height, fieldOfView: fieldOfView, position: [0, cameraHeight, 0],
            target: [0, aim, -subject.place.y])

        let isMoving = random.unit() < recipe.motionBlur
        animals = []
        for place in placed {
            let model = try models.model(place.species)
            let motion = model.motion(by: random.unit())
            let phase = random.unit()
            var turns: [String: SIMD3<Double>] = [:]
            for joint in model.body.skeleton.joints where !joint.name.contains("pelvis") {
                let turn = SIMD3(
                    random.number(in: -1...1), random.number(in: -0.5...0.5), random.number(in: -0.5...0.5))
                turns[joint.name] = turn * recipe.looseness
            }
            var animal = SyntheticAnimal(
                species: place.species, pose: motion.pose(at: phase, turns: turns), turns: turns,
                placement: .init(
                    position: [place.place.x, 0, -place.place.y], heading: random.number(in: 0...360),
                    scale: place.scale),
                coat: Coat.drawn(for: place.species, &random))
            if isMoving {
                let speed = random.number(in: 0.006...0.02) * Double(recipe.height)
                animal.blur = SIMD2(Float(speed * (random.unit() < 0.5 ? -1 : 1)), Float(speed * 0.15))
            }
            animals.append(animal)
        }
        let farthest = placed.reduce(0) { max($0, $1.place.y + $1.radius) }
        let nearest = placed.reduce(Double.infinity) { min($0, $1.place.y - $1.radius) }
        backdrop = Backdrop(
            kind, photograph: photographs > 0 ? random.index(below: photographs) : nil, behind: farthest, &random)
        props = Prop.drawn(
            for: kind, camera: camera, nearest: max(nearest, 0.3), farthest: farthest,
            wall: Double(backdrop.wallDistance), isOccluding: random.unit() < recipe.occluders, &random)
        light.flashReach = Float(subject.place.y) * Float(random.number(in: 0.75...1.1))
        look = CameraTrapLook(
            recipe: recipe, isInfrared: isNight,
            degrees: kind == .room ? 19...23 : kind == .snow ? -14...2 : isNight ? 2...24 : 6...33, &random)
    }

    private static func choice(_ shares: [SceneRecipe.Share], _ random: inout SeededGenerator) -> String {
        var left = random.unit() * shares.reduce(0) { $0 + $1.weight }
        for share in shares {
            left -= share.weight
            if left < 0 { return share.name }
        }
        return shares.last { $0.weight > 0 }?.name ?? ""
    }

    private static func light(
        _ kind: Backdrop.Kind, isNight: Bool, _ random: inout SeededGenerator
    ) -> SceneLight {
        var light = SceneLight()
        let (azimuth, elevation) = (random.number(in: 0...(2 * .pi)), random.number(in: 0.45...1.25))
        light.sun = SIMD3(
            Float(cos(azimuth) * cos(elevation)), Float(sin(elevation)), Float(sin(azimuth) * cos(elevation)))
        if isNight {
            light.flash = Float(random.number(in: 0.75...1.05))
            light.sky = SIMD4(repeating: 0.006)
            return light
        }
        let isSunny = random.unit() < (kind == .savanna ? 0.8 : 0.5)
        let warmth = Float(random.number(in: 0...1))
        let sun = SIMD4<Float>(1.15, 1.02 - 0.12 * warmth, 0.86 - 0.3 * warmth, 0)
        switch kind {
        case .forest:
            light.sunColor = isSunny ? sun * 1.1 : sun * 0.12
            light.sky = SIMD4(0.42, 0.50, 0.40, 0) * (isSunny ? 0.75 : 1)
            light.bounce = [0.10, 0.11, 0.06, 0]
            light.dapple = isSunny ? Float(random.number(in: 0.6...0.97)) : 0
            light.haze = [0.32, 0.40, 0.33, 0]
            light.hazeDensity = 0.008
        case .room:
            light.sun = SIMD3(light.sun.x * 0.5, 0.9, light.sun.z * 0.5)
            light.sun /= (light.sun * light.sun).sum().squareRoot()
            light.sunColor = SIMD4(0.75, 0.68, 0.56, 0)
            light.sky = [0.50, 0.46, 0.40, 0]
            light.bounce = [0.22, 0.19, 0.15, 0]
        case .snow:
            light.sunColor = isSunny ? sun * 0.8 : sun * 0.1
            light.sky = [0.52, 0.56, 0.64, 0]
            light.bounce = [0.42, 0.45, 0.50, 0]
            light.haze = [0.62, 0.66, 0.72, 0]
            light.hazeDensity = 0.008
        default:
            light.sunColor = isSunny ? sun : sun * 0.2
            light.sky = isSunny ? [0.34, 0.42, 0.54, 0] : [0.55, 0.57, 0.60, 0]
            light.bounce = [0.16, 0.14, 0.10, 0]
            light.haze = [0.66, 0.70, 0.74, 0]
            light.hazeDensity = 0.0025
        }
        return light
    }
}

/// Bodies that scenes are made of, each made once.
public struct BodyLibrary: Sendable {
    private let models: [String: BodyModel]

    /// - Throws: `MeshError.unsuitable` for a species that is not there.
    public init(_ species: some Sequence<String>) throws(MeshError) {
        var models: [String: BodyModel] = [:]
        for name in species where models[name] == nil { models[name] = try BodyModel(species: name) }
        self.models = models
    }

    /// - Throws: `MeshError.unsuitable` for a species that the library was not made with.
    public func model(_ species: String) throws(MeshError) -> BodyModel {
        guard let model = models[species] else {
            throw .unsuitable("the library was made without the body of “\(species)”")
        }
        return model
    }
}
