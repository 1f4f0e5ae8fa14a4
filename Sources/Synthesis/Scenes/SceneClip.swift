import Geometry
import Hashing

/// A scene in motion: one camera, the same individuals, each at its own moment of one motion.
public struct SceneClip: Sendable {
    private let start: SyntheticScene
    /// Seconds.
    private let length: Double
    private let models: BodyLibrary
    private let motion: String
    /// Where in its motion each animal begins, 0...1.
    private let phases: [Double]

    /// - Parameters:
    ///   - motion: a clip's name, such as `walk`.
    ///   - length: seconds; animals that walk pass their place in the scene in the middle.
    /// - Throws: `SceneError.unknown` for a motion that one of the species does not have.
    public init(
        _ recipe: SceneRecipe, seed: UInt64, index: Int, motion: String, length: Double, models: BodyLibrary,
        photographs: Int = 0
    ) throws {
        var recipe = recipe
        recipe.motionBlur = 0
        start = try SyntheticScene(recipe, seed: seed, index: index, models: models, photographs: photographs)
        (self.length, self.models, self.motion) = (length, models, motion)
        var random = SeededGenerator(seed: seed, stream: UInt64(index), 0x636c_6970)
        phases = start.animals.map { _ in random.unit() }
        for share in recipe.species where share.weight > 0 {
            let known = try models.model(share.name).motions.map(\.name)
            guard known.contains(motion) else {
                throw SceneError.unknown(kind: "motion of the \(share.name)", name: motion, known: known)
            }
        }
    }

    /// The scene at a time.
    /// - Parameters:
    ///   - seconds: from the clip's start.
    ///   - frame: its number, for the sensor's noise.
    public func scene(at seconds: Double, frame: Int) throws(MeshError) -> SyntheticScene {
        var scene = start
        for (k, animal) in start.animals.enumerated() {
            let model = try models.model(animal.species)
            guard let clip = model.motions.first(where: { $0.name == motion }) else { continue }
            scene.animals[k].pose = clip.pose(at: phases[k] + seconds / clip.duration, turns: animal.turns)
            scene.animals[k].track = k + 1
            let hip = model.body.skeleton.index(of: "leftHip").map { model.body.skeleton.joints[$0].position.y } ?? 0
            let speed = clip.stride * hip * animal.placement.scale / clip.duration
            let turn = Rotation(axis: [0, 1, 0], degrees: animal.placement.heading)
            scene.animals[k].placement.position += turn.act([0, 0, speed * (seconds - length / 2)])
        }
        scene.look.noiseStart = (start.look.noiseStart + frame * 7919) & NoiseField.grainMask
        return scene
    }
}

extension BodyMotion {
    /// Way of a whole period, in hip heights: what the swing of its legs reaches.
    var stride: Double {
        switch name {
        case "walk": poses[0].angles["leftWrist"] == nil ? 1.6 : 1.1
        case "knuckle-walk": 1.2
        default: 0
        }
    }

    /// The pose at a time in periods, between its two neighbours in the table.
    /// - Parameter turns: added to the joints, in degrees.
    func pose(at periods: Double, turns: [String: SIMD3<Double>]) -> Pose {
        let place = (periods - periods.rounded(.down)) * Double(poses.count)
        let first = min(Int(place), poses.count - 1)
        let share = place - Double(first)
        let (a, b) = (poses[first], poses[(first + 1) % poses.count])
        var pose = Pose(shift: a.shift + (b.shift - a.shift) * share)
        for (name, angle) in a.angles { pose.angles[name] = angle + ((b.angles[name] ?? angle) - angle) * share }
        for (name, turn) in turns { pose.angles[name, default: .zero] += turn }
        return pose
    }
}
