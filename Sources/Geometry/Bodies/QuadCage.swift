/// Where a face of a cage belongs, the same on every species that has it.
public struct CageKey: Hashable, Sendable {
    public var region: CageRegion
    public var isLeft: Bool
    public var row: Int16
    public var sector: Int16
}

/// The pieces of which cages are made: tubes of rows and sectors, and what closes them.
public enum CageRegion: Int, Hashable, Sendable, CaseIterable {
    case trunk, crown, muzzle, proboscis, ear, horn, tail
    case arm, hand, thumb, index, middle, ring, little
    case leg, heel, foot, hallux, toe2, toe3, toe4, toe5
}

/// A closed quad mesh, symmetric about x = 0, whose faces have keys; with what the vertices carry into refinement.
struct QuadCage {
    struct Face {
        /// Counter-clockwise seen from outside.
        var corners: SIMD4<Int32>
        var key: CageKey
        /// The share of the key's row that the face covers, in the direction of its second local coordinate.
        var span: ClosedRange<Double> = 0...1
    }

    struct Vertex {
        var position: SIMD3<Double>
        var mask: FleshMask
        var weights: [BoneWeight]
        var isMiddle = false
    }

    private(set) var vertices: [Vertex] = []
    private(set) var faces: [Face] = []
    private(set) var mirror: [Int32] = []
    private(set) var faceMirror: [Int32] = []

    mutating func add(_ vertex: Vertex) -> Int32 {
        var vertex = vertex
        if vertex.isMiddle { vertex.position.x = 0 }
        vertices.append(vertex)
        return Int32(vertices.count - 1)
    }

    mutating func add(
        _ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32, _ region: CageRegion, row: Int, sector: Int,
        span: ClosedRange<Double> = 0...1
    ) {
        let key = CageKey(region: region, isLeft: true, row: Int16(row), sector: Int16(sector))
        faces.append(Face(corners: [a, b, c, d], key: key, span: span))
    }

    mutating func move(_ vertex: Int32, to position: SIMD3<Double>) { vertices[Int(vertex)].position = position }

    /// The whole body of its left half: vertices off the plane x = 0 and all faces twice.
    /// - Parameter mirrorBone: the bone on the other side.
    mutating func reflect(mirrorBone: (UInt16) -> UInt16) {
        let count = vertices.count
        mirror = [Int32](repeating: 0, count: count)
        for index in 0..<count {
            if vertices[index].isMiddle {
                mirror[index] = Int32(index)
                continue
            }
            var other = vertices[index]
            other.position.x = -other.position.x
            other.weights = other.weights.map { BoneWeight(bone: mirrorBone($0.bone), weight: $0.weight) }
            vertices.append(other)
            mirror[index] = Int32(vertices.count - 1)
            mirror.append(Int32(index))
        }
        let half = faces.count
        for index in 0..<half {
            let face = faces[index]
            let image = (0..<4).map { mirror[Int(face.corners[$0])] }
            var key = face.key
            key.isLeft = false
            // Turned so that the second local coordinate keeps its meaning.
            faces.append(Face(corners: [image[1], image[0], image[3], image[2]], key: key, span: face.span))
        }
        faceMirror = (0..<Int32(half)).map { $0 + Int32(half) } + (0..<Int32(half))
    }
}
