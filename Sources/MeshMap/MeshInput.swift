import ArgumentParser
import Commands
import Geometry

/// A mesh that a command reads.
struct MeshInput: ParsableArguments {
    @Argument(
        help: "The mesh: .obj, .ply, .off, .stl, .glb or .gltf.",
        completion: .file(extensions: ["obj", "ply", "off", "stl", "glb", "gltf"]))
    var mesh: String

    @Option(name: .customLong("group"), help: "Only this group of the file's faces; may be given several times.")
    var groups: [String] = []

    func read() throws -> SurfaceMesh { try Self.read(mesh, groups: groups) }

    static func read(_ path: String, groups: [String] = []) throws -> SurfaceMesh {
        let file = try MeshFile.read(path)
        guard !groups.isEmpty else { return file }
        guard let kept = file.keeping(groups: groups) else {
            let names = file.groups.names.prefix(20).joined(separator: ", ")
            throw MeshFileError(
                path: path,
                problem: "has no group of that name; "
                    + (names.isEmpty ? "its faces are in no group" : "its groups are \(names)"))
        }
        return kept
    }
}
