import Foundation

/// What a map is measured against.
public enum TruthFile {
    /// A map's file, or a JSON list of the target's vertices.
    /// - Throws: `MapFileError` when it is neither or does not fit.
    public static func read(_ path: String, target: TriangleMesh, expected: MapFile) throws -> SurfaceMap {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MapFileError(path: path, problem: "does not exist or cannot be read")
        }
        if let vertices = try? JSONDecoder().decode([Int].self, from: data) {
            guard vertices.count == expected.source.vertices else {
                throw MapFileError(
                    path: path, problem: "has \(vertices.count) vertices, the map \(expected.source.vertices)")
            }
            let corners = target.cornerOfVertex()
            return SurfaceMap(
                points: try vertices.map { vertex in
                    guard vertex >= -1, vertex < corners.count else {
                        throw MapFileError(
                            path: path, problem: "names vertex \(vertex), the target has \(corners.count) (from 0)")
                    }
                    return vertex < 0 ? nil : corners[vertex]
                })
        }
        let file = try MapFile.read(path)
        guard file.source.topology == expected.source.topology, file.target.topology == expected.target.topology else {
            throw MapFileError(path: path, problem: "is between other meshes than the map")
        }
        return file.forward.map
    }
}
