import Foundation
import Hashing

/// Two bodies whose true correspondence is known, each with a mesh of its own: what methods are measured on.
///
/// Each body is remeshed by itself, and its vertices are shuffled, so that the order of vertices gives nothing away; the truth is
/// kept as points in triangles.
public struct BodyPair: Sendable {
    public var source: LabelledMesh
    public var target: LabelledMesh
    /// For each vertex of the source its true place on the target; nil where the target has no such place.
    public var truth: SurfaceMap

    /// What makes a pair hard.
    public struct Difficulty: Hashable, Sendable, Codable {
        /// About how many vertices each body gets.
        public var vertices = 6890
        /// Borders of parts are moved by a smooth displacement of this root mean square, in the bodies' unit: two people never
        /// paint a border at the same place.
        public var borderNoise = 0.0
        /// Landmarks are moved by this much in a random direction, then to the nearest vertex.
        public var landmarkNoise = 0.0

        public init() {}
    }

    /// - Throws: `MeshError` when a body cannot be remeshed.
    public init(
        _ source: TemplateBody, _ target: TemplateBody, difficulty: Difficulty = .init(), seed: UInt64 = 1
    ) throws(MeshError) {
        let one = try Remeshed(source, difficulty, seed: seed, stream: 1)
        let other = try Remeshed(target, difficulty, seed: seed, stream: 2)
        self.source = one.body
        self.target = other.body
        let tree = TriangleTree(other.body.mesh)
        truth = SurfaceMap(
            points: source.truth(of: one.origins, on: target).map { point in
                point.map { tree.nearest(to: target.mesh.position(of: $0)).point }
            })
    }
}

private struct Remeshed {
    let body: LabelledMesh
    /// Where each vertex lies on the body that it was made from.
    let origins: [SurfacePoint]

    init(
        _ template: TemplateBody, _ difficulty: BodyPair.Difficulty, seed: UInt64, stream: UInt64
    ) throws(MeshError) {
        var random = SeededGenerator(seed: seed, stream: stream)
        let result = try IsotropicRemesher.remesh(template.mesh, vertices: difficulty.vertices)
        let order = (0..<result.mesh.vertexCount).shuffled(using: &random)
        var number = [Int32](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { number[old] = Int32(new) }
        let mesh = try TriangleMesh(
            positions: order.map { result.mesh.positions[$0] },
            triangles: result.mesh.triangles.shuffled(using: &random).map {
                [number[Int($0.x)], number[Int($0.y)], number[Int($0.z)]]
            })
        let origins = order.map { result.origins[$0] }
        self.origins = origins
        let noise = SmoothNoise(amplitude: difficulty.borderNoise, random: &random)
        let tree = TriangleTree(template.mesh)
        let labels = mesh.positions.enumerated().map { index, position in
            let point =
                difficulty.borderNoise > 0 ? tree.nearest(to: position + noise.at(position)).point : origins[index]
            return template.parts.labels[Int(template.mesh.triangles[Int(point.triangle)][point.nearestCorner])]
        }
        var landmarks: [String: Int] = [:]
        for (name, vertex) in template.keyVertices.sorted(by: { $0.key < $1.key }) {
            var place = template.mesh.positions[vertex]
            if difficulty.landmarkNoise > 0 {
                place += SmoothNoise.direction(&random) * difficulty.landmarkNoise
            }
            landmarks[name] = mesh.positions.indices.min {
                distance(mesh.positions[$0], place) < distance(mesh.positions[$1], place)
            }
        }
        body = LabelledMesh(
            name: template.name, mesh: mesh, parts: PartLabels(names: template.parts.names, labels: labels),
            landmarks: landmarks)
    }
}

/// A displacement of space that varies over about a hand's breadth: a sum of waves in random directions.
private struct SmoothNoise {
    private var waves: [(wave: SIMD3<Double>, phase: Double, direction: SIMD3<Double>)] = []

    init(amplitude: Double, random: inout SeededGenerator) {
        let count = 12
        for _ in 0..<count {
            let wave = Self.direction(&random) * (2 * .pi / Double.random(in: 0.12...0.3, using: &random))
            // Each wave's mean square is a half.
            let direction = Self.direction(&random) * (amplitude * (2 / Double(count)).squareRoot())
            waves.append((wave, Double.random(in: 0..<(2 * .pi), using: &random), direction))
        }
    }

    func at(_ p: SIMD3<Double>) -> SIMD3<Double> {
        waves.reduce(.zero) { $0 + $1.direction * sin(dot($1.wave, p) + $1.phase) }
    }

    static func direction(_ random: inout SeededGenerator) -> SIMD3<Double> {
        let z = Double.random(in: -1...1, using: &random)
        let angle = Double.random(in: 0..<(2 * .pi), using: &random)
        let r = (1 - z * z).squareRoot()
        return [r * cos(angle), r * sin(angle), z]
    }
}

extension LabelledMesh {
    /// Where limbs end, and where hands begin: no border of parts says which finger is which.
    private static let extremities = [
        "crown", "leftMiddleTip", "rightMiddleTip", "leftBigToeTip", "rightBigToeTip", "leftThumbTip", "rightThumbTip",
        "leftWristOuter", "rightWristOuter",
    ]

    /// Some landmarks that another body has too: those at the ends of limbs first, then, spread over this body, each the farthest from
    /// those taken, in space. The same names for every number are the first of a longer list.
    public func spreadLandmarks(_ count: Int, common other: LabelledMesh) -> [String] {
        var left = landmarks.keys.filter { other.landmarks[$0] != nil }.sorted()
        guard count > 0, !left.isEmpty else { return [] }
        func place(_ name: String) -> SIMD3<Double> { mesh.positions[landmarks[name]!] }
        let middle = left.reduce(SIMD3.zero) { $0 + place($1) } / Double(left.count)
        var taken: [String] = []
        var gap = left.map { distance(place($0), middle) }
        let first = Self.extremities.filter(left.contains)
        while taken.count < count, let farthest = gap.indices.max(by: { gap[$0] < gap[$1] }) {
            let at = taken.count < first.count ? left.firstIndex(of: first[taken.count])! : farthest
            let name = left.remove(at: at)
            gap.remove(at: at)
            taken.append(name)
            for i in left.indices {
                let d = distance(place(left[i]), place(name))
                gap[i] = taken.count == 1 ? d : min(gap[i], d)
            }
        }
        return taken
    }
}
