import Foundation

/// Binary little-endian PLY with double positions, so that nothing is rounded.
enum PLYWriter {
    static func data(_ mesh: SurfaceMesh) -> Data {
        let hasColors = !mesh.colors.isEmpty
        let hasTextures = !mesh.cornerTextures.isEmpty
        var header = """
            ply
            format binary_little_endian 1.0
            element vertex \(mesh.positions.count)
            property double x
            property double y
            property double z

            """
        if hasColors { header += "property uchar red\nproperty uchar green\nproperty uchar blue\n" }
        header += "element face \(mesh.faces.count)\nproperty list uchar int vertex_indices\n"
        if hasTextures { header += "property list uchar float texcoord\n" }
        header += "end_header\n"
        var data = Data(header.utf8)
        func append<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
        }
        for (index, p) in mesh.positions.enumerated() {
            for axis in 0..<3 { append(p[axis].bitPattern) }
            if hasColors { for channel in 0..<3 { append(mesh.colors[index][channel]) } }
        }
        for face in 0..<mesh.faces.count {
            let range = mesh.faces.range(face)
            append(UInt8(clamping: range.count))
            for corner in range { append(mesh.faces.corners[corner]) }
            guard hasTextures else { continue }
            // A face without coordinates has an empty list.
            guard range.allSatisfy({ mesh.cornerTextures[$0] >= 0 }) else {
                append(0 as UInt8)
                continue
            }
            append(UInt8(clamping: 2 * range.count))
            for corner in range {
                let t = mesh.textureCoordinates[Int(mesh.cornerTextures[corner])]
                append(Float(t.x).bitPattern)
                append(Float(t.y).bitPattern)
            }
        }
        return data
    }
}
