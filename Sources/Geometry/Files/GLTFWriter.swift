import Foundation

/// glTF 2.0: one mesh of triangles. Vertices are given once for each texture coordinate that they have.
enum GLTFWriter {
    /// A `.glb`.
    static func binary(_ mesh: SurfaceMesh) throws -> Data {
        let (document, buffer) = try parts(mesh)
        var json = try encoded(document)
        while json.count % 4 != 0 { json.append(0x20) }
        var data = Data()
        func append(_ value: Int) { withUnsafeBytes(of: UInt32(value).littleEndian) { data.append(contentsOf: $0) } }
        append(0x4654_6C67)
        append(2)
        append(12 + 8 + json.count + 8 + buffer.count)
        append(json.count)
        append(0x4E4F_534A)
        data.append(json)
        append(buffer.count)
        append(0x004E_4942)
        data.append(buffer)
        return data
    }

    /// A `.gltf` that carries its buffer.
    static func text(_ mesh: SurfaceMesh) throws -> Data {
        var (document, buffer) = try parts(mesh)
        document.buffers![0].uri = "data:application/octet-stream;base64," + buffer.base64EncodedString()
        return try encoded(document)
    }

    private static func encoded(_ document: GLTFDocument) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(document)
    }

    private static func parts(_ mesh: SurfaceMesh) throws -> (GLTFDocument, Data) {
        let triangulation = try mesh.triangulated()
        let hasTextures = !mesh.cornerTextures.isEmpty
        var vertices: [(vertex: Int32, texture: Int32)] = []
        var numbers: [SIMD2<Int32>: UInt32] = [:]
        if !hasTextures { vertices = mesh.positions.indices.map { (Int32($0), -1) } }
        var indices: [UInt32] = []
        for corners in triangulation.corners {
            for c in 0..<3 {
                let vertex = mesh.faces.corners[Int(corners[c])]
                guard hasTextures else {
                    indices.append(UInt32(vertex))
                    continue
                }
                let key = SIMD2(vertex, mesh.cornerTextures[Int(corners[c])])
                if numbers[key] == nil {
                    numbers[key] = UInt32(vertices.count)
                    vertices.append((key.x, key.y))
                }
                indices.append(numbers[key]!)
            }
        }
        var buffer = Data()
        var views: [GLTFDocument.BufferView] = []
        var accessors: [GLTFDocument.Accessor] = []
        func add(_ type: String, _ component: Int, count: Int, target: Int, bytes: Data, range: ([Double], [Double])?) {
            views.append(.init(buffer: 0, byteOffset: buffer.count, byteLength: bytes.count, target: target))
            accessors.append(
                .init(
                    bufferView: views.count - 1, componentType: component, count: count, type: type, min: range?.0,
                    max: range?.1))
            buffer.append(bytes)
        }
        func floats(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }
        let places = vertices.map { SIMD3<Float>(mesh.positions[Int($0.vertex)]) }
        let low = places.reduce(SIMD3(repeating: .infinity)) { pointwiseMin($0, $1) }
        let high = places.reduce(SIMD3(repeating: -.infinity)) { pointwiseMax($0, $1) }
        add(
            "VEC3", 5126, count: places.count, target: 34_962, bytes: floats(places.flatMap { [$0.x, $0.y, $0.z] }),
            range: ((0..<3).map { Double(low[$0]) }, (0..<3).map { Double(high[$0]) }))
        var attributes = ["POSITION": 0]
        if hasTextures {
            let pairs = vertices.flatMap { vertex -> [Float] in
                guard vertex.texture >= 0 else { return [0, 0] }
                let t = mesh.textureCoordinates[Int(vertex.texture)]
                return [Float(t.x), Float(1 - t.y)]
            }
            attributes["TEXCOORD_0"] = 1
            add("VEC2", 5126, count: vertices.count, target: 34_962, bytes: floats(pairs), range: nil)
        }
        add(
            "SCALAR", 5125, count: indices.count, target: 34_963, bytes: indices.withUnsafeBytes { Data($0) },
            range: nil)
        var document = GLTFDocument(asset: .init(version: "2.0", generator: "Kindred"))
        document.scene = 0
        document.scenes = [.init(nodes: [0])]
        document.nodes = [.init(mesh: 0)]
        document.meshes = [.init(primitives: [.init(attributes: attributes, indices: accessors.count - 1)])]
        document.accessors = accessors
        document.bufferViews = views
        document.buffers = [.init(byteLength: buffer.count)]
        return (document, buffer)
    }
}
