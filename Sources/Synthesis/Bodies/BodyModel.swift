import Geometry

/// A species' body laid out for being drawn thousands of times: flat arrays, its clips' poses, and how open each place is to
/// the light. Made once a species, about a second of work.
public struct BodyModel: Sendable {
    /// The body at level 2.
    public let body: TemplateBody
    /// Four bones a vertex and their weights.
    let bones: [SIMD4<UInt16>]
    let weights: [SIMD4<Float>]
    let restPositions: [SIMD3<Float>]
    let restNormals: [SIMD3<Float>]
    /// Share of the sky's light that reaches each vertex in the default pose, 0...1.
    let openness: [Float]
    /// How far each vertex belongs to a limb (1) rather than to the trunk (0).
    let limbness: [Float]
    let regions: [BodyRegion]
    /// Whether the body may stand, sit or lie on each vertex.
    let carries: [Bool]
    /// Neighbours of each vertex: those of `v` are at `neighborStart[v]..<neighborStart[v + 1]`.
    let neighbors: [Int32]
    let neighborStart: [Int32]
    /// DensePose's chart, and the coarse part, of each triangle.
    let charts: [UInt8]
    let parts: [UInt8]
    /// (u, v) of the corners, three a triangle.
    let cornerUV: [SIMD2<Float>]
    /// Height and greatest horizontal reach of the default pose in metres.
    let height: Double
    let reach: Double
    /// Metres from each joint to the nearest place of the surface, in the default pose.
    let jointDepths: [Double]
    let motions: [BodyMotion]

    /// - Throws: `MeshError.unsuitable` for a species that is not there.
    public init(species: String) throws(MeshError) {
        body = try TemplateBody.generate(species)
        let (mesh, skeleton) = (body.mesh, body.skeleton)
        bones = body.weights.map { set in
            var bones = SIMD4<UInt16>(repeating: set[0].bone)
            for (i, item) in set.enumerated() { bones[i] = item.bone }
            return bones
        }
        weights = body.weights.map { set in
            var weights = SIMD4<Float>.zero
            for (i, item) in set.enumerated() { weights[i] = Float(item.weight) }
            return weights
        }
        restPositions = mesh.positions.map { SIMD3<Float>($0) }
        restNormals = mesh.vertexNormals().map { SIMD3<Float>($0) }
        let names = skeleton.joints.map(\.name)
        let isLimb = names.map { name in
            ["Elbow", "Wrist", "Knee", "Ankle", "Toe", "Hallux", "Thumb", "Index", "Middle", "Ring", "Little"]
                .contains { name.contains($0) }
        }
        let isRoot = names.map { $0.hasSuffix("Shoulder") || $0.hasSuffix("Hip") }
        limbness = body.weights.map { set in
            set.reduce(Float(0)) {
                $0 + Float($1.weight) * (isLimb[Int($1.bone)] ? 1 : isRoot[Int($1.bone)] ? 0.6 : 0)
            }
        }
        regions = BodyRegion.regions(of: body)
        carries = regions.map { ![.appendage, .muzzle, .face, .ear].contains($0) }
        (neighborStart, neighbors) = Self.adjacency(mesh)
        charts = body.charts.flatMap { [$0, $0] }
        parts = charts.map { UInt8(ChartLayout.partOfChart[Int($0)]) }
        var cornerUV: [SIMD2<Float>] = []
        cornerUV.reserveCapacity(3 * mesh.triangleCount)
        for triangle in 0..<mesh.triangleCount {
            cornerUV += body.chart(ofTriangle: triangle).uv.map { SIMD2<Float>($0) }
        }
        self.cornerUV = cornerUV
        let bounds = mesh.bounds
        height = bounds.high.y - bounds.low.y
        reach = max(bounds.high.x - bounds.low.x, bounds.high.z - bounds.low.z)
        openness = Self.openness(of: mesh)
        let tree = TriangleTree(mesh)
        jointDepths = skeleton.joints.map { tree.nearest(to: $0.position).distance }
        motions = BodyMotion.all(of: body)
    }

    /// A motion as often as the species is met in it; `share` is from 0 to 1.
    func motion(by share: Double) -> BodyMotion {
        let weights = motions.map { BodyMotion.frequency(of: $0.name, for: body.name) }
        var left = share * weights.reduce(0, +)
        for (motion, weight) in zip(motions, weights) {
            left -= weight
            if left < 0 { return motion }
        }
        return motions[0]
    }

