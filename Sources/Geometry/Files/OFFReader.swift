import Foundation

/// The Object File Format of Geomview: `OFF`, and `COFF` and its like with colours, as text.
struct OFFReader {
    let path: String

    func read(_ bytes: [UInt8]) throws(MeshFileError) -> SurfaceMesh {
        var scanner = TextScanner(bytes)
        var mesh = SurfaceMesh()
        guard var word = next(&scanner) else { throw failure(scanner, "is empty") }
        // The keyword may be missing or stand on the line of the counts.
        let keyword = scanner.text(word)
        if keyword.hasSuffix("OFF") {
            guard ["OFF", "COFF", "NOFF", "CNOFF", "STOFF"].contains(keyword) else {
                throw failure(scanner, "is \(keyword.prefix(20)), of which only three dimensions are read")
            }
            guard let following = next(&scanner) else { throw failure(scanner, "ends after its first word") }
            word = following
        } else if scanner.integer(word) == nil {
            throw failure(scanner, "is not OFF: it begins with \(keyword.prefix(20).debugDescription)")
        }
        if scanner.text(word) == "BINARY" { throw failure(scanner, "is binary OFF, which is not read") }
        let vertices = try count(scanner, word)
        let faces = try count(scanner, next(&scanner))
        _ = try count(scanner, next(&scanner))
        // The extra numbers of a vertex line: a normal, then a colour.
        let colorAt = keyword.hasPrefix("CN") ? 6 : keyword.hasPrefix("C") ? 3 : nil
        for _ in 0..<vertices {
            guard let first = next(&scanner) else { throw failure(scanner, "ends before its \(vertices) vertices do") }
            var numbers = [try number(scanner, first)]
            while let word = scanner.word(), scanner[word.lowerBound] != UInt8(ascii: "#") {
                numbers.append(try number(scanner, word))
            }
            guard numbers.count >= 3 else { throw failure(scanner, "a vertex has \(numbers.count) numbers of 3") }
            mesh.positions.append([numbers[0], numbers[1], numbers[2]])
            if let colorAt, numbers.count >= colorAt + 3, mesh.colors.count == mesh.positions.count - 1 {
                let isByte = numbers[colorAt..<(colorAt + 3)].contains { $0 > 1 }
                let color = (0..<3).map { min(max(numbers[colorAt + $0] * (isByte ? 1 : 255), 0), 255).rounded() }
                mesh.colors.append(SIMD3(color.map { $0.isFinite ? UInt8($0) : 0 }))
            }
        }
        for _ in 0..<faces {
            guard let first = next(&scanner) else { throw failure(scanner, "ends before its \(faces) faces do") }
            let size = try count(scanner, first)
            guard (3...4096).contains(size) else { throw failure(scanner, "a face has \(size) corners") }
            var corners: [Int32] = []
            for _ in 0..<size {
                let vertex = try count(scanner, scanner.word())
                guard vertex < vertices else {
                    throw failure(scanner, "a face names vertex \(vertex), the file has \(vertices) (from 0)")
                }
                corners.append(Int32(vertex))
            }
            mesh.faces.append(corners)
            scanner.nextLine()
        }
        return mesh
    }

    private func failure(_ scanner: TextScanner, _ problem: String) -> MeshFileError {
        MeshFileError(path: path, place: .line(scanner.line), problem: problem)
    }

    /// The next word of the file that is no comment.
    private func next(_ scanner: inout TextScanner) -> Range<Int>? {
        while true {
            if let word = scanner.word(), scanner[word.lowerBound] != UInt8(ascii: "#") { return word }
            if scanner.isAtEnd { return nil }
            scanner.nextLine()
        }
    }

    private func number(_ scanner: TextScanner, _ word: Range<Int>) throws(MeshFileError) -> Double {
        guard let number = scanner.number(word) else {
            throw failure(scanner, "\(scanner.text(word).prefix(20).debugDescription) is not a number")
        }
        return number
    }

    private func count(_ scanner: TextScanner, _ word: Range<Int>?) throws(MeshFileError) -> Int {
        guard let word else { throw failure(scanner, "a whole number is missing") }
        guard let number = scanner.integer(word), number >= 0 else {
            throw failure(scanner, "\(scanner.text(word).prefix(20).debugDescription) is not a count")
        }
        return number
    }
}

enum OFFWriter {
    static func data(_ mesh: SurfaceMesh) -> Data {
        let hasColors = !mesh.colors.isEmpty
        var text = "\(hasColors ? "COFF" : "OFF")\n\(mesh.positions.count) \(mesh.faces.count) 0\n"
        for (index, p) in mesh.positions.enumerated() {
            text += "\(p.x) \(p.y) \(p.z)"
            if hasColors {
                let c = mesh.colors[index]
                text += " \(c.x) \(c.y) \(c.z) 255"
            }
            text += "\n"
        }
        for face in 0..<mesh.faces.count {
            let range = mesh.faces.range(face)
            text += "\(range.count)"
            for corner in range { text += " \(mesh.faces.corners[corner])" }
            text += "\n"
        }
        return Data(text.utf8)
    }
}
