import Foundation
import Hashing

extension GeodesicMatrix {
    /// Where measured distances are kept unless told otherwise: `kindred` in `XDG_CACHE_HOME` or `~/.cache`.
    public static var defaultCache: String {
        (ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache") + "/kindred"
    }

    /// Distances between all vertices of a mesh, measured once (heat method, all cores) and kept in a file.
    /// - Parameters:
    ///   - cache: the folder of that file, made where it is not there; the file is named after the mesh's content.
    ///   - progress: is told the share that is measured, 0 to 1.
    /// - Throws: `MeshError`, `GeodesicMatrixError`, `MeshFileError` for a folder that cannot be made.
    public static func cached(
        of mesh: TriangleMesh, in cache: String = defaultCache, progress: (Double) -> Void = { _ in }
    ) throws -> GeodesicMatrix {
        var hasher = ContentHasher()
        mesh.positions.withUnsafeBytes { hasher.update($0) }
        mesh.triangles.withUnsafeBytes { hasher.update($0) }
        let path = cache + "/geodesics-\(hasher.finish().description.prefix(24)).npy"
        if !FileManager.default.fileExists(atPath: path) {
            do {
                try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            } catch {
                throw MeshFileError(path: cache, problem: "cannot be made: \(error.localizedDescription)")
            }
            try write(try GeodesicSolver(mesh, method: .heat), to: path, progress: progress)
        }
        return try GeodesicMatrix(path: path)
    }
}
