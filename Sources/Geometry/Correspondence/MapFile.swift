import Foundation
import Hashing

/// A map between two meshes as a JSON file, with what made it and how good it is.
public struct MapFile: Sendable, Codable {
    public struct Side: Sendable, Codable, Hashable {
        public var name: String
        /// The mesh file, as it was given.
        public var path: String
        public var groups: [String]?
        public var vertices: Int
        public var triangles: Int
        /// Of the numbers of vertices and triangles' corners, so that another mesh is noticed.
        public var topology: String

        public init(_ body: LabelledMesh, path: String, groups: [String] = []) {
            name = body.name
            self.path = path
            self.groups = groups.isEmpty ? nil : groups
            vertices = body.mesh.vertexCount
            triangles = body.mesh.triangleCount
            topology = Self.topology(of: body.mesh)
        }

        static func topology(of mesh: TriangleMesh) -> String {
            var bytes = [UInt8](repeating: 0, count: 12 * mesh.triangleCount)
            for (index, t) in mesh.triangles.enumerated() {
                for c in 0..<3 {
                    for b in 0..<4 { bytes[12 * index + 4 * c + b] = UInt8(truncatingIfNeeded: t[c] >> Int32(8 * b)) }
                }
            }
            return String(ContentHash.of(bytes).description.prefix(16))
        }

        /// - Throws: `MapFileError` when the mesh is another one.
        public func check(_ mesh: TriangleMesh, file: String) throws(MapFileError) {
            guard mesh.vertexCount == vertices, mesh.triangleCount == triangles, Self.topology(of: mesh) == topology
            else {
                throw MapFileError(
                    path: file,
                    problem: "was made for another mesh than \(path): \(vertices) vertices and \(triangles) triangles "
                        + "are expected, in their old order; it has \(mesh.vertexCount) and \(mesh.triangleCount)")
            }
        }
    }

    /// A map as columns: triangle (-1 for none), and weights of its second and third corner.
    public struct Columns: Sendable, Codable, Hashable {
        public var triangles: [Int32]
        public var second: [Double]
        public var third: [Double]

        public init(_ map: SurfaceMap) {
            triangles = map.points.map { $0?.triangle ?? -1 }
            // Six decimals: less than a micrometre on a body.
            func rounded(_ x: Double) -> Double { (x * 1e6).rounded() / 1e6 }
            second = map.points.map { rounded($0?.barycentric.y ?? 0) }
            third = map.points.map { rounded($0?.barycentric.z ?? 0) }
        }

        public var map: SurfaceMap {
            SurfaceMap(
                points: triangles.indices.map { i in
                    triangles[i] < 0
                        ? nil
                        : SurfacePoint(
                            triangle: triangles[i], barycentric: [1 - second[i] - third[i], second[i], third[i]])
                })
        }
    }

    public var format = "kindred-map"
    public var version = 1
    public var method: String
    public var parameters: [String: String]
    public var source: Side
    public var target: Side
    public var forward: Columns
    public var backward: Columns?
    public var quality: MapQuality?

    public init(
        method: String, parameters: [String: String], source: Side, target: Side, forward: SurfaceMap,
        backward: SurfaceMap?, quality: MapQuality?
    ) {
        self.method = method
        self.parameters = parameters
        self.source = source
        self.target = target
        self.forward = Columns(forward)
        self.backward = backward.map(Columns.init)
        self.quality = quality
    }

    /// - Throws: `MapFileError` for a file that is missing, no map, or inconsistent.
    public static func read(_ path: String) throws -> MapFile {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MapFileError(path: path, problem: "does not exist or cannot be read")
        }
        let file: MapFile
        do {
            file = try JSONDecoder().decode(MapFile.self, from: data)
        } catch {
            throw MapFileError(path: path, problem: "is not a map that meshmap match writes")
        }
        guard file.format == "kindred-map", file.version == 1 else {
            throw MapFileError(path: path, problem: "is of version \(file.version), 1 is expected")
        }
        for (columns, from, to) in [(file.forward, file.source, file.target)]
            + (file.backward.map { [($0, file.target, file.source)] } ?? [])
        {
            let count = columns.triangles.count
            guard count == from.vertices, columns.second.count == count, columns.third.count == count,
                columns.triangles.allSatisfy({ $0 >= -1 && Int($0) < to.triangles })
            else { throw MapFileError(path: path, problem: "its points do not fit its meshes") }
        }
        return file
    }

    /// Writes beside the file and renames.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw MapFileError(path: path, problem: "cannot be written: \((error as NSError).localizedDescription)")
        }
    }
}

/// A map's file that cannot be used: which, and why.
public struct MapFileError: Error, Hashable, CustomStringConvertible {
    public var path: String
    public var problem: String

    public init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    public var description: String { "\(path): \(problem)" }
}
