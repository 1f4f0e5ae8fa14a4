import Foundation

/// Stereolithography, text or binary. Corners that coincide exactly become one vertex.
struct STLReader {
    let path: String

    func read(_ bytes: [UInt8]) throws(MeshFileError) -> SurfaceMesh {
        var mesh = SurfaceMesh()
        var numbers: [SIMD3<Double>: Int32] = [:]
        func vertex(_ position: SIMD3<Double>) -> Int32 {
            if let known = numbers[position] { return known }
            numbers[position] = Int32(mesh.positions.count)
            mesh.positions.append(position)
            return Int32(mesh.positions.count - 1)
        }
        for corners in try isText(bytes) ? text(bytes) : binary(bytes) {
            mesh.faces.append([vertex(corners[0]), vertex(corners[1]), vertex(corners[2])])
        }
        return mesh
    }

    /// Binary files too may begin with `solid`; their size gives them away.
    private func isText(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: Array("solid".utf8)) else { return false }
        return bytes.count < 84 || bytes.count != 84 + 50 * count(bytes)
    }

    private func count(_ bytes: [UInt8]) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[80 + $1]) << (8 * $1) }
    }

    private func binary(_ bytes: [UInt8]) throws(MeshFileError) -> [[SIMD3<Double>]] {
        guard bytes.count >= 84 else {
            throw MeshFileError(path: path, place: .byte(bytes.count), problem: "ends within the header of 84 bytes")
        }
        let count = count(bytes)
        guard bytes.count - 84 >= count * 50 else {
            throw MeshFileError(
                path: path, place: .byte(bytes.count),
                problem: "ends within the \(count) triangles that it announces, after \((bytes.count - 84) / 50)")
        }
        return bytes.withUnsafeBytes { buffer in
            (0..<count).map { triangle in
                (0..<3).map { corner in
                    let at = 84 + 50 * triangle + 12 + 12 * corner
                    func float(_ offset: Int) -> Double {
                        Double(
                            Float(
                                bitPattern: UInt32(
                                    littleEndian: buffer.loadUnaligned(fromByteOffset: at + offset, as: UInt32.self))))
                    }
                    return SIMD3(float(0), float(4), float(8))
                }
            }
        }
    }

    private func text(_ bytes: [UInt8]) throws(MeshFileError) -> [[SIMD3<Double>]] {
        var scanner = TextScanner(bytes)
        var triangles: [[SIMD3<Double>]] = []
        var corners: [SIMD3<Double>] = []
        var isOpen = false
        while !scanner.isAtEnd {
            defer { scanner.nextLine() }
            guard let word = scanner.word() else { continue }
            switch scanner.text(word) {
            case "facet": (isOpen, corners) = (true, [])
            case "vertex":
                var position = SIMD3<Double>.zero
                for axis in 0..<3 {
                    guard let word = scanner.word(), let number = scanner.number(word) else {
                        throw failure(scanner, "a vertex has fewer than 3 numbers")
                    }
                    position[axis] = number
                }
                corners.append(position)
            case "endfacet":
                guard isOpen, corners.count == 3 else {
                    throw failure(scanner, "a facet has \(corners.count) vertices, 3 are expected")
                }
                triangles.append(corners)
                isOpen = false
            case "solid", "endsolid", "outer", "endloop": break
            default: throw failure(scanner, "\(scanner.text(word).prefix(20).debugDescription) is no word of STL")
            }
        }
        if isOpen { throw failure(scanner, "ends within a facet") }
        return triangles
    }

    private func failure(_ scanner: TextScanner, _ problem: String) -> MeshFileError {
        MeshFileError(path: path, place: .line(scanner.line), problem: problem)
    }
}

/// Binary STL.
enum STLWriter {
    static func data(_ mesh: SurfaceMesh) throws -> Data {
        let triangles = try mesh.triangulated().mesh
        var data = Data(count: 80)
        func append(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
        append(UInt32(triangles.triangleCount))
        for index in 0..<triangles.triangleCount {
            let (a, b, c) = triangles.corners(of: index)
            for vector in [normalized(triangles.areaVector(of: index)), a, b, c] {
                for axis in 0..<3 { append(Float(vector[axis]).bitPattern) }
            }
            data.append(contentsOf: [0, 0])
        }
        return data
    }
}
