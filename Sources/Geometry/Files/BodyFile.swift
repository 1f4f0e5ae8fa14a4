import Foundation

/// A mesh's file with the labels beside it, and its charts where it has any.
public struct BodyFile: Sendable {
    public var file: SurfaceMesh
    public var triangulation: Triangulation
    public var labels: MeshLabels
    public var body: LabelledMesh
    /// From the labels' charts and the file's texture coordinates.
    public var atlas: ChartAtlas?

    /// - Parameters:
    ///   - groups: only these groups of faces; labels are then for what is left.
    ///   - labels: the file of labels, when it is not beside the mesh.
    /// - Throws: `MeshFileError` or `MeshError`.
    public static func read(_ path: String, groups: [String] = [], labels: String? = nil) throws -> BodyFile {
        let file = try MeshFile.read(path).keeping(groups, path: path)
        let beside = MeshLabels.path(beside: path)
        let place = labels ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil)
        let known = try place.map {
            try MeshLabels.read($0, vertices: file.positions.count, faces: file.faces.count)
        }
        let triangulation: Triangulation
        do {
            triangulation = try file.triangulated()
        } catch {
            throw MeshFileError(path: path, problem: error.description)
        }
        let body = LabelledMesh(
            name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent, mesh: triangulation.mesh,
            parts: known?.parts, landmarks: known?.keyVertices ?? [:], mirror: known?.symmetry)
        return BodyFile(
            file: file, triangulation: triangulation, labels: known ?? MeshLabels(), body: body,
            atlas: atlas(file, triangulation, known))
    }

    private static func atlas(_ file: SurfaceMesh, _ cut: Triangulation, _ labels: MeshLabels?) -> ChartAtlas? {
        guard let charts = labels?.charts, !file.cornerTextures.isEmpty else { return nil }
        var ofTriangle = cut.face.map { charts[Int($0)] }
        var corners: [[SIMD2<Double>]] = []
        for (index, triangle) in cut.corners.enumerated() {
            let textures = (0..<3).map { file.cornerTextures[Int(triangle[$0])] }
            // A face without coordinates is in no chart.
            if textures.contains(where: { $0 < 0 }) { ofTriangle[index] = 0 }
            corners.append(textures.map { $0 < 0 ? .zero : file.textureCoordinates[Int($0)] })
        }
        return ChartAtlas(cut.mesh, charts: ofTriangle, corners: corners)
    }
}

extension LabelledMesh {
    /// Reads a mesh and the labels beside it, when there are any.
    public static func read(_ path: String, groups: [String] = [], labels: String? = nil) throws -> LabelledMesh {
        try BodyFile.read(path, groups: groups, labels: labels).body
    }

    /// What a file of labels says of it.
    public var labels: MeshLabels {
        MeshLabels(parts: parts, keyVertices: landmarks.isEmpty ? nil : landmarks, symmetry: mirror)
    }
}
