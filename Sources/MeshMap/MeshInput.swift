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

    func read() throws -> SurfaceMesh { try MeshFile.read(mesh).keeping(groups, path: mesh) }
}
