import CMatio
import Foundation

/// Numbers and cells of a MATLAB file (versions 4, 5 and 7.3), through matio.
public enum MatlabFile {
    /// A matrix by columns, as MATLAB stores it; or cells.
    public struct Variable: Hashable, Sendable {
        public var rows: Int
        public var columns: Int
        /// Column after column; empty for cells.
        public var values: [Double]
        public var cells: [Variable] = []

        public init(rows: Int, columns: Int, values: [Double]) {
            precondition(values.count == rows * columns, "a matrix has rows times columns values")
            self.rows = rows
            self.columns = columns
            self.values = values
        }

        /// A row of cells.
        public init(cells: [Variable]) {
            rows = 1
            columns = cells.count
            values = []
            self.cells = cells
        }

        public subscript(row: Int, column: Int) -> Double { values[column * rows + row] }
    }

    /// What a matrix is stored as.
    public enum Storage: Sendable { case double, uint8, uint32 }

    /// - Throws: `MeshFileError` when the file cannot be read or lacks a variable.
    public static func read(_ names: [String], from path: String) throws(MeshFileError) -> [String: Variable] {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw MeshFileError(path: path, problem: "does not exist or cannot be read")
        }
        guard let file = Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else {
            throw MeshFileError(path: path, problem: "is no MATLAB file")
        }
        defer { Mat_Close(file) }
        var found: [String: Variable] = [:]
        for name in names {
            guard let variable = Mat_VarRead(file, name) else {
                throw MeshFileError(path: path, problem: "has no readable variable \(name)")
            }
            defer { Mat_VarFree(variable) }
            found[name] = try value(variable, name, path)
        }
        return found
    }

    private static func value(
        _ variable: UnsafeMutablePointer<matvar_t>, _ name: String, _ path: String
    ) throws(MeshFileError) -> Variable {
        func failure(_ problem: String) -> MeshFileError {
            MeshFileError(path: path, place: .value(name), problem: problem)
        }
        let header = variable.pointee
        guard header.rank == 2, let dims = header.dims, header.isComplex == 0 else {
            throw failure("is no real matrix of two dimensions")
        }
        let (rows, columns) = (dims[0], dims[1])
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !overflow, count < 1 << 31 else { throw failure("is too large") }
        guard let data = header.data else {
            guard count == 0 else { throw failure("has no values") }
            return Variable(rows: Int(rows), columns: Int(columns), values: [])
        }
        if header.class_type == MAT_C_CELL {
            guard header.nbytes >= Int(count) * MemoryLayout<OpaquePointer>.size else { throw failure("is cut off") }
            var cells: [Variable] = []
            for index in 0..<Int(count) {
                guard let cell = Mat_VarGetCell(variable, Int32(index)) else { throw failure("has an empty cell") }
                cells.append(try value(cell, "\(name){\(index + 1)}", path))
            }
            return Variable(cells: cells)
        }
        func numbers<T: BinaryInteger>(_ type: T.Type) -> [Double] {
            data.withMemoryRebound(to: type, capacity: Int(count)) { p in (0..<Int(count)).map { Double(p[$0]) } }
        }
        guard header.data_size > 0, header.nbytes >= Int(count) * Int(header.data_size) else {
            throw failure("is cut off")
        }
        let values: [Double]
        switch header.data_type {
        case MAT_T_DOUBLE:
            values = data.withMemoryRebound(to: Double.self, capacity: Int(count)) { p in (0..<Int(count)).map { p[$0] }
            }
        case MAT_T_SINGLE:
            values = data.withMemoryRebound(to: Float.self, capacity: Int(count)) { p in
                (0..<Int(count)).map { Double(p[$0]) }
            }
        case MAT_T_INT8: values = numbers(Int8.self)
        case MAT_T_UINT8: values = numbers(UInt8.self)
        case MAT_T_INT16: values = numbers(Int16.self)
        case MAT_T_UINT16: values = numbers(UInt16.self)
        case MAT_T_INT32: values = numbers(Int32.self)
        case MAT_T_UINT32: values = numbers(UInt32.self)
        case MAT_T_INT64: values = numbers(Int64.self)
        case MAT_T_UINT64: values = numbers(UInt64.self)
        default: throw failure("holds no numbers")
        }
        return Variable(rows: Int(rows), columns: Int(columns), values: values)
    }

    /// Writes a compressed version 5 file, beside the old one and then in its place.
    /// - Throws: `MeshFileError`.
    public static func write(
        _ variables: [(name: String, value: Variable, storage: Storage)], to path: String
    ) throws(MeshFileError) {
        let temporary = path + ".partial"
        try? FileManager.default.removeItem(atPath: temporary)
        guard let file = Mat_CreateVer(temporary, "MATLAB 5.0 MAT-file, written by Kindred", MAT_FT_MAT5) else {
            throw MeshFileError(path: path, problem: "cannot be written")
        }
        var isWritten = true
        for (name, value, storage) in variables where isWritten {
            guard let variable = matlab(name, value, storage) else {
                isWritten = false
                continue
            }
            isWritten = Mat_VarWrite(file, variable, MAT_COMPRESSION_ZLIB) == 0
            Mat_VarFree(variable)
        }
        Mat_Close(file)
        guard isWritten, rename(temporary, path) == 0 else {
            try? FileManager.default.removeItem(atPath: temporary)
            throw MeshFileError(path: path, problem: "cannot be written")
        }
    }

    /// A variable that owns its values; `Mat_VarFree` gives it back.
    private static func matlab(_ name: String?, _ value: Variable, _ storage: Storage) -> UnsafeMutablePointer<
        matvar_t
    >? {
        var dims = [value.rows, value.columns]
        if !value.cells.isEmpty {
            var cells = value.cells.map { matlab(nil, $0, storage) }
            guard !cells.contains(nil) else { return nil }
            return Mat_VarCreate(name, MAT_C_CELL, MAT_T_CELL, 2, &dims, &cells, 0)
        }
        switch storage {
        case .double:
            var values = value.values
            return Mat_VarCreate(name, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, &dims, &values, 0)
        case .uint8:
            var values = value.values.map { UInt8(min(max($0, 0), 255)) }
            return Mat_VarCreate(name, MAT_C_UINT8, MAT_T_UINT8, 2, &dims, &values, 0)
        case .uint32:
            var values = value.values.map { UInt32(min(max($0, 0), 4_294_967_295)) }
            return Mat_VarCreate(name, MAT_C_UINT32, MAT_T_UINT32, 2, &dims, &values, 0)
        }
    }
}
