import Foundation
import Imaging

/// The colour of each point of a surface, red, green and blue from 0 to 255.
public enum SurfaceColoring: Sendable {
    case plain(Color)
    /// One colour a vertex, interpolated.
    case vertices([SIMD3<Double>])
    /// One colour a triangle.
    case triangles([Color])
    /// Whatever depends on the place.
    case function(@Sendable (SurfacePoint) -> SIMD3<Double>)

    func color(at point: SurfacePoint, of mesh: TriangleMesh) -> SIMD3<Double> {
        switch self {
        case .plain(let color): return Self.vector(color)
        case .vertices(let colors):
            let t = mesh.triangles[Int(point.triangle)]
            return colors[Int(t.x)] * point.barycentric.x + colors[Int(t.y)] * point.barycentric.y
                + colors[Int(t.z)] * point.barycentric.z
        case .triangles(let colors): return Self.vector(colors[Int(point.triangle)])
        case .function(let color): return color(point)
        }
    }

    public static func vector(_ color: Color) -> SIMD3<Double> {
        [Double(color.red), Double(color.green), Double(color.blue)]
    }

    /// The parts of a body, each point in the colour of its nearest vertex's part.
    public static func parts(_ labels: PartLabels, of mesh: TriangleMesh) -> SurfaceColoring {
        let colors = labels.names.indices.map { vector(part($0)) }
        let unlabelled = SIMD3<Double>(repeating: 150)
        let (ofVertex, triangles) = (labels.labels, mesh.triangles)
        return .function { point in
            let label = ofVertex[Int(triangles[Int(point.triangle)][point.nearestCorner])]
            return label == PartLabels.none ? unlabelled : colors[Int(label)]
        }
    }

    /// The charts, each in its colour, with a pattern of squares that shows (u, v): `squares` along each side.
    public static func charts(_ atlas: ChartAtlas, of mesh: TriangleMesh, squares: Int = 0) -> SurfaceColoring {
        let faces = atlas.faces(of: mesh)
        let colors = (0...255).map { $0 == 0 ? SIMD3(repeating: 150) : vector(part($0 - 1)) }
        return .function { point in
            let (face, turn) = faces[Int(point.triangle)]
            guard face >= 0 else { return colors[0] }
            let color = colors[Int(atlas.charts[Int(face)])]
            guard squares > 0 else { return color }
            var place = SIMD2<Double>.zero
            for c in 0..<3 {
                place += atlas.coordinates[Int(atlas.faces[Int(face)][(c + turn) % 3])] * point.barycentric[c]
            }
            let (column, row) = (Int(place.x * Double(squares)), Int(place.y * Double(squares)))
            return (column + row).isMultiple(of: 2) ? color : color * 0.45 + SIMD3(repeating: 130)
        }
    }

    /// The colours of another surface at the points that a map names, `missing` where there is none.
    public static func carried(
        _ coloring: SurfaceColoring, from source: TriangleMesh, by map: SurfaceMap, onto mesh: TriangleMesh,
        missing: SIMD3<Double> = SIMD3(repeating: 150)
    ) -> SurfaceColoring {
        // In the space of the source, where neighbours lie side by side; then what is nearest.
        let tree = TriangleTree(source)
        return .function { point in
            guard let image = map.image(of: point, from: mesh, on: source, tree: tree) else { return missing }
            return coloring.color(at: image, of: source)
        }
    }

    /// Numbers on the vertices as colours; values from `range` fill the map.
    public static func heat(
        _ values: [Double], range: ClosedRange<Double>, map: ColorMap = .viridis
    ) -> SurfaceColoring {
        let span = max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
        return .vertices(values.map { vector(map[($0 - range.lowerBound) / span]) })
    }

    /// Colours that say where on the body a point is: the place in its box as red, green and blue.
    public static func places(of mesh: TriangleMesh) -> [SIMD3<Double>] {
        let (low, high) = mesh.bounds
        let size = high - low
        return mesh.positions.map { position in
            var share = SIMD3<Double>(repeating: 0.5)
            for axis in 0..<3 where size[axis] > 0 { share[axis] = (position[axis] - low[axis]) / size[axis] }
            return SIMD3(repeating: 40) + share * 205
        }
    }

    /// A colour for a part or chart by its number from 0: those of `Palette.parts`, then lighter and darker ones.
    public static func part(_ index: Int) -> Color {
        let color = Palette.parts[index % Palette.parts.count]
        switch index / Palette.parts.count % 3 {
        case 0: return color
        case 1: return color.mixed(with: .white, 0.45)
        default: return color.mixed(with: .black, 0.4)
        }
    }
}
