import Geometry
import Testing

@Suite struct MeshTopologyTests {
    /// A tetrahedron, seen from outside counter-clockwise.
    static let tetrahedron = try! TriangleMesh(
        positions: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
        triangles: [[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]])

    @Test func everyEdgeOfAClosedMeshHasTwoSides() throws {
        let topology = try MeshTopology(Self.tetrahedron)
        #expect(topology.isClosed)
        for h in 0..<Int32(12) {
            let twin = topology.twin[Int(h)]
            #expect(topology.tail(h) == topology.head(twin))
            #expect(topology.twin[Int(twin)] == h)
        }
        #expect(topology.neighbors(of: 0).sorted() == [1, 2, 3])
    }

    @Test func aWalkAroundABoundaryVertexMeetsAllItsNeighbours() throws {
        let fan = try TriangleMesh(
            positions: [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], triangles: [[0, 2, 3], [0, 1, 2]])
        let topology = try MeshTopology(fan)
        #expect(topology.neighbors(of: 0) == [1, 2, 3])
        #expect(topology.isBoundary(vertex: 0))
        #expect(!topology.isClosed)
    }

    @Test func aThirdFaceOnAnEdgeIsRefused() {
        #expect(throws: MeshError.edgeNotManifold(0, 1)) {
            try MeshTopology(triangles: [[0, 1, 2], [1, 0, 3], [1, 0, 4]], vertexCount: 5)
        }
    }

    @Test func twoFansThatTouchInAVertexAreRefused() {
        #expect(throws: MeshError.vertexNotManifold(0)) {
            try MeshTopology(triangles: [[0, 1, 2], [0, 3, 4]], vertexCount: 5)
        }
    }
}
