import Foundation

/// A mesh with charts as a file: (u, v) as texture coordinates, charts as materials and in the labels beside it.
public enum ChartedMesh {
    /// - Throws: `MeshFileError`.
    public static func write(_ atlas: ChartAtlas, _ body: LabelledMesh, to path: String) throws {
        var file = SurfaceMesh(body.mesh)
        file.textureCoordinates = atlas.coordinates
        var charts: [UInt8] = []
        for (face, turn) in atlas.faces(of: body.mesh) {
            charts.append(face >= 0 ? atlas.charts[Int(face)] : 0)
            for c in 0..<3 { file.cornerTextures.append(face >= 0 ? atlas.faces[Int(face)][(c + turn) % 3] : -1) }
        }
        file.materials.names = atlas.chartNumbers.map { String(format: "chart_%02d", Int($0)) }
        let number = Dictionary(uniqueKeysWithValues: zip(atlas.chartNumbers, Int32(0)...))
        file.materials.ofFace = charts.map { number[$0] ?? -1 }
        try MeshFile.write(file, to: path)
        var labels = body.labels
        labels.charts = charts
        try labels.write(to: MeshLabels.path(beside: path))
    }
}
