/// Puts a glTF scene together: accessors, primitives, nodes.
struct GLTFAssembly {
    let path: String
    let document: GLTFDocument
    let buffers: [[UInt8]]
    private var result = SurfaceMesh()

    init(path: String, document: GLTFDocument, buffers: [[UInt8]]) {
        self.path = path
        self.document = document
        self.buffers = buffers
    }

    private func failure(_ problem: String, at value: String) -> MeshFileError {
        MeshFileError(path: path, place: .value(value), problem: problem)
    }

    mutating func mesh() throws(MeshFileError) -> SurfaceMesh {
        let nodes = document.nodes ?? []
        var roots = Array(nodes.indices)
        let scene = document.scene ?? 0
        if let scenes = document.scenes, scenes.indices.contains(scene) { roots = scenes[scene].nodes ?? [] }
        var visits = 0
        for root in roots { try visit(root, .identity, depth: 0, &visits) }
        // A file without nodes is its meshes.
        if nodes.isEmpty {
            for mesh in (document.meshes ?? []).indices { try append(mesh: mesh, .identity) }
        }
        return result
    }

    private mutating func visit(
        _ index: Int, _ parent: Transform, depth: Int, _ visits: inout Int
    ) throws(MeshFileError) {
        let nodes = document.nodes ?? []
        visits += 1
        guard nodes.indices.contains(index), depth < 256, visits <= nodes.count else {
            throw failure("the nodes are no tree", at: "nodes[\(index)]")
        }
        let node = nodes[index]
        let transform = try parent * Transform(node) { (problem) in failure(problem, at: "nodes[\(index)]") }
        if let mesh = node.mesh { try append(mesh: mesh, transform) }
        for child in node.children ?? [] { try visit(child, transform, depth: depth + 1, &visits) }
    }

    private mutating func append(mesh index: Int, _ transform: Transform) throws(MeshFileError) {
        guard let meshes = document.meshes, meshes.indices.contains(index) else {
            throw failure("there is no such mesh", at: "meshes[\(index)]")
        }
        for (number, primitive) in meshes[index].primitives.enumerated() {
            let place = "meshes[\(index)].primitives[\(number)]"
            let mode = primitive.mode ?? 4
            // Points and lines are no surface.
            guard (4...6).contains(mode), let position = primitive.attributes["POSITION"] else { continue }
            let places = try values(position, width: 3, place)
            let first = Int32(result.positions.count)
            let count = places.count / 3
            for v in 0..<count {
                result.positions.append(
                    transform.applied(to: SIMD3(places[3 * v], places[3 * v + 1], places[3 * v + 2])))
            }
            let firstTexture = Int32(result.textureCoordinates.count)
            var hasTexture = false
            if let texture = primitive.attributes["TEXCOORD_0"] {
                let pairs = try values(texture, width: 2, place)
                guard pairs.count == 2 * count else { throw failure("attributes differ in length", at: place) }
                // The origin of glTF's pictures is at the top, everywhere else at the bottom.
                for v in 0..<count { result.textureCoordinates.append([pairs[2 * v], 1 - pairs[2 * v + 1]]) }
                hasTexture = true
            }
            var indices = (0..<Int32(clamping: count)).map { $0 }
            if let accessor = primitive.indices {
                indices = try values(accessor, width: 1, place).map { Int32($0) }
            }
            guard indices.allSatisfy({ $0 >= 0 && Int($0) < count }) else {
                throw failure("an index is beyond its \(count) vertices", at: place)
            }
            let name = result.groups.index(of: meshes[index].name ?? "mesh \(index)")
            var material: Int32 = -1
            if let number = primitive.material, let materials = document.materials, materials.indices.contains(number) {
                material = result.materials.index(of: materials[number].name ?? "material \(number)")
            }
            for triangle in Self.triangles(indices, mode: mode) {
                let corners =
                    transform.isMirrored ? [triangle.x, triangle.z, triangle.y] : [triangle.x, triangle.y, triangle.z]
                result.faces.append(corners.map { first + $0 })
                result.cornerTextures += corners.map { hasTexture ? firstTexture + $0 : -1 }
                result.groups.ofFace.append(name)
                result.materials.ofFace.append(material)
            }
        }
    }

    private static func triangles(_ indices: [Int32], mode: Int) -> [SIMD3<Int32>] {
        switch mode {
        case 4: (0..<(indices.count / 3)).map { [indices[3 * $0], indices[3 * $0 + 1], indices[3 * $0 + 2]] }
        case 5:
            (0..<max(0, indices.count - 2)).map {
                $0 % 2 == 0
                    ? [indices[$0], indices[$0 + 1], indices[$0 + 2]] : [indices[$0 + 1], indices[$0], indices[$0 + 2]]
            }
        default: (0..<max(0, indices.count - 2)).map { [indices[0], indices[$0 + 1], indices[$0 + 2]] }
        }
    }

