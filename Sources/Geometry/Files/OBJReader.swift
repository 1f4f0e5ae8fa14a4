/// Wavefront OBJ: vertices (with colours), texture coordinates, polygons with negative indices, groups, materials.
///
/// Faces take the name of the `g` line before them, or of the `o` line where there is no group. Curves, lines, points, normals
/// and smoothing are passed over.
struct OBJReader {
    let path: String

    private func failure(_ line: Int, _ problem: String) -> MeshFileError {
        MeshFileError(path: path, place: .line(line), problem: problem)
    }

    func read(_ bytes: [UInt8]) throws(MeshFileError) -> SurfaceMesh {
        var mesh = SurfaceMesh()
        var scanner = TextScanner(bytes)
        var lines: [Int32] = []
        var group: Int32 = -1
        var object: Int32 = -1
        var material: Int32 = -1
        var hasTextures = false
        while !scanner.isAtEnd {
            defer { scanner.nextLine() }
            guard let keyword = scanner.word() else { continue }
            switch scanner.text(keyword) {
            case "v": try vertex(&scanner, into: &mesh)
            case "vt":
                let numbers = try numbers(&scanner, atLeast: 1, atMost: 3)
                mesh.textureCoordinates.append([numbers[0], numbers.count > 1 ? numbers[1] : 0])
            case "f":
                try face(&scanner, into: &mesh, &hasTextures)
                lines.append(Int32(truncatingIfNeeded: scanner.line))
                mesh.groups.ofFace.append(group >= 0 ? group : object)
                mesh.materials.ofFace.append(material)
            case "g":
                let name = scanner.rest()
                group = name.isEmpty ? -1 : mesh.groups.index(of: name)
            case "o": object = mesh.groups.index(of: scanner.rest())
            case "usemtl": material = mesh.materials.index(of: scanner.rest())
            case "vn", "vp", "s", "l", "p", "mtllib": break
            case let word where word.hasPrefix("#"): break
            case let word:
                // What begins with anything else than letters is no OBJ at all, such as a binary file.
                guard word.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
                    throw failure(scanner.line, "is not OBJ: a line begins with \(word.prefix(20).debugDescription)")
                }
            }
        }
        for face in 0..<mesh.faces.count {
            for corner in mesh.faces.range(face) {
                let vertex = Int(mesh.faces.corners[corner])
                if vertex >= mesh.positions.count {
                    throw failure(
                        Int(lines[face]), "the face names vertex \(vertex + 1), the file has \(mesh.positions.count)")
                }
                if hasTextures, Int(mesh.cornerTextures[corner]) >= mesh.textureCoordinates.count {
                    throw failure(
                        Int(lines[face]),
                        "the face names texture coordinate \(mesh.cornerTextures[corner] + 1), the file has "
                            + "\(mesh.textureCoordinates.count)")
                }
            }
        }
        if !hasTextures { mesh.cornerTextures = [] }
        return mesh
    }

    private func numbers(
        _ scanner: inout TextScanner, atLeast least: Int, atMost most: Int
    ) throws(MeshFileError) -> [Double] {
        var numbers: [Double] = []
        while numbers.count < most, let word = scanner.word() {
            guard let number = scanner.number(word) else {
                throw failure(scanner.line, "\(scanner.text(word).prefix(20).debugDescription) is not a number")
            }
            numbers.append(number)
        }
        guard numbers.count >= least else {
            throw failure(scanner.line, "has \(numbers.count) numbers, at least \(least) are expected")
        }
        return numbers
    }

    private func vertex(_ scanner: inout TextScanner, into mesh: inout SurfaceMesh) throws(MeshFileError) {
        let numbers = try numbers(&scanner, atLeast: 3, atMost: 7)
        mesh.positions.append([numbers[0], numbers[1], numbers[2]])
        // Colours are from 0 to 1 in some programs' files and from 0 to 255 in others'.
        guard numbers.count >= 6, mesh.colors.count == mesh.positions.count - 1 else { return }
        let color = SIMD3(numbers[numbers.count - 3], numbers[numbers.count - 2], numbers[numbers.count - 1])
        let scaled = color.max() > 1 ? color : color * 255
        mesh.colors.append(
            SIMD3<UInt8>(
                truncatingIfNeeded: SIMD3<Int>(
                    scaled.replacing(with: 0, where: scaled .!= scaled).clamped(
                        lowerBound: .zero, upperBound: SIMD3(repeating: 255)
                    ).rounded(.toNearestOrAwayFromZero))))
    }

    private func face(
        _ scanner: inout TextScanner, into mesh: inout SurfaceMesh, _ hasTextures: inout Bool
    ) throws(MeshFileError) {
        var vertices: [Int32] = []
        while let word = scanner.word() {
            if scanner[word.lowerBound] == UInt8(ascii: "#") { break }
            let parts = split(scanner, word)
            vertices.append(try index(scanner, parts.vertex, of: mesh.positions.count, "vertex"))
            var texture: Int32 = -1
            if let part = parts.texture {
                texture = try index(scanner, part, of: mesh.textureCoordinates.count, "texture coordinate")
                hasTextures = true
            }
            mesh.cornerTextures.append(texture)
        }
        guard vertices.count >= 3 else {
            throw failure(scanner.line, "the face has \(vertices.count) corners, at least 3 are expected")
        }
        mesh.faces.append(vertices)
    }

    /// `vertex/texture/normal`, of which the latter two may be missing.
    private func split(_ scanner: TextScanner, _ word: Range<Int>) -> (vertex: Range<Int>, texture: Range<Int>?) {
        let slashes = word.filter { scanner[$0] == UInt8(ascii: "/") }
        guard let first = slashes.first else { return (word, nil) }
        let texture = (first + 1)..<(slashes.count > 1 ? slashes[1] : word.upperBound)
        return (word.lowerBound..<first, texture.isEmpty ? nil : texture)
    }

    /// From 1, or from -1 backwards from the last one so far.
    private func index(
        _ scanner: TextScanner, _ word: Range<Int>, of count: Int, _ kind: String
    ) throws(MeshFileError) -> Int32 {
        guard let number = scanner.integer(word), number != 0 else {
            throw failure(
                scanner.line, "\(scanner.text(word).prefix(20).debugDescription) is not the number of a \(kind)")
        }
        guard number < 0 else { return Int32(number - 1) }
        guard count + number >= 0 else {
            throw failure(scanner.line, "the face names \(kind) \(number), the file has \(count) up to here")
        }
        return Int32(count + number)
    }
}
