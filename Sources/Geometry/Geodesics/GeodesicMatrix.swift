import Foundation

/// Distances between all vertices of a mesh in a file that is mapped into memory, half of them: 1.5 GB for 27,554 vertices.
///
/// The file is a NumPy array (.npy, version 1.0) of shape (n (n - 1) / 2,) and type `<f4`, in the order of DensePose's
/// `Pdist_matrix`: the distance of i and j, i > j, counted from 0, is element i (i - 1) / 2 + j. It is measured from i, the
/// higher number; with the heat method, which is not quite symmetric, the other direction may differ by about a per cent.
public final class GeodesicMatrix: @unchecked Sendable {
    // The bytes are read-only and live as long as their owner.
    private let values: UnsafeRawPointer
    private let owner: any AnyObject & Sendable
    public let vertexCount: Int

    /// - Throws: `GeodesicMatrixError` for a file that is not such a matrix, or not whole.
    public convenience init(path: String) throws(GeodesicMatrixError) {
        let mapping = try MatrixMapping(path)
        func wrong(_ problem: String) -> GeodesicMatrixError { GeodesicMatrixError(path: path, problem: problem) }
        let bytes = mapping.bytes
        guard bytes.prefix(8).elementsEqual(Self.magic) else {
            throw wrong("is no NumPy array of version 1.0, as `meshmap geodesics --all-pairs` writes them")
        }
        let start = 10 + Int(bytes[8]) + 256 * Int(bytes[9])
        guard start <= bytes.count else { throw wrong("ends within its header, at byte \(bytes.count)") }
        guard let count = Self.count(header: String(decoding: bytes[10..<start], as: UTF8.self)) else {
            throw wrong("holds another array than a vector of 32-bit little-endian numbers (<f4)")
        }
        try self.init(count: count, in: UnsafeRawBufferPointer(rebasing: bytes[start...]), of: mapping, path: path)
    }

    /// Distances that lie in memory, such as the array within `Pdist_matrix.pkl`.
    /// - Parameters:
    ///   - count: how many numbers there are said to be.
    ///   - bytes: `<f4`, in the order of the file; of any alignment.
    ///   - owner: what keeps them alive and unchanged.
    ///   - path: what messages call them.
    /// - Throws: `GeodesicMatrixError` for a count that no number of vertices has, and other than so many bytes.
    public init(
        count: Int, in bytes: UnsafeRawBufferPointer, of owner: any AnyObject & Sendable, path: String
    ) throws(GeodesicMatrixError) {
        func wrong(_ problem: String) -> GeodesicMatrixError { GeodesicMatrixError(path: path, problem: problem) }
        // The largest n with n (n - 1) / 2 <= count; exact for all counts that a file can have.
        let n = Int((1 + (1 + 8 * Double(count)).squareRoot()) / 2)
        guard n * (n - 1) / 2 == count else {
            throw wrong("holds \(count) numbers, which is no n (n - 1) / 2: it is no half matrix")
        }
        guard bytes.count == 4 * count, let values = bytes.baseAddress else {
            throw wrong("has \(bytes.count) bytes of distances, but \(n) vertices need \(4 * count)")
        }
        (self.values, self.owner, vertexCount) = (values, owner, n)
    }

    /// The distance between two vertices; zero from one to itself.
    public subscript(_ i: Int, _ j: Int) -> Float {
        precondition(i >= 0 && j >= 0 && i < vertexCount && j < vertexCount, "a vertex beyond the matrix")
        if i == j { return 0 }
        let (high, low) = (max(i, j), min(i, j))
        return value(high * (high - 1) / 2 + low)
    }

    /// Distances of one vertex to all.
    public func row(_ i: Int) -> [Float] {
        precondition(i >= 0 && i < vertexCount, "a vertex beyond the matrix")
        return [Float](unsafeUninitializedCapacity: vertexCount) { row, count in
            for j in 0..<i { row[j] = value(i * (i - 1) / 2 + j) }
            row[i] = 0
            var place = i * (i + 1) / 2 + i
            for j in (i + 1)..<max(i + 1, vertexCount) {
                row[j] = value(place)
                place += j
            }
            count = vertexCount
        }
    }

