/// The Stanford polygon format, text and both binaries: positions, colours, texture coordinates of vertices or corners, polygons.
///
/// Other elements and properties are passed over.
struct PLYReader {
    let path: String

    func read(_ bytes: [UInt8]) throws(MeshFileError) -> SurfaceMesh {
        let header = try PLYHeader(bytes, path: path)
        switch header.encoding {
        case .text:
            return try mesh(header, PLYText(scanner: header.body, path: path))
        case .littleEndian, .bigEndian:
            return try mesh(
                header,
                PLYBinary(
                    bytes: bytes, position: header.body.position, isBigEndian: header.encoding == .bigEndian, path: path
                ))
        }
    }

    private func mesh(_ header: PLYHeader, _ source: some PLYSource) throws(MeshFileError) -> SurfaceMesh {
        var source = source
        var mesh = SurfaceMesh()
        for element in header.elements {
            switch element.name {
            case "vertex": try vertices(element, &source, &mesh)
            case "face": try faces(element, &source, &mesh)
            case "tristrips": throw MeshFileError(path: path, problem: "holds triangle strips, which are not read")
            default: for _ in 0..<element.count { _ = try values(element, &source) }
            }
        }
        for (index, vertex) in mesh.faces.corners.enumerated()
        where vertex < 0 || Int(vertex) >= mesh.positions.count {
            let face = (0..<mesh.faces.count).first { mesh.faces.range($0).contains(index) } ?? 0
            throw MeshFileError(
                path: path,
                problem: "face \(face) names vertex \(vertex), the file has \(mesh.positions.count) (from 0)")
        }
        return mesh
    }

    /// The values of one row: single ones as lists of one.
    private func values(
        _ element: PLYHeader.Element, _ source: inout some PLYSource
    ) throws(MeshFileError) -> [[Double]] {
        var row: [[Double]] = []
        for property in element.properties {
            var count = 1
            if let type = property.countType {
                let claimed = try source.next(type)
                guard claimed >= 0, claimed <= 65_536, claimed == claimed.rounded() else {
                    throw source.failure("a list of \(claimed) values is announced")
                }
                count = Int(claimed)
            }
            var list: [Double] = []
            for _ in 0..<count { list.append(try source.next(property.type)) }
            row.append(list)
        }
        return row
    }

    private func vertices(
        _ element: PLYHeader.Element, _ source: inout some PLYSource, _ mesh: inout SurfaceMesh
    ) throws(MeshFileError) {
        func indices(_ names: [String]) -> [Int]? {
            let found = names.compactMap { name in
                element.properties.firstIndex { $0.name == name && $0.countType == nil }
            }
            return found.count == names.count ? found : nil
        }
        guard let place = indices(["x", "y", "z"]) else {
            throw MeshFileError(path: path, problem: "its vertices have no x, y and z")
        }
        let color = indices(["red", "green", "blue"]) ?? indices(["r", "g", "b"])
        let isFloat = color.map { element.properties[$0[0]].type.isFloat } ?? false
        let texture = indices(["s", "t"]) ?? indices(["u", "v"]) ?? indices(["texture_u", "texture_v"])
        for _ in 0..<element.count {
            let row = try values(element, &source)
            mesh.positions.append([row[place[0]][0], row[place[1]][0], row[place[2]][0]])
            if let color {
                let c = color.map { min(max(row[$0][0] * (isFloat ? 255 : 1), 0), 255).rounded() }
                mesh.colors.append(SIMD3(c.map { $0.isFinite ? UInt8($0) : 0 }))
            }
            if let texture { mesh.textureCoordinates.append([row[texture[0]][0], row[texture[1]][0]]) }
        }
    }

    private func faces(
        _ element: PLYHeader.Element, _ source: inout some PLYSource, _ mesh: inout SurfaceMesh
    ) throws(MeshFileError) {
        func list(_ names: String...) -> Int? {
            element.properties.firstIndex { names.contains($0.name) && $0.countType != nil }
        }
        guard let corners = list("vertex_indices", "vertex_index") else {
            throw MeshFileError(path: path, problem: "its faces have no vertex_indices")
        }
        let texture = list("texcoord")
        // Texture coordinates of vertices hold for every corner at the vertex.
        let isPerVertex = texture == nil && !mesh.textureCoordinates.isEmpty
        for face in 0..<element.count {
            let row = try values(element, &source)
            guard row[corners].count >= 3 else {
                throw source.failure("face \(face) has \(row[corners].count) corners, at least 3 are expected")
            }
            let vertices = row[corners].map { abs($0) < 2e9 ? Int32($0) : -1 }
            mesh.faces.append(vertices)
            if isPerVertex { mesh.cornerTextures += vertices }
            if let texture {
                let pairs = row[texture]
                let first = Int32(mesh.textureCoordinates.count)
                let isWhole = pairs.count == 2 * vertices.count
                for corner in 0..<Int32(vertices.count) {
                    if isWhole {
                        mesh.textureCoordinates.append([pairs[2 * Int(corner)], pairs[2 * Int(corner) + 1]])
                    }
                    mesh.cornerTextures.append(isWhole ? first + corner : -1)
                }
            }
        }
    }
}

/// What the beginning of a PLY file says of the rest.
struct PLYHeader {
    enum Encoding { case text, littleEndian, bigEndian }

