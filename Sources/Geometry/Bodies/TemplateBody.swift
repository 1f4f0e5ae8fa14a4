/// The body of a species, made from a table: a surface whose vertices, charts, parts, weights and mirror image are known
/// exactly, because all of them are read off the cage that the surface refines.
///
/// Metres; y up, looking towards +z, the left side at +x, standing on y = 0. Bodies of one cage (human, chimpanzee,
/// gorilla) correspond vertex by vertex; for the others see `truth(of:on:)`.
public struct TemplateBody: Hashable, Sendable {
    public let name: String
    /// How often the cage was refined: 2 for about 7,500 vertices, 3 for about 30,000.
    public let level: Int
    /// Two triangles a quad: `2 * q` has its corners 0, 1, 2 and `2 * q + 1` its corners 0, 2, 3.
    public let mesh: TriangleMesh
    /// Corners counter-clockwise seen from outside.
    public let quads: [SIMD4<Int32>]
    /// DensePose's chart of each quad, 1...24.
    public let charts: [UInt8]
    /// (u, v) of each quad's corners in its chart, 0...1, `4 * q + c`.
    public let uv: [SIMD2<Double>]
    /// One name a vertex; the same names on every species. Horns and tails belong to no part.
    public let parts: PartLabels
    public let skeleton: Skeleton
    /// At most four bones a vertex; the weights sum to 1.
    public let weights: [[BoneWeight]]
    /// Each vertex's image in the plane x = 0 (detectron2's `symmetry.vertex_transforms`).
    public let mirror: [Int32]
    /// Named vertices, such as `leftEye` or `rightHeel`; the same names on every species, but for digits it lacks.
    public let keyVertices: [String: Int]
    /// Which face of the cage each quad covers a piece of.
    public let cells: [CageCell]
}

/// The piece of a cage's face that a quad covers: a square of the grid into which refinement cuts the face.
public struct CageCell: Hashable, Sendable {
    public var key: CageKey
    /// The share of the key's row that the face covers, where a species cuts a row into several faces.
    public var low: Double
    public var high: Double
    /// Squares along a side of the face.
    public var divisions: Int
    public var column: Int
    public var row: Int
    /// Which corner of the square is the quad's first: 0 the lowest, 1 the next along the row, 2 and 3 above.
    public var turn: Int

    /// The quad's corners in the key's own square, 0...1.
    public var local: [SIMD2<Double>] {
        let square: [SIMD2<Double>] = [[0, 0], [1, 0], [1, 1], [0, 1]]
        let corner = SIMD2(Double(column), Double(row))
        let n = Double(divisions)
        return (0..<4).map { c -> SIMD2<Double> in
            // Seen from outside, the right half's squares run the other way round.
            let place = (corner + square[(key.isLeft ? turn + c : turn + 4 - c) % 4]) / n
            return SIMD2(place.x, low + (high - low) * place.y)
        }
    }

    init(key: CageKey, low: Double, high: Double, divisions: Int, column: Int, row: Int, turn: Int) {
        (self.key, self.low, self.high, self.divisions) = (key, low, high, divisions)
        (self.column, self.row, self.turn) = (column, row, turn)
    }

    /// - Parameter corners: of the quad in its face, 0...1.
    init(_ face: QuadCage.Face, corners: [SIMD2<Double>], level: Int) {
        key = face.key
        (low, high) = (face.span.lowerBound, face.span.upperBound)
        divisions = 1 << level
        let least = corners.reduce(corners[0], pointwiseMin)
        column = Int((least.x * Double(divisions)).rounded())
        row = Int((least.y * Double(divisions)).rounded())
        let first = (corners[0] - least) * Double(divisions)
        turn = first.y < 0.5 ? (first.x < 0.5 ? 0 : 1) : first.x < 0.5 ? 3 : 2
    }
}

extension TemplateBody {
    /// The names of all species.
    public static var species: [String] { BodyPlan.all.map(\.name) }

    /// One sentence about a species.
    public static func summary(of species: String) -> String? { BodyPlan.all.first { $0.name == species }?.summary }

    /// - Parameter level: 2 or 3.
    /// - Throws: `MeshError.unsuitable` for a species that is not there, or another level.
    public static func generate(_ species: String, level: Int = 2) throws(MeshError) -> TemplateBody {
        guard let plan = BodyPlan.all.first(where: { $0.name == species }) else {
            throw .unsuitable(
                "there is no body of \"\(species)\"; there are \(Self.species.joined(separator: ", "))")
        }
        guard (2...3).contains(level) else { throw .unsuitable("bodies are made at level 2 or 3, not \(level)") }
        return try TemplateBody(plan, level: level)
    }

