import Checkpoints
import Geometry

extension EvaluationSurface {
    /// A mesh with charts; distances along it are measured once (heat method, all cores) and kept in a file.
    /// - Parameters:
    ///   - cache: the folder of that file, made where it is not there; the file is named after the mesh's content.
    ///   - progress: is told the share that is measured, 0 to 1.
    /// - Throws: `MeshError`, `GeodesicMatrixError`, `MeshFileError` for a folder that cannot be made.
    public init(
        _ mesh: TriangleMesh, atlas: ChartAtlas, cache: String, progress: (Double) -> Void = { _ in }
    ) throws {
        var charts = [UInt8](repeating: 0, count: atlas.vertices.count)
        for (face, chart) in zip(atlas.faces, atlas.charts) {
            for corner in 0..<3 { charts[Int(face[corner])] = chart }
        }
        try self.init(
            charts: charts, u: atlas.coordinates.map(\.x), v: atlas.coordinates.map(\.y), vertices: atlas.vertices,
            distances: .matrix(try .cached(of: mesh, in: cache, progress: progress)))
    }

    /// A template body such as `human`.
    /// - Throws: as for a mesh.
    public init(body species: String, cache: String, progress: (Double) -> Void = { _ in }) throws {
        let body = try TemplateBody.named(species)
        try self.init(body.mesh, atlas: ChartAtlas(body), cache: cache, progress: progress)
    }

    /// A file of a mesh with texture coordinates, and labels with charts beside it.
    /// - Throws: `MeshFileError` where it has no charts; else as for a mesh.
    public init(meshFile path: String, cache: String, progress: (Double) -> Void = { _ in }) throws {
        let file = try BodyFile.read(path)
        guard let atlas = file.atlas else {
            throw MeshFileError(
                path: path,
                problem: "has no charts: texture coordinates, and charts in the labels beside it, are expected")
        }
        try self.init(file.body.mesh, atlas: atlas, cache: cache, progress: progress)
    }

    /// DensePose's own files: `SMPL_subdiv.mat` with `SMPL_SUBDIV_TRANSFORM.mat`, and the distances as `<f4` half matrix or as
    /// `Pdist_matrix.pkl`, which is mapped into memory where its bytes stand as they are.
    ///
    /// The part of a vertex is read from `SMPL_subdiv.mat` by the vertex's number, as the reference does.
    /// - Throws: `MeshFileError`, `GeodesicMatrixError`, `CheckpointError`.
    public init(subdivision path: String, transform: String, distances: String) throws {
        let file = try DensePoseFiles.subdivision(from: path, transform: transform)
        let matrix =
            distances.hasSuffix(".pkl") ? try Self.pickled(distances) : try GeodesicMatrix(path: distances)
        let parts = (0..<matrix.vertexCount).map { $0 < file.points.count ? file.points[$0].chart : 0 }
        do {
            try self.init(
                charts: file.points.map(\.chart), u: file.points.map(\.u), v: file.points.map(\.v),
                vertices: file.vertices,
                chartOfVertex: parts, distances: .matrix(matrix))
        } catch {
            throw MeshFileError(path: path, problem: "\(error)")
        }
    }

    /// `Pdist_matrix.pkl`: a dictionary with the one array `Pdist_matrix`.
    private static func pickled(_ path: String) throws -> GeodesicMatrix {
        let arrays = try Checkpoint.read(path).tensors
        guard arrays.count == 1, let array = arrays.first?.tensor, array.elementType == .float32, array.isContiguous
        else { throw CheckpointError(path, "does not hold one array of 32-bit numbers, as Pdist_matrix.pkl does") }
        let start = array.offset * 4
        let bytes = UnsafeRawBufferPointer(rebasing: array.storage.bytes[start..<start + array.byteCount])
        return try GeodesicMatrix(count: array.count, in: bytes, of: array.storage, path: path)
    }
}
