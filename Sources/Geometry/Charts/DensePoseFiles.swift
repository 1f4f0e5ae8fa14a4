/// The MATLAB files of DensePose, for those who own SMPL, and the same files of other bodies.
public enum DensePoseFiles {
    // MARK: UV_Processed.mat

    /// Reads `UV_Processed.mat`: All_Faces, All_FaceIndices, All_U_norm, All_V_norm, All_vertices (numbers from 1).
    public static func atlas(from path: String) throws(MeshFileError) -> ChartAtlas {
        let names = ["All_Faces", "All_FaceIndices", "All_U_norm", "All_V_norm", "All_vertices"]
        let file = try MatlabFile.read(names, from: path)
        let (faces, charts) = (file["All_Faces"]!, file["All_FaceIndices"]!)
        let (u, v, vertices) = (file["All_U_norm"]!, file["All_V_norm"]!, file["All_vertices"]!)
        let count = vertices.values.count
        guard faces.columns == 3, faces.rows == charts.values.count, u.values.count == count, v.values.count == count
        else { throw MeshFileError(path: path, problem: "its tables do not fit together") }
        guard faces.values.allSatisfy({ $0 >= 1 && $0 <= Double(count) }),
            vertices.values.allSatisfy({ $0 >= 1 && $0 < 2e9 }), charts.values.allSatisfy({ $0 >= 1 && $0 <= 255 }),
            u.values.allSatisfy(\.isFinite), v.values.allSatisfy(\.isFinite)
        else { throw MeshFileError(path: path, problem: "names a vertex or chart that is not there") }
        return ChartAtlas(
            vertices: vertices.values.map { Int32($0) - 1 },
            coordinates: zip(u.values, v.values).map { SIMD2($0, $1) },
            faces: (0..<faces.rows).map { row in
                [Int32(faces[row, 0]) - 1, Int32(faces[row, 1]) - 1, Int32(faces[row, 2]) - 1]
            },
            charts: charts.values.map { UInt8($0) })
    }

    public static func write(_ atlas: ChartAtlas, to path: String) throws(MeshFileError) {
        let (count, faces) = (atlas.vertices.count, atlas.faces.count)
        let corners = (0..<3).flatMap { c in atlas.faces.map { Double($0[c]) + 1 } }
        try MatlabFile.write(
            [
                ("All_Faces", .init(rows: faces, columns: 3, values: corners), .uint32),
                ("All_FaceIndices", .init(rows: faces, columns: 1, values: atlas.charts.map(Double.init)), .uint8),
                ("All_U_norm", .init(rows: count, columns: 1, values: atlas.coordinates.map(\.x)), .double),
                ("All_V_norm", .init(rows: count, columns: 1, values: atlas.coordinates.map(\.y)), .double),
                (
                    "All_vertices", .init(rows: 1, columns: count, values: atlas.vertices.map { Double($0) + 1 }),
                    .uint32
                ),
            ], to: path)
    }

    // MARK: UV_symmetry_transforms.mat

    /// Reads `UV_symmetry_transforms.mat`: a row of 24 cells of 256 x 256 numbers each in U_transforms and V_transforms.
    public static func symmetry(from path: String) throws(MeshFileError) -> ChartSymmetry {
        let file = try MatlabFile.read(["U_transforms", "V_transforms"], from: path)
        func tables(_ variable: MatlabFile.Variable) throws(MeshFileError) -> [[Double]] {
            guard variable.cells.count == ChartLayout.chartCount else {
                throw MeshFileError(path: path, problem: "has \(variable.cells.count) charts, 24 are expected")
            }
            var tables: [[Double]] = []
            for cell in variable.cells {
                guard cell.rows == ChartSymmetry.size, cell.columns == ChartSymmetry.size else {
                    throw MeshFileError(path: path, problem: "a table is \(cell.rows) x \(cell.columns), not 256 x 256")
                }
                tables.append(
                    (0..<cell.rows).flatMap { row in (0..<cell.columns).map { cell[row, $0] } })
            }
            return tables
        }
        return ChartSymmetry(u: try tables(file["U_transforms"]!), v: try tables(file["V_transforms"]!))
    }

    public static func write(_ symmetry: ChartSymmetry, to path: String) throws(MeshFileError) {
        func cells(_ tables: [[Double]]) -> MatlabFile.Variable {
            let size = ChartSymmetry.size
            return .init(
                cells: tables.map { table in
                    .init(
                        rows: size, columns: size,
                        values: (0..<size).flatMap { column in (0..<size).map { table[$0 * size + column] } })
                })
        }
        try MatlabFile.write(
            [
                ("U_transforms", cells(symmetry.u), .double), ("V_transforms", cells(symmetry.v), .double),
            ], to: path)
    }

    // MARK: SMPL_subdiv.mat and SMPL_SUBDIV_TRANSFORM.mat

    /// The chart vertices on which DensePose's evaluation measures.
    public struct Subdivision: Hashable, Sendable {
        /// Chart, u and v of each chart vertex.
        public var points: [ChartPoint]
        /// The vertex of the subdivided mesh that each is: a row of the matrix of distances.
        public var vertices: [Int32]

        public init(points: [ChartPoint], vertices: [Int32]) {
            self.points = points
            self.vertices = vertices
        }
    }

    /// Reads `SMPL_subdiv.mat` (Part_ID_subdiv, U_subdiv, V_subdiv) and `SMPL_SUBDIV_TRANSFORM.mat` (index, from 1).
    public static func subdivision(
        from path: String, transform: String
    ) throws(MeshFileError) -> Subdivision {
        let file = try MatlabFile.read(["Part_ID_subdiv", "U_subdiv", "V_subdiv"], from: path)
        let index = try MatlabFile.read(["index"], from: transform)["index"]!
        let (part, u, v) = (file["Part_ID_subdiv"]!.values, file["U_subdiv"]!.values, file["V_subdiv"]!.values)
        guard part.count == u.count, u.count == v.count, part.allSatisfy({ $0 >= 0 && $0 <= 255 }) else {
            throw MeshFileError(path: path, problem: "its tables do not fit together")
        }
        guard index.values.count == part.count, index.values.allSatisfy({ $0 >= 1 && $0 < 2e9 }) else {
            throw MeshFileError(
                path: transform,
                problem: "has \(index.values.count) vertices from 1 on, \(part.count) are expected as in \(path)")
        }
        return Subdivision(
            points: part.indices.map { ChartPoint(chart: UInt8(part[$0]), u: u[$0], v: v[$0]) },
            vertices: index.values.map { Int32($0) - 1 })
    }

    public static func write(
        _ subdivision: Subdivision, to path: String, transform: String
    ) throws(MeshFileError) {
        let points = subdivision.points
        func row(_ values: [Double]) -> MatlabFile.Variable { .init(rows: 1, columns: values.count, values: values) }
        try MatlabFile.write(
            [
                ("Part_ID_subdiv", row(points.map { Double($0.chart) }), .uint8),
                ("U_subdiv", row(points.map(\.u)), .double), ("V_subdiv", row(points.map(\.v)), .double),
            ], to: path)
        let index = subdivision.vertices.map { Double($0) + 1 }
        try MatlabFile.write(
            [("index", .init(rows: index.count, columns: 1, values: index), .uint32)], to: transform)
    }
}
