import Foundation

/// Wavefront OBJ, six decimals: a millionth of the file's unit.
enum OBJWriter {
    static func data(_ mesh: SurfaceMesh) -> Data {
        var text = ""
        text.reserveCapacity(mesh.positions.count * 32 + mesh.faces.corners.count * 12)
        for (index, p) in mesh.positions.enumerated() {
            text += "v \(decimal(p.x)) \(decimal(p.y)) \(decimal(p.z))"
            if !mesh.colors.isEmpty {
                let c = SIMD3<Double>(mesh.colors[index]) / 255
                text += " \(decimal(c.x)) \(decimal(c.y)) \(decimal(c.z))"
            }
            text += "\n"
        }
        for t in mesh.textureCoordinates { text += "vt \(decimal(t.x)) \(decimal(t.y))\n" }
        var (group, material): (Int32, Int32) = (-1, -1)
        for face in 0..<mesh.faces.count {
            if let next = change(&group, mesh.groups, face) { text += "g \(next)\n" }
            if let next = change(&material, mesh.materials, face) { text += "usemtl \(next)\n" }
            text += "f"
            for corner in mesh.faces.range(face) {
                text += " \(mesh.faces.corners[corner] + 1)"
                if !mesh.cornerTextures.isEmpty, mesh.cornerTextures[corner] >= 0 {
                    text += "/\(mesh.cornerTextures[corner] + 1)"
                }
            }
            text += "\n"
        }
        return Data(text.utf8)
    }

    private static func change(_ current: inout Int32, _ names: SurfaceMesh.FaceNames, _ face: Int) -> String? {
        guard !names.ofFace.isEmpty, names.ofFace[face] != current else { return nil }
        current = names.ofFace[face]
        return current >= 0 ? names.names[Int(current)] : ""
    }

    /// Six decimals; numbers too large for them as they are.
    private static func decimal(_ value: Double) -> String {
        guard abs(value) < 1e12 else { return "\(value)" }
        let scaled = Int((value * 1e6).rounded())
        let digits = String(scaled.magnitude)
        let padded = String(repeating: "0", count: max(0, 7 - digits.count)) + digits
        return (scaled < 0 ? "-" : "") + padded.dropLast(6) + "." + padded.suffix(6)
    }
}
