import Foundation
import Hashing

extension TemplateBody {
    /// The quads with their charts as materials (`chart_07`), (u, v) in the chart at every corner, and parts as groups.
    public var surface: SurfaceMesh { surface(at: mesh.positions) }

    /// The same with the vertices elsewhere, such as in a pose.
    public func surface(at positions: [SIMD3<Double>]) -> SurfaceMesh {
        var surface = SurfaceMesh()
        surface.positions = positions
        surface.materials.names = (1...24).map(Self.material)
        surface.groups.names = BodyAtlas.partNames.map(Self.group) + ["none"]
        let groupNumber = Dictionary(uniqueKeysWithValues: zip(surface.groups.names, Int32(0)...))
        var known: [SIMD4<Int32>: Int32] = [:]
        // Faces of one chart and part together, each in its own order.
        for q in Self.fileOrder(cells) {
            let quad = quads[q]
            surface.faces.append((0..<4).map { quad[$0] })
            surface.materials.ofFace.append(Int32(charts[q]) - 1)
            surface.groups.ofFace.append(groupNumber[Self.group(cells[q])]!)
            for c in 0..<4 {
                let point = uv[4 * q + c]
                let name = SIMD4(
                    quad[c], Int32(charts[q]), Int32((point.x * 1e6).rounded()), Int32((point.y * 1e6).rounded()))
                if known[name] == nil {
                    known[name] = Int32(surface.textureCoordinates.count)
                    surface.textureCoordinates.append(point)
                }
                surface.cornerTextures.append(known[name]!)
            }
        }
        return surface
    }

    private static func material(_ chart: Int) -> String { chart < 10 ? "chart_0\(chart)" : "chart_\(chart)" }
    private static func group(_ part: String) -> String { part.replacing(" ", with: "_") }
    private static func group(_ cell: CageCell) -> String { BodyAtlas.part(cell.key).map(group) ?? "none" }

    static func fileOrder(_ cells: [CageCell]) -> [Int] {
        let charts = cells.map { BodyAtlas.chart($0.key) }
        let groups = cells.map { group($0) }
        return cells.indices.sorted { (charts[$0], groups[$0], $0) < (charts[$1], groups[$1], $1) }
    }

    /// Writes `NAME.obj` and `NAME.json` into a folder, each whole or not at all.
    /// - Throws: `MeshFileError`.
    public func write(toFolder folder: String) throws {
        try MeshFile.write(surface, to: "\(folder)/\(name).obj")
        try BodyManifest.write(try BodySidecar(self).data(), to: "\(folder)/\(name).json")
    }

    /// Reads what `write(toFolder:)` wrote.
    /// - Parameter path: of the OBJ file; the JSON file lies beside it.
    /// - Throws: `MeshFileError`.
    public init(readingFrom path: String) throws {
        let surface = try MeshFile.read(path)
        let sidecar = URL(fileURLWithPath: path).deletingPathExtension().path + ".json"
        func failure(_ problem: String) -> MeshFileError { MeshFileError(path: sidecar, problem: problem) }
        let data = Data(try MeshFile.contents(of: sidecar))
        guard let known = try? JSONDecoder().decode(BodySidecar.self, from: data) else {
            throw failure("is no description of a template body (as `meshmap generate` writes)")
        }
        let count = surface.positions.count
        guard known.symmetry.count == count, known.parts.labels.count == count, known.weights.count == count else {
            throw failure("describes \(known.symmetry.count) vertices, the mesh beside it has \(count)")
        }
        guard let cells = known.unpackedCells(), cells.count == surface.faces.count,
            surface.faces.corners.count == 4 * cells.count, surface.cornerTextures.count == 4 * cells.count,
            !surface.cornerTextures.contains(-1)
        else { throw failure("describes \(known.cells.count) quads, the mesh beside it has other faces") }
        guard known.symmetry.allSatisfy({ (0..<Int32(count)).contains($0) }),
            known.keyVertices.values.allSatisfy({ (0..<count).contains($0) }),
            known.weights.allSatisfy({ set in
                set.count.isMultiple(of: 2) && (2...8).contains(set.count)
                    && stride(from: 0, to: set.count, by: 2).allSatisfy {
                        known.skeleton.joints.indices.contains(set[$0])
                    }
            }),
            known.skeleton.joints.enumerated().allSatisfy({ index, joint in
                joint.axes.count == 3 && joint.parent.map { (0..<index).contains($0) } ?? true
            })
        else { throw failure("names a vertex, part or bone that is not there") }
        var quads = [SIMD4<Int32>](repeating: .zero, count: cells.count)
        var uv = [SIMD2<Double>](repeating: .zero, count: 4 * cells.count)
        for (place, q) in Self.fileOrder(cells).enumerated() {
            for c in 0..<4 {
                quads[q][c] = surface.faces.corners[4 * place + c]
                uv[4 * q + c] = surface.textureCoordinates[Int(surface.cornerTextures[4 * place + c])]
            }
        }
        name = known.name
        level = known.level
        self.quads = quads
        self.uv = uv
        self.cells = cells
        charts = cells.map { UInt8(BodyAtlas.chart($0.key)) }
        mesh = try TriangleMesh(
            positions: surface.positions,
            triangles: quads.flatMap { [SIMD3($0.x, $0.y, $0.z), SIMD3($0.x, $0.z, $0.w)] })
        parts = known.parts
        skeleton = known.skeleton
        weights = known.weights.map { set in
            stride(from: 0, to: set.count, by: 2).map {
                BoneWeight(bone: UInt16(set[$0]), weight: Double(set[$0 + 1]) / 10_000)
            }
        }
        mirror = known.symmetry
        keyVertices = known.keyVertices
    }

    /// SHA-256 of the vertices as little-endian 64-bit millionths of a metre, then of the quads as 32-bit integers.
    public var fingerprint: ContentHash {
        var hasher = ContentHasher()
        let places = mesh.positions.flatMap { p in (0..<3).map { Int64((p[$0] * 1e6).rounded()).littleEndian } }
        places.withUnsafeBytes { hasher.update($0) }
        quads.flatMap { quad in (0..<4).map { quad[$0].littleEndian } }.withUnsafeBytes { hasher.update($0) }
        return hasher.finish()
    }
}