    private static func adjacency(_ mesh: TriangleMesh) -> ([Int32], [Int32]) {
        var lists = [[Int32]](repeating: [], count: mesh.vertexCount)
        for t in mesh.triangles {
            // In a closed surface every edge runs once in each direction.
            lists[Int(t.x)].append(t.y)
            lists[Int(t.y)].append(t.z)
            lists[Int(t.z)].append(t.x)
        }
        var start: [Int32] = [0]
        for list in lists { start.append(start.last! + Int32(list.count)) }
        return (start, lists.flatMap { $0 })
    }

    /// Looks at the body from many sides, above more than below, and counts from how many each vertex is seen.
    private static func openness(of mesh: TriangleMesh) -> [Float] {
        let size = 160
        var seen = [Float](repeating: 0, count: mesh.vertexCount)
        var total: Float = 0
        let slack = 0.012 * distance(mesh.bounds.low, mesh.bounds.high)
        for pitch in [-35.0, 5, 40, 80] {
            for yaw in stride(from: pitch, to: 360 + pitch, by: 40) {
                let camera = Camera(
                    width: size, height: size, view: MeshView(yaw: yaw, pitch: pitch), fitting: mesh.bounds)
                var buffer = VisibilityBuffer(width: size, height: size)
                buffer.draw(mesh, camera: camera)
                let weight: Float = pitch < 0 ? 0.5 : 1
                total += weight
                for (v, position) in mesh.positions.enumerated() {
                    guard let (pixel, depth) = camera.project(position) else { continue }
                    let x = min(max(Int(pixel.x), 0), size - 1)
                    let y = min(max(Int(pixel.y), 0), size - 1)
                    if depth <= Double(buffer.depth[y * size + x]) + slack { seen[v] += weight }
                }
            }
        }
        // A flat place is seen from half the directions.
        return seen.map { min(1, 2 * $0 / total) }
    }
}

/// What grows on a place of the body: what a coat distinguishes.
enum BodyRegion: UInt8, CaseIterable {
    case chest, back, belly, rump, neck, nape, crown, face, muzzle, cheek, ear, upperArm, forearm, hand, thigh, shank,
        foot, appendage

    /// One a vertex. Horns, trunks of elephants and tails, which belong to no part, are appendages.
    static func regions(of body: TemplateBody) -> [BodyRegion] {
        let ofPart = body.parts.names.map { name -> BodyRegion in
            let plain = name.replacing("left ", with: "").replacing("right ", with: "")
            return switch plain {
            case "chest": .chest
            case "upper back", "lower back": .back
            case "belly": .belly
            case "groin", "buttock": .rump
            case "front of neck": .neck
            case "back of neck": .nape
            case "crown", "back of head": .crown
            case "face": .face
            case "muzzle": .muzzle
            case "cheek": .cheek
            case "ear": .ear
            case "hand", "fingers", "thumb": .hand
            case "foot", "toes", "big toe": .foot
            default:
                plain.hasPrefix("upper arm")
                    ? .upperArm : plain.hasPrefix("forearm") ? .forearm : plain.hasPrefix("thigh") ? .thigh : .shank
            }
        }
        return body.parts.labels.map { $0 == PartLabels.none ? .appendage : ofPart[Int($0)] }
    }
}

/// A clip as poses, evenly spaced over its period: computing one costs a skinning, looking one up nothing.
struct BodyMotion: Sendable {
    let name: String
    /// Seconds.
    let duration: Double
    let poses: [Pose]

    static let phases = 32

    /// How often camera traps meet a species in a motion, beside its others.
    static func frequency(of motion: String, for species: String) -> Double {
        switch (species, motion) {
        case ("human", "walk"): 5
        case ("human", "knuckle-walk"): 0
        case ("human", _): 1
        case ("chimpanzee", "knuckle-walk"), ("gorilla", "knuckle-walk"): 5
        case ("chimpanzee", "sit"), ("gorilla", "sit"): 3
        case ("chimpanzee", "dance"), ("gorilla", "dance"): 0
        case ("chimpanzee", _), ("gorilla", _): 0.7
        case (_, "walk"): 4
        case ("dog", "sit"), ("cat", "sit"), ("bear", "sit"): 1
        default: 0
        }
    }

    static func all(of body: TemplateBody) -> [BodyMotion] {
        MotionClip.all.compactMap { clip in
            guard clip.isForBipeds == body.standsOnTwoLegs else { return nil }
            let poses = (0..<phases).map { clip.pose(at: clip.duration * Double($0) / Double(phases), of: body) }
            return BodyMotion(name: clip.name, duration: clip.duration, poses: poses)
        }
    }
}
