import ArgumentParser
import Commands
import Foundation
import Geometry

struct GeodesicsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "geodesics", abstract: "Measure distances along the surface of a mesh.",
        discussion: """
            Distances from a vertex, or to the nearest of several, to every vertex, in the mesh's unit. Methods: exact (straight
            over the triangles), heat (within about a per cent of the mesh's diameter, and fast) and dijkstra (along edges).

            Components that no edge joins, such as the eyes and teeth of an artist's mesh, are bridged: starting from the
            component with the most vertices, the one with the nearest vertex is joined by an edge to it, of their straight
            distance, until all are joined. --separate leaves them infinitely far.

            --all-pairs writes every distance once, as a NumPy array of 32-bit numbers: that of vertices i > j, counted from
            0 and measured from i, is element i (i - 1) / 2 + j.

            Example:
              meshmap geodesics human.obj --method exact --from 0 --json
              meshmap geodesics human.obj --from 12 --from 408
              meshmap geodesics human.obj --method heat --all-pairs human-distances.npy
            """)

    @OptionGroup var input: MeshInput

    @Option(help: "exact, heat or dijkstra.")
    var method = GeodesicMethod.heat

    @Option(name: .customLong("from"), help: "A vertex, counted from 0; may be given several times.")
    var sources: [Int] = []

    @Option(help: ArgumentHelp("Write the distances between all vertices.", valueName: "file"))
    var allPairs: String?

    @Flag(help: "Do not bridge components.")
    var separate = false

    @OptionGroup var json: JSONOption

    func validate() throws {
        guard sources.isEmpty != (allPairs == nil) else {
            throw ValidationError("give --from with a vertex, or --all-pairs with a file")
        }
        guard sources.allSatisfy({ $0 >= 0 }) else { throw ValidationError("vertices are counted from 0") }
    }

    private struct Output: Encodable {
        var mesh: String
        var method: GeodesicMethod
        var vertices: Int
        var from: [Int]?
        var distances: [Double]?
        var allPairs: String?
    }

    func run() throws {
        let output = try input.measuring { mesh in
            if let vertex = sources.first(where: { $0 >= mesh.vertexCount }) {
                throw MeshError.unsuitable("has no vertex \(vertex): there are \(mesh.vertexCount), counted from 0")
            }
            let solver = try GeodesicSolver(mesh, method: method, bridging: !separate)
            var output = Output(mesh: input.mesh, method: method, vertices: mesh.vertexCount, allPairs: allPairs)
            if let allPairs {
                let progress = ProgressLine("distances")
                defer { progress.finish() }
                try GeodesicMatrix.write(solver, to: allPairs) { progress.update($0) }
            } else {
                output.from = sources
                output.distances = try solver.distances(fromSet: sources)
            }
            return output
        }
        if json.json { return try Terminal.json(output) }
        if let distances = output.distances { show(distances) }
        if let allPairs { print("wrote \(allPairs): distances between \(output.vertices) vertices") }
    }

    private func show(_ distances: [Double]) {
        let reached = distances.indices.filter { distances[$0].isFinite }
        let farthest = reached.max { distances[$0] < distances[$1] } ?? 0
        let mean = reached.reduce(0) { $0 + distances[$1] } / Double(max(reached.count, 1))
        print("farthest: vertex \(farthest), \(String(format: "%.6g", distances[farthest])) away")
        print("mean: \(String(format: "%.6g", mean))")
        if reached.count < distances.count { print("not reached: \(distances.count - reached.count) vertices") }
    }
}

extension GeodesicMethod: ExpressibleByArgument {}

extension MeshInput {
    /// Runs an algorithm on the mesh's triangles; what is wrong with the mesh is told with the file's name.
    func measuring<Result>(_ body: (TriangleMesh) throws -> Result) throws -> Result {
        do {
            return try body(read().triangulated().mesh)
        } catch let error as MeshError {
            throw MeshFileError(path: mesh, problem: error.description)
        }
    }
}
