import Foundation

/// Mesh files of the formats that artists and researchers exchange.
///
/// Vertices come out in the order of the file, however many of them lie at the same place; only STL, which has no vertices,
/// gets one where corners coincide exactly.
public enum MeshFile {
    public enum Format: String, CaseIterable, Sendable {
        case obj, ply, off, stl, glb, gltf

        /// By the file's extension.
        public init?(path: String) {
            self.init(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased())
        }
    }

    /// Files beyond this many bytes are refused.
    static let largest = 2 << 30

    /// - Throws: `MeshFileError`.
    public static func read(_ path: String) throws -> SurfaceMesh {
        guard let format = Format(path: path) else { throw MeshFileError.unknownFormat(path) }
        return try read(contents(of: path), as: format, path: path)
    }

    /// Reads a file that is in memory.
    /// - Parameter path: what errors call the file; buffers of a glTF lie beside it.
    /// - Throws: `MeshFileError`.
    public static func read(_ bytes: [UInt8], as format: Format, path: String) throws -> SurfaceMesh {
        var mesh =
            switch format {
            case .obj: try OBJReader(path: path).read(bytes)
            case .ply: try PLYReader(path: path).read(bytes)
            case .off: try OFFReader(path: path).read(bytes)
            case .stl: try STLReader(path: path).read(bytes)
            case .glb, .gltf: try GLTFReader(path: path).read(bytes, isBinary: format == .glb)
            }
        if let vertex = mesh.positions.firstIndex(where: { !($0.x + $0.y + $0.z).isFinite }) {
            throw MeshFileError(path: path, problem: MeshError.notFinite(vertex: vertex).description)
        }
        guard mesh.faces.count > 0 else { throw MeshFileError(path: path, problem: "holds no faces") }
        // Colours are of all vertices or of none.
        if mesh.colors.count != mesh.positions.count { mesh.colors = [] }
        // Names that no face bears, such as an empty default group, are left out.
        mesh.groups = mesh.groups.ofFace.contains { $0 >= 0 } ? mesh.groups : .init()
        mesh.materials = mesh.materials.ofFace.contains { $0 >= 0 } ? mesh.materials : .init()
        return mesh
    }

    /// Writes beside the file and renames, so that a file is whole or not there. What a format cannot hold (groups in
    /// STL, say) is left out.
    /// - Throws: `MeshFileError`.
    public static func write(_ mesh: SurfaceMesh, to path: String) throws {
        guard let format = Format(path: path) else { throw MeshFileError.unknownFormat(path) }
        let data: Data =
            switch format {
            case .obj: OBJWriter.data(mesh)
            case .ply: PLYWriter.data(mesh)
            case .off: OFFWriter.data(mesh)
            case .stl: try STLWriter.data(mesh)
            case .glb: try GLTFWriter.binary(mesh)
            case .gltf: try GLTFWriter.text(mesh)
            }
        do {
            try data.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw MeshFileError(path: path, problem: "cannot be written: \((error as NSError).localizedDescription)")
        }
    }

    static func contents(of path: String) throws -> [UInt8] {
        let size: Int
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            guard attributes[.type] as? FileAttributeType != .typeDirectory else {
                throw MeshFileError(path: path, problem: "is a folder")
            }
            size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        } catch let error as MeshFileError {
            throw error
        } catch {
            throw MeshFileError(path: path, problem: "does not exist or cannot be read")
        }
        guard size <= largest else {
            throw MeshFileError(path: path, problem: "is larger than the \(largest >> 30) GiB that a mesh may have")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MeshFileError(path: path, problem: "cannot be read")
        }
        return [UInt8](data)
    }
}

/// A mesh file that cannot be read or written: which, where in it, and why.
public struct MeshFileError: Error, Hashable, CustomStringConvertible {
    public enum Place: Hashable, Sendable {
        /// Counted from 1.
        case line(Int)
        /// Counted from 0.
        case byte(Int)
        /// A JSON value, such as `accessors[3]`.
        case value(String)
    }

    public var path: String
    public var place: Place?
    public var problem: String

    public init(path: String, place: Place? = nil, problem: String) {
        self.path = path
        self.place = place
        self.problem = problem
    }

    static func unknownFormat(_ path: String) -> MeshFileError {
        let names = MeshFile.Format.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
        return MeshFileError(path: path, problem: "is no mesh by its name; one of \(names) is expected")
    }

    public var description: String {
        switch place {
        case .line(let line): "\(path): line \(line): \(problem)"
        case .byte(let byte): "\(path): byte \(byte): \(problem)"
        case .value(let name): "\(path): \(name): \(problem)"
        case nil: "\(path): \(problem)"
        }
    }
}
