/// How distances on a surface are measured.
public enum GeodesicMethod: String, CaseIterable, Codable, Sendable {
    /// Along straight lines over the triangles: the true distance on the mesh, by window propagation. Slow.
    case exact
    /// From how heat spreads, on the intrinsic Delaunay triangulation: within about a per cent of the mesh's diameter. Fast.
    case heat
    /// Along edges: never too short, and longer the worse edges follow the way. Takes meshes that are no manifolds.
    case dijkstra
}
