import Geometry

/// A body in a pose at a place of the scene.
///
/// Dual quaternions as in `TemplateBody.posed`, in single precision over flat arrays: 8,000 vertices in a fraction of a
/// millisecond. Labels are computed from these very positions.
struct PosedBody {
    let model: BodyModel
    /// Metres in the scene; y up, the ground at 0.
    private(set) var positions: [SIMD3<Double>]
    private(set) var normals: [SIMD3<Float>]
    /// In the skeleton's order.
    private(set) var joints: [SIMD3<Double>]
    let scale: Double

    init(_ model: BodyModel, pose: Pose, placement: SyntheticAnimal.Placement) {
        self.model = model
        scale = placement.scale
        let motions = model.body.skeleton.motions(pose)
        let real = motions.map { SIMD4(SIMD3<Float>($0.rotation.v), Float($0.rotation.w)) }
        let dual = motions.map { motion in
            let half = Rotation(w: 0, v: motion.translation * 0.5) * motion.rotation
            return SIMD4(SIMD3<Float>(half.v), Float(half.w))
        }
        let count = model.restPositions.count
        var moved = [SIMD3<Float>](repeating: .zero, count: count)
        normals = [SIMD3<Float>](repeating: .zero, count: count)
        var lowest = Float.infinity
        Self.skin(model, real, dual, &moved, &normals, &lowest)

        // Feet stand on the ground, a little way into it.
        let turn = Rotation(axis: [0, 1, 0], degrees: placement.heading)
        let sunk = placement.isGrounded ? Double(lowest) + 0.004 * model.height : 0
        func place(_ p: SIMD3<Double>) -> SIMD3<Double> {
            turn.act((p - SIMD3(0, sunk, 0)) * placement.scale) + placement.position
        }
        let (s, c) = (2 * turn.w * turn.v.y, 1 - 2 * turn.v.y * turn.v.y)
        let (fs, fc) = (Float(s), Float(c))
        positions = moved.map { p in
            let q = (SIMD3<Double>(p) - SIMD3(0, sunk, 0)) * placement.scale
            return SIMD3(c * q.x + s * q.z, q.y, c * q.z - s * q.x) + placement.position
        }
        for i in normals.indices {
            let n = normals[i]
            normals[i] = SIMD3(fc * n.x + fs * n.z, n.y, fc * n.z - fs * n.x)
        }
        joints = zip(model.body.skeleton.joints, motions).map { place($1.act($0.position)) }
    }

    private static func skin(
        _ model: BodyModel, _ real: [SIMD4<Float>], _ dual: [SIMD4<Float>], _ moved: inout [SIMD3<Float>],
        _ normals: inout [SIMD3<Float>], _ lowest: inout Float
    ) {
        let (rest, restNormals) = (model.restPositions, model.restNormals)
        let (bones, weights, carries) = (model.bones, model.weights, model.carries)
        for i in rest.indices {
            let (b, w) = (bones[i], weights[i])
            let pivot = real[Int(b.x)]
            var q = pivot * w.x
            var d = dual[Int(b.x)] * w.x
            if w.x < 1 {
                for k in 1..<4 {
                    let share = w[k]
                    if share == 0 { break }
                    let other = real[Int(b[k])]
                    // Of the two quaternions of a rotation the one on the pivot's side.
                    let signed = (other * pivot).sum() < 0 ? -share : share
                    q += other * signed
                    d += dual[Int(b[k])] * signed
                }
                let size = 1 / (q * q).sum().squareRoot()
                q *= size
                d *= size
            }
            let v = SIMD3(q.x, q.y, q.z)
            let e = SIMD3(d.x, d.y, d.z)
            let shift = 2 * (q.w * e - d.w * v + crossed(v, e))
            let p = turned(rest[i], v, q.w) + shift
            moved[i] = p
            normals[i] = turned(restNormals[i], v, q.w)
            // An elephant's trunk or a grazing mouth may hang lower than the feet that carry the body.
            if carries[i] { lowest = min(lowest, p.y) }
        }
    }

    @inline(__always)
    private static func crossed(_ a: SIMD3<Float>, _ b: SIMD3<Float>) -> SIMD3<Float> {
        SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }

    @inline(__always)
    private static func turned(_ p: SIMD3<Float>, _ v: SIMD3<Float>, _ w: Float) -> SIMD3<Float> {
        let twice = 2 * crossed(v, p)
        return p + w * twice + crossed(v, twice)
    }
}