    enum Scalar {
        case int8, uint8, int16, uint16, int32, uint32, float, double

        init?(_ name: String) {
            switch name {
            case "char", "int8": self = .int8
            case "uchar", "uint8": self = .uint8
            case "short", "int16": self = .int16
            case "ushort", "uint16": self = .uint16
            case "int", "int32": self = .int32
            case "uint", "uint32": self = .uint32
            case "float", "float32": self = .float
            case "double", "float64": self = .double
            default: return nil
            }
        }

        var size: Int {
            switch self {
            case .int8, .uint8: 1
            case .int16, .uint16: 2
            case .int32, .uint32, .float: 4
            case .double: 8
            }
        }

        var isFloat: Bool { self == .float || self == .double }
    }

    struct Property {
        var name: String
        var type: Scalar
        /// Of a list: the type of its length.
        var countType: Scalar?
    }

    struct Element {
        var name: String
        var count: Int
        var properties: [Property] = []
    }

    var encoding = Encoding.text
    var elements: [Element] = []
    /// Stands where the data begins.
    var body: TextScanner

    init(_ bytes: [UInt8], path: String) throws(MeshFileError) {
        body = TextScanner(bytes)
        guard bytes.starts(with: Array("ply".utf8)) else {
            throw MeshFileError(path: path, place: .line(1), problem: "is not PLY: it does not begin with `ply`")
        }
        var hasFormat = false
        while true {
            body.nextLine()
            guard !body.isAtEnd else {
                throw MeshFileError(path: path, place: .line(body.line), problem: "the header has no end_header")
            }
            let words = body.rest().split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            func failure(_ problem: String) -> MeshFileError {
                MeshFileError(path: path, place: .line(body.line), problem: problem)
            }
            switch (words.first, words.count) {
            case ("end_header", _):
                guard hasFormat else { throw failure("the header names no format") }
                body.nextLine()
                return
            case ("format", 2...):
                switch words[1] {
                case "ascii": encoding = .text
                case "binary_little_endian": encoding = .littleEndian
                case "binary_big_endian": encoding = .bigEndian
                default: throw failure("\(words[1].prefix(30)) is no format of PLY")
                }
                hasFormat = true
            case ("element", 3):
                guard let count = Int(words[2]), count >= 0, count < 1 << 31 else {
                    throw failure("\(words[2].prefix(20)) is no count")
                }
                elements.append(Element(name: words[1], count: count))
            case ("property", 3):
                guard let type = Scalar(words[1]), !elements.isEmpty else { throw failure("no property of PLY") }
                elements[elements.count - 1].properties.append(Property(name: words[2], type: type))
            case ("property", 5) where words[1] == "list":
                guard let count = Scalar(words[2]), let type = Scalar(words[3]), !elements.isEmpty else {
                    throw failure("no property of PLY")
                }
                elements[elements.count - 1].properties.append(
                    Property(name: words[4], type: type, countType: count))
            case ("comment", _), ("obj_info", _), (nil, _): break
            default: throw failure("\(words.joined(separator: " ").prefix(40).debugDescription) is no line of a header")
            }
        }
    }
}

/// Where the values of a PLY file come from.
protocol PLYSource {
    mutating func next(_ type: PLYHeader.Scalar) throws(MeshFileError) -> Double
    func failure(_ problem: String) -> MeshFileError
}

private struct PLYText: PLYSource {
    var scanner: TextScanner
    let path: String

    mutating func next(_ type: PLYHeader.Scalar) throws(MeshFileError) -> Double {
        while true {
            if let word = scanner.word() {
                guard let number = scanner.number(word) else {
                    throw failure("\(scanner.text(word).prefix(20).debugDescription) is not a number")
                }
                return number
            }
            guard !scanner.isAtEnd else { throw failure("the file ends before its elements do") }
            scanner.nextLine()
        }
    }

    func failure(_ problem: String) -> MeshFileError {
        MeshFileError(path: path, place: .line(scanner.line), problem: problem)
    }
}

private struct PLYBinary: PLYSource {
    let bytes: [UInt8]
    var position: Int
    let isBigEndian: Bool
    let path: String

    mutating func next(_ type: PLYHeader.Scalar) throws(MeshFileError) -> Double {
        guard bytes.count - position >= type.size else { throw failure("the file ends before its elements do") }
        var bits: UInt64 = 0
        for i in 0..<type.size {
            bits |= UInt64(bytes[position + i]) << UInt64(8 * (isBigEndian ? type.size - 1 - i : i))
        }
        position += type.size
        switch type {
        case .int8: return Double(Int8(truncatingIfNeeded: bits))
        case .uint8: return Double(UInt8(truncatingIfNeeded: bits))
        case .int16: return Double(Int16(truncatingIfNeeded: bits))
        case .uint16: return Double(UInt16(truncatingIfNeeded: bits))
        case .int32: return Double(Int32(truncatingIfNeeded: bits))
        case .uint32: return Double(UInt32(truncatingIfNeeded: bits))
        case .float: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .double: return Double(bitPattern: bits)
        }
    }

    func failure(_ problem: String) -> MeshFileError {
        MeshFileError(path: path, place: .byte(position), problem: problem)
    }
}
