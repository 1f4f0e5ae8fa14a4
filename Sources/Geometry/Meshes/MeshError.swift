/// What is wrong with a mesh, for an algorithm that needs it otherwise.
public enum MeshError: Error, Hashable, CustomStringConvertible {
    case vertexOutOfRange(face: Int, vertex: Int, vertices: Int)
    case notFinite(vertex: Int)
    /// More than two triangles meet at the edge, or two run along it in the same direction.
    case edgeNotManifold(Int, Int)
    /// Triangles around the vertex form more than one fan.
    case vertexNotManifold(Int)
    case empty
    /// The algorithm cannot do with this mesh; a sentence says why.
    case unsuitable(String)

    public var description: String {
        switch self {
        case .vertexOutOfRange(let face, let vertex, let vertices):
            "face \(face) names vertex \(vertex), the mesh has \(vertices) (numbered from 0)"
        case .notFinite(let vertex): "vertex \(vertex) has a coordinate that is not a number"
        case .edgeNotManifold(let a, let b):
            "the edge between vertices \(a) and \(b) belongs to more than two faces, or its faces are turned against "
                + "each other (meshmap check --fix can mend this)"
        case .vertexNotManifold(let vertex):
            "the faces around vertex \(vertex) touch only at that vertex (meshmap check --fix can mend this)"
        case .empty: "the mesh has no faces"
        case .unsuitable(let reason): reason
        }
    }
}
