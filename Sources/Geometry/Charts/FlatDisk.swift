/// A piece of surface with one boundary and no handle, which can be laid flat.
public struct FlatDisk: Sendable {
    /// The surface's vertex of each vertex here.
    public let vertices: [Int32]
    /// The piece alone.
    public let mesh: TriangleMesh
    /// Vertices of the boundary, counter-clockwise.
    public let boundary: [Int32]

    /// - Parameter triangles: of the surface.
    /// - Throws: `MeshError.unsuitable` when they are no disk.
    public init(_ mesh: TriangleMesh, triangles: [Int]) throws(MeshError) {
        var number: [Int32: Int32] = [:]
        var vertices: [Int32] = []
        var local: [SIMD3<Int32>] = []
        for index in triangles {
            var t = mesh.triangles[index]
            for c in 0..<3 {
                if number[t[c]] == nil {
                    number[t[c]] = Int32(vertices.count)
                    vertices.append(t[c])
                }
                t[c] = number[t[c]]!
            }
            local.append(t)
        }
        self.vertices = vertices
        self.mesh = try TriangleMesh(positions: vertices.map { mesh.positions[Int($0)] }, triangles: local)
        let topology: MeshTopology
        do {
            topology = try MeshTopology(self.mesh)
        } catch {
            throw .unsuitable("the piece touches itself at a vertex or an edge")
        }
        let open = topology.twin.indices.filter { topology.twin[$0] < 0 }
        guard let first = open.first else { throw .unsuitable("the piece has no boundary") }
        var loop: [Int32] = []
        var h = Int32(first)
        repeat {
            loop.append(topology.tail(h))
            // From the end of this edge the boundary goes on with the edge that has no other side.
            h = topology.outgoing[Int(topology.head(h))]
        } while h != Int32(first) && loop.count <= open.count
        guard loop.count == open.count else { throw .unsuitable("the piece has more than one boundary") }
        let edges = (3 * local.count + open.count) / 2
        guard vertices.count - edges + local.count == 1 else {
            throw .unsuitable("the piece is not connected or has a handle")
        }
        boundary = loop
    }

    /// Whether triangles alone form a disk.
    static func isDisk(_ triangles: [SIMD3<Int32>]) -> Bool {
        let count = Int((triangles.map { $0.max() }.max() ?? -1) + 1)
        guard
            let mesh = try? TriangleMesh(
                positions: [SIMD3<Double>](repeating: .zero, count: count), triangles: triangles)
        else { return false }
        return (try? FlatDisk(mesh, triangles: Array(triangles.indices))) != nil
    }
}
