/// Angles of a body's joints and where its root is.
public struct Pose: Hashable, Sendable, Codable {
    /// Bending, twisting and spreading of a joint in degrees, by its name; joints that are not named stay as they are.
    public var angles: [String: SIMD3<Double>]
    /// The root's way from its place in the default pose, in units of the body's hip height.
    public var shift: SIMD3<Double>

    public init(angles: [String: SIMD3<Double>] = [:], shift: SIMD3<Double> = .zero) {
        (self.angles, self.shift) = (angles, shift)
    }

    /// The default pose.
    public static let rest = Pose()
}

/// How vertices follow their bones.
public enum Skinning: String, Sendable, CaseIterable {
    /// Blended matrices: fast, collapses when a joint twists.
    case linear
    /// Blended dual quaternions (Kavan et al. 2008): keeps the volume of twisted limbs.
    case dualQuaternion
}

/// A bone's motion from the default pose: a turn, then a shift.
public struct BoneMotion: Hashable, Sendable {
    public var rotation: Rotation
    public var translation: SIMD3<Double>

    public func act(_ point: SIMD3<Double>) -> SIMD3<Double> { rotation.act(point) + translation }
}

extension Skeleton {
    /// The pose with every angle within its joint's limits, and without names that this skeleton lacks.
    public func clamped(_ pose: Pose) -> Pose {
        var angles: [String: SIMD3<Double>] = [:]
        for joint in joints {
            guard let wanted = pose.angles[joint.name] else { continue }
            angles[joint.name] = pointwiseMin(pointwiseMax(wanted, joint.lowest), joint.highest)
        }
        return Pose(angles: angles, shift: pose.shift)
    }

    /// Each bone's motion in a pose, its angles clamped to the joints' limits.
    public func motions(_ pose: Pose) -> [BoneMotion] {
        let pose = clamped(pose)
        let height = index(of: "leftHip").map { joints[$0].position.y } ?? 1
        var motions: [BoneMotion] = []
        motions.reserveCapacity(joints.count)
        for joint in joints {
            let parent =
                joint.parent.map { motions[$0] } ?? BoneMotion(rotation: .identity, translation: pose.shift * height)
            guard let angles = pose.angles[joint.name] else {
                motions.append(parent)
                continue
            }
            let turn =
                Rotation(axis: joint.axes[0], degrees: angles.x) * Rotation(axis: joint.axes[2], degrees: angles.z)
                * Rotation(axis: joint.axes[1], degrees: angles.y)
            let rotation = parent.rotation * turn
            // About the joint, wherever the parent has carried it.
            motions.append(
                BoneMotion(rotation: rotation, translation: parent.act(joint.position) - rotation.act(joint.position)))
        }
        return motions
    }

    /// Where the joints are in a pose.
    public func positions(_ pose: Pose) -> [SIMD3<Double>] { zip(joints, motions(pose)).map { $1.act($0.position) } }
}

extension TemplateBody {
    /// The vertices in a pose.
    public func posed(_ pose: Pose, skinning: Skinning = .dualQuaternion) -> [SIMD3<Double>] {
        let motions = skeleton.motions(pose)
        switch skinning {
        case .linear:
            return zip(mesh.positions, weights).map { point, weights in
                weights.reduce(SIMD3.zero) { $0 + motions[Int($1.bone)].act(point) * $1.weight }
            }
        case .dualQuaternion:
            let duals = motions.map { motion in
                Rotation(w: 0, v: motion.translation * 0.5) * motion.rotation
            }
            return zip(mesh.positions, weights).map { point, weights in
                Self.blend(point, weights, motions, duals)
            }
        }
    }

    private static func blend(
        _ point: SIMD3<Double>, _ weights: [BoneWeight], _ motions: [BoneMotion], _ duals: [Rotation]
    ) -> SIMD3<Double> {
        let pivot = motions[Int(weights[0].bone)].rotation
        var real = Rotation(w: 0, v: .zero)
        var dual = real
        for item in weights {
            let (q, d) = (motions[Int(item.bone)].rotation, duals[Int(item.bone)])
            // Of the two quaternions of a rotation the one on the pivot's side.
            let weight = q.w * pivot.w + dot(q.v, pivot.v) < 0 ? -item.weight : item.weight
            real = Rotation(w: real.w + weight * q.w, v: real.v + weight * q.v)
            dual = Rotation(w: dual.w + weight * d.w, v: dual.v + weight * d.v)
        }
        let size = (real.w * real.w + dot(real.v, real.v)).squareRoot()
        real = Rotation(w: real.w / size, v: real.v / size)
        dual = Rotation(w: dual.w / size, v: dual.v / size)
        let shift = 2 * (real.w * dual.v - dual.w * real.v + cross(real.v, dual.v))
        return real.act(point) + shift
    }
}
