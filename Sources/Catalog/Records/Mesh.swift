import Foundation
internal import GRDB
import Hashing

/// A mesh that labels and maps refer to. Its bytes stay in its file.
public struct MeshRecord: Sendable, Equatable {
    public var name: String
    public var path: String
    /// Of the file.
    public var sha256: ContentHash
    public var vertices: Int
    public var triangles: Int
    /// In squared units of the mesh.
    public var area: Double
    /// Parts, named points, mirror image and charts, as the JSON of the file beside the mesh.
    public var labels: String?

    public init(
        name: String, path: String, sha256: ContentHash, vertices: Int, triangles: Int, area: Double, labels: String?
    ) {
        (self.name, self.path, self.sha256) = (name, path, sha256)
        (self.vertices, self.triangles, self.area, self.labels) = (vertices, triangles, area, labels)
    }
}

/// Numbers on the vertices of a mesh, such as a heat kernel signature.
public struct MeshDescriptorRecord: Sendable, Equatable {
    public var kind: String
    /// A JSON object.
    public var parameters: String
    public var columns: Int
    /// Little-endian 32-bit floats, row after row, a row a vertex.
    public var data: [UInt8]

    public init(kind: String, parameters: String, columns: Int, data: [UInt8]) {
        (self.kind, self.parameters, self.columns, self.data) = (kind, parameters, columns, data)
    }
}

/// Which point of one mesh is which point of another, by some method.
public struct MeshMapRecord: Sendable, Equatable {
    public var source: String
    public var target: String
    public var method: String
    /// A JSON object.
    public var parameters: String
    /// See `mesh_map` in the catalog's documentation.
    public var cycleError: Double?
    public var coverage: Double?
    public var smoothness: Double?
    public var partConsistency: Double?
    public var swapped: Double?
    public var flipped: Double?
    /// The map's file.
    public var data: [UInt8]

    public init(source: String, target: String, method: String, parameters: String, data: [UInt8]) {
        (self.source, self.target, self.method) = (source, target, method)
        (self.parameters, self.data) = (parameters, data)
    }
}

extension CatalogReader {
    public func meshes() throws -> [MeshRecord] {
        try Row.fetchAll(db, sql: "SELECT * FROM mesh ORDER BY id").compactMap { row in
            ContentHash(bytes: [UInt8](row["sha256"] as Data)).map {
                MeshRecord(
                    name: row["name"], path: row["path"], sha256: $0, vertices: row["vertices"],
                    triangles: row["triangles"], area: row["area"], labels: row["labels"])
            }
        }
    }

    /// - Throws: `CatalogError.unknown` for a mesh that is not there.
    public func descriptors(of mesh: String) throws -> [MeshDescriptorRecord] {
        let id = try id(named: mesh, in: "mesh", kind: "mesh")
        return try Row.fetchAll(db, sql: "SELECT * FROM mesh_descriptor WHERE mesh_id = ? ORDER BY id", arguments: [id])
            .map { row in
                MeshDescriptorRecord(
                    kind: row["kind"], parameters: row["parameters"], columns: row["columns"],
                    data: [UInt8](row["data"] as Data))
            }
    }

    public func meshMaps() throws -> [(id: Int64, map: MeshMapRecord)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT mesh_map.*, s.name AS source, t.name AS target FROM mesh_map
                    JOIN mesh s ON s.id = source_id JOIN mesh t ON t.id = target_id ORDER BY mesh_map.id
                """
        ).map { row in
            var map = MeshMapRecord(
                source: row["source"], target: row["target"], method: row["method"], parameters: row["parameters"],
                data: [UInt8](row["data"] as Data))
            map.cycleError = row["cycle_error"]
            map.coverage = row["coverage"]
            map.smoothness = row["smoothness"]
            map.partConsistency = row["part_consistency"]
            map.swapped = row["swapped"]
            map.flipped = row["flipped"]
            return (row["id"], map)
        }
    }
}

extension CatalogWriter {
    /// Adds a mesh, or brings what is known of one up to date. A mesh of the same name with other vertices is another mesh.
    /// - Throws: `CatalogError.duplicate` when the name is taken by a mesh of other size.
    public func setMesh(_ mesh: MeshRecord) throws {
        if let known = try meshes().first(where: { $0.name == mesh.name }) {
            guard known.vertices == mesh.vertices, known.triangles == mesh.triangles else {
                throw CatalogError.duplicate(kind: "mesh", name: mesh.name)
            }
            try db.execute(
                sql: "UPDATE mesh SET path = ?, sha256 = ?, area = ?, labels = ? WHERE name = ?",
                arguments: [mesh.path, Data(mesh.sha256.bytes), mesh.area, mesh.labels, mesh.name])
            return
        }
        try db.execute(
            sql: "INSERT INTO mesh VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                try nextID(in: "mesh"), mesh.name, mesh.path, Data(mesh.sha256.bytes), mesh.vertices, mesh.triangles,
                mesh.area, mesh.labels,
            ])
    }

    /// Adds a descriptor of a mesh, in place of one of the same kind.
    /// - Throws: `CatalogError.unknown` for a mesh that is not there.
    public func setDescriptor(_ descriptor: MeshDescriptorRecord, of mesh: String) throws {
        let id = try id(named: mesh, in: "mesh", kind: "mesh")
        try db.execute(
            sql: "DELETE FROM mesh_descriptor WHERE mesh_id = ? AND kind = ?", arguments: [id, descriptor.kind])
        try db.execute(
            sql: "INSERT INTO mesh_descriptor VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                try nextID(in: "mesh_descriptor"), id, descriptor.kind, descriptor.parameters, descriptor.columns,
                Data(descriptor.data),
            ])
    }

    /// - Returns: the map's number.
    /// - Throws: `CatalogError.unknown` for a mesh that is not there.
    @discardableResult
    public func addMap(_ map: MeshMapRecord) throws -> Int64 {
        let source = try id(named: map.source, in: "mesh", kind: "mesh")
        let target = try id(named: map.target, in: "mesh", kind: "mesh")
        let id = try nextID(in: "mesh_map")
        try db.execute(
            sql: "INSERT INTO mesh_map VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                id, source, target, map.method, map.parameters, map.cycleError, map.coverage, map.smoothness,
                map.partConsistency, map.swapped, map.flipped, CatalogWriter.timestamp(), Data(map.data),
            ])
        return id
    }
}
