extension PartLabels {
    /// The groups of a file's faces; a vertex between two groups is of the one that more of its faces are in. nil without groups.
    public init?(groups mesh: SurfaceMesh) {
        guard !mesh.groups.ofFace.isEmpty else { return nil }
        var votes: [[Int32: Int]] = .init(repeating: [:], count: mesh.positions.count)
        for face in 0..<mesh.faces.count where mesh.groups.ofFace[face] >= 0 {
            for corner in mesh.faces.range(face) {
                votes[Int(mesh.faces.corners[corner])][mesh.groups.ofFace[face], default: 0] += 1
            }
        }
        self.init(
            names: mesh.groups.names.map { $0.replacing("_", with: " ") },
            labels: votes.map { count in
                count.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { UInt16($0.key) } ?? Self.none
            })
    }

    /// One part a vertex colour, or with names the part whose colour is nearest.
    public init(colors mesh: SurfaceMesh, names: [(String, SIMD3<UInt8>)]?) {
        if let names {
            let colors = names.map { SIMD3<Int>(truncatingIfNeeded: $0.1) }
            self.init(
                names: names.map(\.0),
                labels: mesh.colors.map { color in
                    let own = SIMD3<Int>(truncatingIfNeeded: color)
                    func gap(_ index: Int) -> Int {
                        let d = colors[index] &- own
                        return (d &* d).wrappedSum()
                    }
                    return colors.indices.min { gap($0) < gap($1) }.map { UInt16($0) } ?? Self.none
                })
            return
        }
        var number: [SIMD3<UInt8>: UInt16] = [:]
        var found: [String] = []
        let labels = mesh.colors.map { color -> UInt16 in
            if let known = number[color] { return known }
            // More colours than a painting has are a photograph's.
            guard found.count < 1000 else { return Self.none }
            number[color] = UInt16(found.count)
            let digits = (0..<3).map { c in
                let text = String(color[c], radix: 16, uppercase: true)
                return text.count == 1 ? "0" + text : text
            }
            found.append("#" + digits.joined())
            return number[color]!
        }
        self.init(names: found, labels: labels)
    }
}