    private func value(_ place: Int) -> Float {
        Float(bitPattern: UInt32(littleEndian: values.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)))
    }

    /// Measures all distances and writes them; only a few tiles of 32 rows are in memory. The file is written beside its
    /// place and moved there whole.
    /// - Parameter progress: is told the share that is done, 0 to 1.
    /// - Throws: `GeodesicMatrixError` when the file cannot be written, `MeshError` when distances cannot be measured.
    public static func write(
        _ solver: GeodesicSolver, to path: String, progress: (Double) -> Void = { _ in }
    ) throws {
        let n = solver.mesh.vertexCount
        let draft = MatrixDraft(path: path)
        var failure: GeodesicMatrixError?
        do {
            try draft.open()
            try draft.append(header(count: n * (n - 1) / 2))
            try solver.forEachTile { (tile) throws(MeshError) in
                guard failure == nil else { return }
                var bytes: [UInt8] = []
                for (index, source) in tile.sources.enumerated() {
                    let row = tile.row(index)
                    let line = (0..<source).map { Float(row[$0]).bitPattern.littleEndian }
                    line.withUnsafeBytes { bytes += $0 }
                }
                do throws(GeodesicMatrixError) { try draft.append(bytes) } catch {
                    failure = error
                    // Ends the work; the error that is reported is the file's.
                    throw .unsuitable("")
                }
                let done = Double(tile.sources[tile.sources.count - 1] + 1) / Double(n)
                progress(done)
            }
            try draft.finish()
        } catch {
            draft.discard()
            throw failure ?? error
        }
    }

    private static let magic: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]

    /// Padded with spaces, so that the numbers start at a multiple of 64 bytes.
    private static func header(count: Int) -> [UInt8] {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(count),), }"
        let length = (10 + text.utf8.count + 1 + 63) / 64 * 64 - 10
        let padding = String(repeating: " ", count: length - text.utf8.count - 1)
        return magic + [UInt8(length & 255), UInt8(length >> 8)] + Array((text + padding + "\n").utf8)
    }

    /// How many numbers a header announces; nil for another type or shape.
    private static func count(header: String) -> Int? {
        let text = header.filter { !$0.isWhitespace }
        guard text.contains("'descr':'<f4'"), let shape = text.range(of: "'shape':(") else { return nil }
        let digits = text[shape.upperBound...].prefix { $0.isASCII && $0.isNumber }
        guard text[digits.endIndex...].hasPrefix(",)"), let count = Int(digits), count < 1 << 50 else { return nil }
        return count
    }
}

/// A whole file in memory, read-only.
private final class MatrixMapping: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws(GeodesicMatrixError) {
        func wrong(_ problem: String) -> GeodesicMatrixError { GeodesicMatrixError(path: path, problem: problem) }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw wrong("cannot be read: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw wrong("is no regular file") }
        let size = Int(status.st_size)
        guard size >= 10, let mapping = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), mapping != MAP_FAILED else {
            throw wrong("is no matrix of distances: it has \(size) bytes")
        }
        bytes = UnsafeRawBufferPointer(start: mapping, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}

/// A matrix of distances that cannot be read or written: which file, and why.
public struct GeodesicMatrixError: Error, Hashable, CustomStringConvertible {
    public let path: String
    public let problem: String
    public var description: String { "\(path): \(problem)" }
}

/// A file that is written beside its place.
private final class MatrixDraft {
    private let path: String
    private let draft: String
    private var file: Int32 = -1

    init(path: String) {
        self.path = path
        draft = path + ".part-\(ProcessInfo.processInfo.processIdentifier)"
    }

    private func failure() -> GeodesicMatrixError {
        GeodesicMatrixError(path: path, problem: "cannot be written: \(String(cString: strerror(errno)))")
    }

    func open() throws(GeodesicMatrixError) {
        file = Foundation.open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure() }
    }

    func append(_ bytes: [UInt8]) throws(GeodesicMatrixError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.write(file, $0.baseAddress! + written, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            written += count
        }
    }

    func finish() throws(GeodesicMatrixError) {
        guard fsync(file) == 0, close(file) == 0 else { throw failure() }
        file = -1
        guard rename(draft, path) == 0 else { throw failure() }
    }

    func discard() {
        if file >= 0 { close(file) }
        unlink(draft)
    }
}
