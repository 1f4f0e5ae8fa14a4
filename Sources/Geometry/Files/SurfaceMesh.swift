/// What a mesh file holds, in the file's own order: polygons, and what hangs on them.
public struct SurfaceMesh: Hashable, Sendable {
    public var positions: [SIMD3<Double>] = []
    /// One colour a vertex, or empty.
    public var colors: [SIMD3<UInt8>] = []
    /// Texture coordinates live in their own list: a vertex on a seam has several.
    public var textureCoordinates: [SIMD2<Double>] = []
    /// Polygons, one after another.
    public var faces = Polygons()
    /// One index into `textureCoordinates` a corner (-1 for none), or empty.
    public var cornerTextures: [Int32] = []
    public var groups = FaceNames()
    public var materials = FaceNames()

    public init() {}

    /// Polygons as one list of corners.
    public struct Polygons: Hashable, Sendable {
        /// Where each polygon begins in `corners`, and at the end their number.
        public private(set) var starts: [Int32] = [0]
        /// Vertices.
        public var corners: [Int32] = []

        public init() {}

        public var count: Int { starts.count - 1 }
        public func range(_ face: Int) -> Range<Int> { Int(starts[face])..<Int(starts[face + 1]) }

        public mutating func append(_ vertices: some Sequence<Int32>) {
            corners.append(contentsOf: vertices)
            starts.append(Int32(corners.count))
        }
    }

    /// A name for each face, such as its group or material.
    public struct FaceNames: Hashable, Sendable {
        /// In the order of first use.
        public var names: [String] = []
        /// One index into `names` a face (-1 for none), or empty.
        public var ofFace: [Int32] = []

        public init() {}

        mutating func index(of name: String) -> Int32 {
            if let known = names.firstIndex(of: name) { return Int32(known) }
            names.append(name)
            return Int32(names.count - 1)
        }

        func kept(_ faces: [Int]) -> FaceNames {
            var kept = self
            if !ofFace.isEmpty { kept.ofFace = faces.map { ofFace[$0] } }
            return kept
        }
    }

    /// The triangles alone.
    public init(_ mesh: TriangleMesh) {
        positions = mesh.positions
        for t in mesh.triangles { faces.append([t.x, t.y, t.z]) }
    }

    /// Only the faces of some groups, and only the vertices that they use, in the same order.
    /// - Returns: nil when a group is not there.
    public func keeping(groups wanted: [String]) -> SurfaceMesh? {
        let indices = wanted.compactMap { groups.names.firstIndex(of: $0) }
        guard indices.count == wanted.count else { return nil }
        return keeping(faces: (0..<faces.count).filter { indices.contains(Int(groups.ofFace[$0])) })
    }

    /// Only some faces, and only the vertices that they use, in the same order.
    public func keeping(faces wanted: [Int]) -> SurfaceMesh {
        var isUsed = [Bool](repeating: false, count: positions.count)
        for face in wanted { for c in faces.range(face) { isUsed[Int(faces.corners[c])] = true } }
        var number = [Int32](repeating: -1, count: positions.count)
        var kept = SurfaceMesh()
        kept.textureCoordinates = textureCoordinates
        for vertex in positions.indices where isUsed[vertex] {
            number[vertex] = Int32(kept.positions.count)
            kept.positions.append(positions[vertex])
            if !colors.isEmpty { kept.colors.append(colors[vertex]) }
        }
        for face in wanted {
            kept.faces.append(faces.range(face).map { number[Int(faces.corners[$0])] })
            if !cornerTextures.isEmpty { kept.cornerTextures += cornerTextures[faces.range(face)] }
        }
        kept.groups = groups.kept(wanted)
        kept.materials = materials.kept(wanted)
        return kept
    }
}