    /// The numbers of an accessor, `width` an element.
    private func values(_ index: Int, width: Int, _ user: String) throws(MeshFileError) -> [Double] {
        let place = "accessors[\(index)]"
        guard let accessors = document.accessors, accessors.indices.contains(index) else {
            throw failure("names \(place), which is not there", at: user)
        }
        let accessor = accessors[index]
        let widths = ["SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4]
        guard widths[accessor.type] == width else {
            throw failure("is \(accessor.type.prefix(10)), \(width) values an element are expected", at: place)
        }
        guard accessor.sparse == nil else { throw failure("is sparse, which is not read", at: place) }
        guard let number = accessor.bufferView, let views = document.bufferViews, views.indices.contains(number),
            buffers.indices.contains(views[number].buffer)
        else { throw failure("has no buffer view", at: place) }
        let view = views[number]
        let sizes = [5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4]
        guard let size = sizes[accessor.componentType] else {
            throw failure("\(accessor.componentType) is no component type", at: place)
        }
        let stride = view.byteStride ?? size * width
        let (viewStart, accessorStart) = (view.byteOffset ?? 0, accessor.byteOffset ?? 0)
        let available = buffers[view.buffer].count
        // Numbers of a file may be anything: compared before they are multiplied.
        guard accessor.count >= 0, accessor.count <= available, (size * width...4096).contains(stride),
            viewStart >= 0, accessorStart >= 0, view.byteLength >= 0, viewStart <= available,
            view.byteLength <= available - viewStart, accessorStart <= view.byteLength,
            accessor.count == 0
                || (accessor.count - 1) * stride + size * width <= view.byteLength - accessorStart
        else { throw failure("reaches beyond its buffer", at: place) }
        let isNormalized = accessor.normalized ?? false
        return buffers[view.buffer].withUnsafeBytes { bytes in
            var numbers: [Double] = []
            numbers.reserveCapacity(accessor.count * width)
            for element in 0..<accessor.count {
                for component in 0..<width {
                    let at = viewStart + accessorStart + element * stride + component * size
                    numbers.append(Self.number(bytes, at, accessor.componentType, isNormalized))
                }
            }
            return numbers
        }
    }

    private static func number(
        _ bytes: UnsafeRawBufferPointer, _ at: Int, _ type: Int, _ isNormalized: Bool
    ) -> Double {
        switch type {
        case 5120:
            let value = Double(bytes.loadUnaligned(fromByteOffset: at, as: Int8.self))
            return isNormalized ? max(value / 127, -1) : value
        case 5121: return Double(bytes[at]) / (isNormalized ? 255 : 1)
        case 5122:
            let value = Double(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int16.self)))
            return isNormalized ? max(value / 32_767, -1) : value
        case 5123:
            let value = Double(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
            return isNormalized ? value / 65_535 : value
        case 5125:
            // An index beyond 31 bits fits no mesh; -1 is refused later.
            let value = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
            return value <= UInt32(Int32.max) ? Double(value) : -1
        default:
            return Double(
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))))
        }
    }
}

/// An affine map of space: columns, then what is added.
private struct Transform {
    var x: SIMD3<Double>
    var y: SIMD3<Double>
    var z: SIMD3<Double>
    var offset: SIMD3<Double>

    static let identity = Transform(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1], offset: .zero)

    init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>, offset: SIMD3<Double>) {
        (self.x, self.y, self.z, self.offset) = (x, y, z, offset)
    }

    init(
        _ node: GLTFDocument.Node, failure: (String) -> MeshFileError
    ) throws(MeshFileError) {
        if let m = node.matrix {
            guard m.count == 16 else { throw failure("its matrix has \(m.count) numbers, 16 are expected") }
            self.init(
                x: [m[0], m[1], m[2]], y: [m[4], m[5], m[6]], z: [m[8], m[9], m[10]], offset: [m[12], m[13], m[14]])
            return
        }
        let (t, r, s) = (node.translation ?? [0, 0, 0], node.rotation ?? [0, 0, 0, 1], node.scale ?? [1, 1, 1])
        guard t.count == 3, r.count == 4, s.count == 3 else { throw failure("its transform has the wrong length") }
        func rotated(_ v: SIMD3<Double>) -> SIMD3<Double> {
            let q = SIMD3(r[0], r[1], r[2])
            let w = cross(q, v) * 2
            return v + w * r[3] + cross(q, w)
        }
        self.init(
            x: rotated([s[0], 0, 0]), y: rotated([0, s[1], 0]), z: rotated([0, 0, s[2]]), offset: [t[0], t[1], t[2]])
    }

    func applied(to p: SIMD3<Double>) -> SIMD3<Double> { linear(p) + offset }
    private func linear(_ p: SIMD3<Double>) -> SIMD3<Double> { x * p.x + y * p.y + z * p.z }

    var isMirrored: Bool { dot(cross(x, y), z) < 0 }

    static func * (a: Transform, b: Transform) -> Transform {
        Transform(x: a.linear(b.x), y: a.linear(b.y), z: a.linear(b.z), offset: a.applied(to: b.offset))
    }
}
