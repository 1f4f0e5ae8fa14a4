import ArgumentParser
import Commands
import Geometry

struct RemeshCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remesh", abstract: "Give a surface new, evenly spread vertices.",
        discussion: """
            Every new vertex lies on the old surface (Botsch and Kobbelt 2004). The mesh must be manifold: see `meshmap check`.

            Example:
              meshmap remesh scan.ply --vertices 7000 --out even.ply
            """)

    @OptionGroup var input: MeshInput

    @Option(help: "About how many vertices.")
    var vertices: Int

    @Option(help: ArgumentHelp("The new mesh.", valueName: "file"))
    var out: String

    func validate() throws {
        guard (4...10_000_000).contains(vertices) else { throw ValidationError("--vertices is 4 to 10000000") }
    }

    func run() throws {
        let mesh = try input.read().triangulated().mesh
        let result = try IsotropicRemesher.remesh(mesh, vertices: vertices)
        try MeshFile.write(SurfaceMesh(result.mesh), to: out)
        print("wrote \(out): \(result.mesh.vertexCount) vertices, \(result.mesh.triangleCount) triangles")
    }
}

struct SimplifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simplify", abstract: "Remove vertices where they matter least.",
        discussion: """
            Edges are collapsed in the order of the error that this makes (Garland and Heckbert 1997). The mesh must be
            manifold: see `meshmap check`.

            Example:
              meshmap simplify scan.ply --vertices 7000 --out small.ply
            """)

    @OptionGroup var input: MeshInput

    @Option(help: "How many vertices to keep.")
    var vertices: Int

    @Option(help: ArgumentHelp("The new mesh.", valueName: "file"))
    var out: String

    func validate() throws {
        guard vertices >= 4 else { throw ValidationError("--vertices is 4 or more") }
    }

    func run() throws {
        let mesh = try input.read().triangulated().mesh
        let simplified = try QuadricSimplifier.simplify(mesh, toVertices: vertices).mesh
        try MeshFile.write(SurfaceMesh(simplified), to: out)
        print("wrote \(out): \(simplified.vertexCount) vertices, \(simplified.triangleCount) triangles")
    }
}

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a mesh in another format; vertices keep their order.",
        discussion: """
            Example:
              meshmap convert base.obj body.glb --group body
            """)

    @OptionGroup var input: MeshInput

    @Argument(help: "The new file; its extension says the format.")
    var out: String

    func run() throws {
        let mesh = try input.read()
        try MeshFile.write(mesh, to: out)
        print("wrote \(out): \(mesh.positions.count) vertices, \(mesh.faces.count) faces")
    }
}
