import Foundation
import Geometry

extension EvaluationSurface {
    /// A small surface as JSON.
    private struct Document: Decodable {
        var charts: [Int]
        var u: [Double]
        var v: [Double]
        var xyz: [[Double]]?

        enum CodingKeys: String, CodingKey {
            case charts = "part_id"
            case u, v, xyz
        }
    }

    /// Reads `{"part_id": […], "u": […], "v": […], "xyz": [[x, y, z], …]}`: a chart vertex each. Distances are the matrix's, or
    /// straight between the positions.
    /// - Parameter distances: a half matrix as `meshmap geodesics --all-pairs` writes it.
    /// - Throws: `MeshFileError`, `GeodesicMatrixError`.
    public init(contentsOf file: String, distances: String? = nil) throws {
        func wrong(_ problem: String) -> MeshFileError { MeshFileError(path: file, problem: problem) }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: file)) } catch {
            throw wrong("cannot be read: \(error.localizedDescription)")
        }
        let document: Document
        do { document = try JSONDecoder().decode(Document.self, from: data) } catch {
            throw wrong("is no surface: expected lists part_id, u, v and xyz of equal length")
        }
        guard document.charts.allSatisfy({ (0...24).contains($0) }) else {
            throw wrong("names a chart beyond 0 to 24")
        }
        let between: Distances
        if let distances {
            between = .matrix(try GeodesicMatrix(path: distances))
        } else {
            guard let positions = document.xyz, positions.allSatisfy({ $0.count == 3 }) else {
                throw wrong("has no xyz of three numbers each; give a matrix of distances, or these")
            }
            between = .straight(positions.map { SIMD3($0[0], $0[1], $0[2]) })
        }
        do {
            try self.init(
                charts: document.charts.map { UInt8($0) }, u: document.u, v: document.v, distances: between)
        } catch { throw wrong("\(error)") }
    }
}
