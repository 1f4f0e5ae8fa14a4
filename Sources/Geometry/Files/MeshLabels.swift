import Foundation

/// What is known of a mesh, in the JSON file beside it: parts, named points, the mirror image, charts.
public struct MeshLabels: Hashable, Sendable, Codable {
    public var parts: PartLabels?
    /// Vertices by name.
    public var keyVertices: [String: Int]?
    /// For each vertex its counterpart in the mirror.
    public var symmetry: [Int32]?
    /// The chart of each face of the mesh's file, from 1; 0 for none. Where the file's faces have texture coordinates, these are
    /// (u, v) in the chart.
    public var charts: [UInt8]?

    public init(
        parts: PartLabels? = nil, keyVertices: [String: Int]? = nil, symmetry: [Int32]? = nil, charts: [UInt8]? = nil
    ) {
        self.parts = parts
        self.keyVertices = keyVertices
        self.symmetry = symmetry
        self.charts = charts
    }

    /// The file beside a mesh: `body.json` beside `body.obj`.
    public static func path(beside mesh: String) -> String {
        URL(fileURLWithPath: mesh).deletingPathExtension().path + ".json"
    }

    /// - Throws: `MeshFileError` for a file that cannot be read, or does not fit a mesh of so many vertices and faces.
    public static func read(_ path: String, vertices: Int, faces: Int) throws(MeshFileError) -> MeshLabels {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MeshFileError(path: path, problem: "does not exist or cannot be read")
        }
        let labels: MeshLabels
        do {
            labels = try JSONDecoder().decode(MeshLabels.self, from: data)
        } catch DecodingError.typeMismatch(_, let context), DecodingError.keyNotFound(_, let context),
            DecodingError.valueNotFound(_, let context)
        {
            let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
                .joined(separator: ".")
            throw MeshFileError(path: path, place: .value(place), problem: context.debugDescription)
        } catch {
            throw MeshFileError(path: path, problem: "is no JSON that holds labels of a mesh")
        }
        func require(_ holds: Bool, _ place: String, _ problem: String) throws(MeshFileError) {
            if !holds { throw MeshFileError(path: path, place: .value(place), problem: problem) }
        }
        if let parts = labels.parts {
            try require(
                parts.labels.count == vertices, "parts.labels",
                "has \(parts.labels.count) labels, the mesh has \(vertices) vertices")
            try require(Set(parts.names).count == parts.names.count, "parts.names", "a name is there twice")
        }
        for (name, vertex) in labels.keyVertices ?? [:] {
            try require(
                (0..<vertices).contains(vertex), "keyVertices.\(name)",
                "is vertex \(vertex), the mesh has \(vertices) (from 0)")
        }
        if let symmetry = labels.symmetry {
            try require(
                symmetry.count == vertices && symmetry.allSatisfy { $0 >= 0 && Int($0) < vertices }, "symmetry",
                "is not a vertex for each of the mesh's \(vertices)")
        }
        if let charts = labels.charts {
            try require(
                charts.count == faces, "charts", "has \(charts.count) numbers, the mesh's file has \(faces) faces")
        }
        return labels
    }

    /// Writes beside the file and renames.
    public func write(to path: String) throws(MeshFileError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw MeshFileError(path: path, problem: "cannot be written: \((error as NSError).localizedDescription)")
        }
    }
}

extension SurfaceMesh {
    /// Only the faces of some groups, or all when none is named.
    /// - Throws: `MeshFileError` when a group is not there.
    public func keeping(_ groups: [String], path: String) throws(MeshFileError) -> SurfaceMesh {
        guard !groups.isEmpty else { return self }
        guard let kept = keeping(groups: groups) else {
            let names = self.groups.names.prefix(20).joined(separator: ", ")
            throw MeshFileError(
                path: path,
                problem: "has no group of that name; "
                    + (names.isEmpty ? "its faces are in no group" : "its groups are \(names)"))
        }
        return kept
    }
}
