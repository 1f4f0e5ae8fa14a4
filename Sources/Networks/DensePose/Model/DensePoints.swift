/// Annotated points of one object, in its box: x and y run from 0 to 256 across and down (detectron2's training
/// convention; its evaluation divides by 255).
public struct DensePoints: Hashable, Sendable, Codable {
    public var x, y: [Float]
    /// The chart, 1...24, and 0 for background.
    public var charts: [UInt8]
    /// 0...1 in the chart.
    public var u, v: [Float]
    /// 0-based vertices of a reference mesh, where points are given so; then there are no charts.
    public var vertices: [Int32]
    /// The mesh of `vertices`.
    public var mesh: String?

    /// - Precondition: as many of each.
    public init(x: [Float], y: [Float], charts: [UInt8], u: [Float], v: [Float]) {
        precondition([y.count, charts.count, u.count, v.count].allSatisfy { $0 == x.count }, "as many of each")
        (self.x, self.y, self.charts, self.u, self.v) = (x, y, charts, u, v)
        (vertices, mesh) = ([], nil)
    }

    public init(x: [Float], y: [Float], vertices: [Int32], mesh: String) {
        precondition(x.count == y.count && x.count == vertices.count, "as many of each")
        (self.x, self.y, self.vertices, self.mesh) = (x, y, vertices, mesh)
        (charts, u, v) = ([], [], [])
    }

    public var count: Int { x.count }
}

/// A box of x1, y1, x2, y2 in pixels.
public typealias BoxCorners = SIMD4<Float>

/// Annotated points where they lie on the grids of the regions that shall learn them.
struct GridPoints {
    /// Which of the regions, at most once for each point and region.
    var regions: [Int] = []
    /// Indices into the object's points.
    var charts: [Int] = []
    var u: [Float] = []
    var v: [Float] = []
    var vertices: [Int] = []
    /// The four neighbours: rows and columns before and after, and how far the point is from the one before.
    var top: [Int] = [], bottom: [Int] = [], left: [Int] = [], right: [Int] = []
    var down: [Float] = [], across: [Float] = []
    var count: Int { regions.count }

    /// Some of the points, all of charts or all of vertices.
    func selecting(_ places: [Int]) -> GridPoints {
        func of<Value>(_ values: [Value]) -> [Value] { values.isEmpty ? [] : places.map { values[$0] } }
        var result = GridPoints()
        (result.regions, result.charts, result.u, result.v) = (of(regions), of(charts), of(u), of(v))
        (result.vertices, result.down, result.across) = (of(vertices), of(down), of(across))
        (result.top, result.bottom, result.left, result.right) = (of(top), of(bottom), of(left), of(right))
        return result
    }

    init() {}

    /// - Parameters:
    ///   - points: of the object that each region was matched to; nil where it has none.
    ///   - truth: boxes of these objects.
    ///   - regions: boxes of the regions.
    ///   - side: Z, points along a side of the grid.
    ///   - isReference: grid point g lies at g/Z of the box, as detectron2 reckons; otherwise at (g + ½)/Z, as regions are
    ///     pooled and predictions drawn.
    init(
        _ points: [DensePoints?], truth: [BoxCorners], regions boxes: [BoxCorners], side: Int, isReference: Bool
    ) {
        for (region, object) in points.enumerated() {
            guard let object else { continue }
            for point in 0..<object.count {
                let size = truth[region]
                guard
                    let y = GridPlace(
                        object.y[point], from: size.y, to: size.w, of: boxes[region].y, boxes[region].w, side,
                        isReference),
                    let x = GridPlace(
                        object.x[point], from: size.x, to: size.z, of: boxes[region].x, boxes[region].z, side,
                        isReference)
                else { continue }
                regions.append(region)
                if object.vertices.isEmpty {
                    charts.append(Int(object.charts[point]))
                    u.append(object.u[point])
                    v.append(object.v[point])
                } else {
                    vertices.append(Int(object.vertices[point]))
                }
                top.append(y.before)
                bottom.append(y.after)
                down.append(y.share)
                left.append(x.before)
                right.append(x.after)
                across.append(x.share)
            }
        }
    }
}

/// Where a coordinate falls on a grid of `side` points.
private struct GridPlace {
    let before, after: Int
    let share: Float

    /// nil outside the region.
    init?(
        _ value: Float, from low: Float, to high: Float, of start: Float, _ end: Float, _ side: Int,
        _ isReference: Bool
    ) {
        let offset = low + value * (high - low) / 256 - start
        let size = end - start
        guard offset >= 0, offset < size else { return nil }
        var place = offset * Float(side) / size
        if !isReference { place = max(0, place - 0.5) }
        before = min(max(Int(place.rounded(.down)), 0), side - 1)
        after = min(before + 1, side - 1)
        share = min(Float(after), place) - Float(before)
    }
}
