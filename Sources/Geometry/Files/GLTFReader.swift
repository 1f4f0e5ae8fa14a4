import Foundation

/// glTF 2.0, as text with its buffers beside or inside it, or as one binary file: triangles of every mesh in the scene, where
/// the scene puts them. Each primitive is a group.
///
/// glTF gives a vertex once for each texture coordinate that it has: seams come out open, and `MeshRepair` closes them.
struct GLTFReader {
    let path: String

    func failure(_ problem: String, at value: String? = nil) -> MeshFileError {
        MeshFileError(path: path, place: value.map { .value($0) }, problem: problem)
    }

    func read(_ bytes: [UInt8], isBinary: Bool) throws(MeshFileError) -> SurfaceMesh {
        var text = bytes[...]
        var chunk: ArraySlice<UInt8>?
        if isBinary { (text, chunk) = try chunks(bytes) }
        let document: GLTFDocument
        do {
            document = try JSONDecoder().decode(GLTFDocument.self, from: Data(text))
        } catch let DecodingError.keyNotFound(key, context) {
            throw failure("\(key.stringValue) is missing", at: Self.name(context.codingPath))
        } catch let DecodingError.typeMismatch(_, context) where !context.codingPath.isEmpty {
            throw failure("has the wrong type", at: Self.name(context.codingPath))
        } catch {
            throw failure("is not glTF: its JSON cannot be read")
        }
        guard document.asset.version.hasPrefix("2.") else {
            throw failure("is glTF \(document.asset.version.prefix(10)), version 2 is expected")
        }
        if let needed = document.extensionsRequired?.first(where: { !$0.hasPrefix("KHR_materials") }) {
            throw failure("needs the extension \(needed.prefix(60)), which is not read")
        }
        var buffers: [[UInt8]] = []
        for (index, buffer) in (document.buffers ?? []).enumerated() {
            buffers.append(try contents(buffer, index, chunk))
        }
        var assembly = GLTFAssembly(path: path, document: document, buffers: buffers)
        return try assembly.mesh()
    }

    private static func name(_ path: [any CodingKey]) -> String {
        path.reduce("") { name, key in
            key.intValue.map { "\(name)[\($0)]" } ?? (name.isEmpty ? key.stringValue : "\(name).\(key.stringValue)")
        }
    }

    /// The JSON and the binary chunk of a `.glb`.
    private func chunks(_ bytes: [UInt8]) throws(MeshFileError) -> (ArraySlice<UInt8>, ArraySlice<UInt8>?) {
        func word(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        guard bytes.count >= 20, word(0) == 0x4654_6C67 else { throw failure("is not binary glTF") }
        guard word(4) == 2 else { throw failure("is binary glTF \(word(4)), version 2 is expected") }
        var parts: [(kind: Int, bytes: ArraySlice<UInt8>)] = []
        var at = 12
        while at + 8 <= bytes.count, parts.count < 2 {
            let size = word(at)
            guard size <= bytes.count - at - 8 else {
                throw MeshFileError(
                    path: path, place: .byte(at), problem: "the file ends within a chunk of \(size) bytes")
            }
            parts.append((word(at + 4), bytes[(at + 8)..<(at + 8 + size)]))
            at += 8 + size
        }
        guard let first = parts.first, first.kind == 0x4E4F_534A else { throw failure("has no JSON chunk") }
        return (first.bytes, parts.dropFirst().first { $0.kind == 0x004E_4942 }?.bytes)
    }

    private func contents(
        _ buffer: GLTFDocument.Buffer, _ index: Int, _ chunk: ArraySlice<UInt8>?
    ) throws(MeshFileError) -> [UInt8] {
        let place = "buffers[\(index)]"
        var bytes: [UInt8]
        if let uri = buffer.uri {
            if uri.hasPrefix("data:") {
                guard let comma = uri.firstIndex(of: ","), uri[..<comma].hasSuffix(";base64"),
                    let data = Data(base64Encoded: String(uri[uri.index(after: comma)...]))
                else { throw failure("its data is not base64", at: place) }
                bytes = [UInt8](data)
            } else {
                // Files beside this one, nothing elsewhere.
                guard let name = uri.removingPercentEncoding, !name.hasPrefix("/"), !name.contains(":"),
                    !name.split(separator: "/").contains("..")
                else { throw failure("\(uri.prefix(60)) is not a file beside this one", at: place) }
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
                do {
                    bytes = try MeshFile.contents(of: folder.appendingPathComponent(name).path)
                } catch {
                    throw failure("\(error)", at: place)
                }
            }
        } else if index == 0, let chunk {
            bytes = Array(chunk)
        } else {
            throw failure("has no contents", at: place)
        }
        guard bytes.count >= buffer.byteLength else {
            throw failure("has \(bytes.count) bytes of the \(buffer.byteLength) that it announces", at: place)
        }
        return bytes
    }
}

/// The parts of a glTF document that hold geometry.
struct GLTFDocument: Codable {
    struct Asset: Codable {
        var version: String
        var generator: String?
    }
    struct Buffer: Codable {
        var byteLength: Int
        var uri: String?
    }
    struct BufferView: Codable {
        var buffer: Int
        var byteOffset: Int?
        var byteLength: Int
        var byteStride: Int?
        var target: Int?
    }
    struct Accessor: Codable {
        struct Sparse: Codable {}
        var bufferView: Int?
        var byteOffset: Int?
        var componentType: Int
        var normalized: Bool?
        var count: Int
        var type: String
        var min: [Double]?
        var max: [Double]?
        var sparse: Sparse?
    }
    struct Primitive: Codable {
        var attributes: [String: Int]
        var indices: Int?
        var mode: Int?
        var material: Int?
    }
    struct Mesh: Codable {
        var name: String?
        var primitives: [Primitive]
    }
    struct Node: Codable {
        var name: String?
        var mesh: Int?
        var children: [Int]?
        var matrix: [Double]?
        var translation: [Double]?
        var rotation: [Double]?
        var scale: [Double]?
    }
    struct Scene: Codable { var nodes: [Int]? }
    struct Material: Codable { var name: String? }

    var asset: Asset
    var scene: Int?
    var scenes: [Scene]?
    var nodes: [Node]?
    var meshes: [Mesh]?
    var accessors: [Accessor]?
    var bufferViews: [BufferView]?
    var buffers: [Buffer]?
    var materials: [Material]?
    var extensionsRequired: [String]?
}
