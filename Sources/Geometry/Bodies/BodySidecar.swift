import Foundation

/// What a template body's OBJ file cannot hold, as JSON: `MeshLabels`, as any mesh may have beside it, and what moves the body.
struct BodySidecar: Codable {
    var name: String
    var level: Int
    var unit = "metre; y up, +z forwards, +x left"
    var parts: PartLabels
    var symmetry: [Int32]
    /// Of each face in the file's order.
    var charts: [UInt8]
    var keyVertices: [String: Int]
    var skeleton: Skeleton
    /// For each vertex: bone, ten-thousandths, bone, ten-thousandths, …
    var weights: [[Int]]
    /// Places of keypoints: a joint's name, two joints, or `vertex:` and a key vertex.
    var keypoints: [String: [String]]
    /// Faces of the cage: region, 1 for the left side, row, sector, and the share of the row.
    var faces: [[Double]]
    var regions: [String]
    /// For each quad: its face times 4 * 4^level, plus its place and turn in it.
    var cells: [Int]

    init(_ body: TemplateBody) throws {
        name = body.name
        level = body.level
        parts = body.parts
        symmetry = body.mirror
        charts = TemplateBody.fileOrder(body.cells).map { body.charts[$0] }
        keyVertices = body.keyVertices
        skeleton = body.skeleton
        weights = body.weights.map { $0.flatMap { [Int($0.bone), Int(($0.weight * 10_000).rounded())] } }
        keypoints = [:]
        for set in [KeypointSet.coco17, .body25] {
            keypoints[set.name] = set.points.map { point in
                switch point.place {
                case .joint(let joint): "\(point.name)=\(joint)"
                case .between(let a, let b): "\(point.name)=\(a)+\(b)"
                case .vertex(let vertex): "\(point.name)=vertex:\(vertex)"
                }
            }
        }
        regions = CageRegion.allCases.map { "\($0)" }
        faces = []
        cells = []
        var number: [[Double]: Int] = [:]
        for cell in body.cells {
            let key = cell.key
            let face = [
                Double(key.region.rawValue), key.isLeft ? 1 : 0, Double(key.row), Double(key.sector), cell.low,
                cell.high,
            ]
            if number[face] == nil {
                number[face] = faces.count
                faces.append(face)
            }
            let n = cell.divisions
            cells.append(((number[face]! * n + cell.row) * n + cell.column) * 4 + cell.turn)
        }
    }

    func data() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }

    /// Nil where a number is out of range.
    func unpackedCells() -> [CageCell]? {
        guard (1...4).contains(level) else { return nil }
        let n = 1 << level
        var found: [CageCell] = []
        for packed in cells {
            guard packed >= 0, packed / (4 * n * n) < faces.count else { return nil }
            let face = faces[packed / (4 * n * n)]
            guard face.count == 6, face.allSatisfy({ abs($0) < 1000 }), let region = CageRegion(rawValue: Int(face[0]))
            else {
                return nil
            }
            found.append(
                CageCell(
                    key: CageKey(region: region, isLeft: face[1] == 1, row: Int16(face[2]), sector: Int16(face[3])),
                    low: face[4], high: face[5], divisions: n, column: packed / 4 % n, row: packed / (4 * n) % n,
                    turn: packed % 4))
        }
        return found
    }
}

/// What the bodies' files ought to be: fingerprints of all species at both levels.
public struct BodyManifest: Codable, Hashable, Sendable {
    public struct Entry: Codable, Hashable, Sendable {
        public var vertices: Int
        public var quads: Int
        public var sha256: String
    }

    /// By species, then by `level2` and `level3`.
    public var bodies: [String: [String: Entry]]

    public init(species: [String] = TemplateBody.species) throws {
        bodies = [:]
        for name in species {
            for level in 2...3 {
                let body = try TemplateBody.generate(name, level: level)
                bodies[name, default: [:]]["level\(level)"] = Entry(
                    vertices: body.mesh.vertexCount, quads: body.quads.count, sha256: "\(body.fingerprint)")
            }
        }
    }

    /// Writes `manifest.json` into a folder.
    public func write(toFolder folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Self.write(try encoder.encode(self) + Data("\n".utf8), to: "\(folder)/manifest.json")
    }

    static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw MeshFileError(path: path, problem: "cannot be written: \((error as NSError).localizedDescription)")
        }
    }
}