    /// The body of a species at level 2, about 7,500 vertices.
    public static func named(_ species: String) throws(MeshError) -> TemplateBody { try generate(species) }

    /// DensePose's coarse part, 1...14, of each quad.
    public var coarseParts: [UInt8] { charts.map { UInt8(ChartLayout.partOfChart[Int($0)]) } }

    /// The chart of a triangle and (u, v) at its corners.
    public func chart(ofTriangle triangle: Int) -> (chart: Int, uv: [SIMD2<Double>]) {
        let q = triangle / 2
        let corners = triangle.isMultiple(of: 2) ? [0, 1, 2] : [0, 2, 3]
        return (Int(charts[q]), corners.map { uv[4 * q + $0] })
    }

    init(_ plan: BodyPlan, level: Int) throws(MeshError) {
        let cage = CageBuilder.build(plan)
        // Charts are laid out on the topology alone, at level 2; deeper levels divide those quads.
        let flat = RefinedCage(cage).refined().refined()
        let baseCharts = flat.quads.map { BodyAtlas.chart(cage.faces[Int($0.origin)].key) }
        var layout = ConvexChartLayout(flat, charts: baseCharts).uv
        for _ in 2..<max(2, level) { layout = layout.flatMap(Self.divided) }

        let refined = BodyShaping.shape(plan, cage: cage, level: level)
        var quads = refined.quads.map(\.corners)
        // The right half's faces are turned about so that both halves run alike.
        var local = refined.quads.map { quad -> [SIMD2<Double>] in
            let isLeft = cage.faces[Int(quad.origin)].key.isLeft
            return [quad.local.0, quad.local.1, quad.local.2, quad.local.3].map {
                SIMD2(isLeft ? $0.x : 1 - $0.x, $0.y)
            }
        }
        for q in refined.quads.indices where refined.quads[q].isTurned {
            quads[q] = SIMD4(quads[q].y, quads[q].z, quads[q].w, quads[q].x)
            local[q] = [1, 2, 3, 0].map { local[q][$0] }
            layout[q] = [1, 2, 3, 0].map { layout[q][$0] }
        }
        // The right half is cut into triangles as the mirror image of the left.
        for (q, quad) in refined.quads.enumerated() where cage.faces[Int(quad.origin)].key.isLeft {
            let other = Int(refined.quadMirror[q])
            let image = [0, 3, 2, 1].map { refined.mirror[Int(quads[q][$0])] }
            let places = image.map { vertex in (0..<4).first { quads[other][$0] == vertex }! }
            local[other] = places.map { local[other][$0] }
            layout[other] = places.map { layout[other][$0] }
            quads[other] = SIMD4(image[0], image[1], image[2], image[3])
        }
        let cells = refined.quads.indices.map { q in
            CageCell(cage.faces[Int(refined.quads[q].origin)], corners: local[q], level: level)
        }
        self.name = plan.name
        self.level = level
        self.quads = quads
        self.cells = cells
        // Tables say where joints are, not how thick soles come out.
        let ground = SIMD3(0, refined.positions.reduce(Double.infinity) { min($0, $1.y) }, 0)
        mesh = try TriangleMesh(
            positions: refined.positions.map { quantized($0 - ground) },
            triangles: quads.flatMap { [SIMD3($0.x, $0.y, $0.z), SIMD3($0.x, $0.z, $0.w)] })
        charts = cells.map { UInt8(BodyAtlas.chart($0.key)) }
        uv = layout.flatMap { $0.map { SIMD2(quantized($0.x), quantized($0.y)) } }
        parts = BodyAtlas.parts(of: refined, cage)
        skeleton = Skeleton(plan).shifted(by: -ground)
        weights = refined.weights.map { BoneWeight.rounded(BoneWeight.strongest($0)) }
        mirror = refined.mirror
        keyVertices = KeyVertex.find(quads: quads, cells: cells)
    }

    /// A quad's (u, v) to those of its four pieces, in the order of refinement.
    private static func divided(_ uv: [SIMD2<Double>]) -> [[SIMD2<Double>]] {
        let center = (uv[0] + uv[1] + uv[2] + uv[3]) / 4
        return (0..<4).map { c in
            [uv[c], (uv[c] + uv[(c + 1) % 4]) / 2, center, (uv[c] + uv[(c + 3) % 4]) / 2]
        }
    }
}
