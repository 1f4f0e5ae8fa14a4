import CFreeType

/// Which points are inside a path that crosses itself.
public enum FillRule: Sendable {
    case nonZero
    case evenOdd
}

/// How much of each pixel a shape covers, 0...255, in a window of the canvas.
struct Coverage {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
    var values: [UInt8]
}

/// FreeType's outline rasteriser and stroker: one antialiased path for polygons, strokes and text.
///
/// The handle belongs to this object alone and is never handed out; a canvas and its rasteriser stay on one task, since
/// neither is Sendable.
final class OutlineRasterizer {
    let library: FT_Library
    private let stroker: FT_Stroker
    /// FreeType counts points in 16 bits.
    private static let maximumPoints = 32_000
    /// Beyond this FreeType's fixed point overflows.
    private static let farthest = 100_000.0

    init() {
        // Both fail only when memory is exhausted.
        var library: FT_Library?
        FT_Init_FreeType(&library)
        var stroker: FT_Stroker?
        FT_Stroker_New(library, &stroker)
        self.library = library!
        self.stroker = stroker!
    }

    deinit {
        FT_Stroker_Done(stroker)
        FT_Done_FreeType(library)
    }

    /// The coverage of a filled path inside a canvas of `width` x `height`; nil when it lies outside.
    func coverage(of path: Path, rule: FillRule, width: Int, height: Int) -> Coverage? {
        let contours = path.contours.filter { $0.points.count > 2 }.map(Self.thinned)
        let points = contours.reduce(0) { $0 + $1.points.count }
        guard points > 0, points <= Self.maximumPoints else {
            return points > 0 ? merged(contours, rule: rule, width: width, height: height) : nil
        }
        var outline = FT_Outline()
        guard FT_Outline_New(library, UInt32(points), Int32(contours.count), &outline) == 0 else { return nil }
        defer { FT_Outline_Done(library, &outline) }
        var next = 0
        for (index, contour) in contours.enumerated() {
            for (point, kind) in zip(contour.points, contour.kinds) {
                outline.points[next] = Self.vector(point)
                outline.tags[next] = kind == .onCurve ? 1 : kind == .cubicControl ? 2 : 0
                next += 1
            }
            outline.contours[index] = .init(truncatingIfNeeded: next - 1)
        }
        if rule == .evenOdd { outline.flags |= Int32(FT_OUTLINE_EVEN_ODD_FILL) }
        return render(&outline, width: width, height: height)
    }

    /// Very many contours, as text has: in parts whose coverage is united. Holes stay with their part.
    private func merged(_ contours: [Path.Contour], rule: FillRule, width: Int, height: Int) -> Coverage? {
        var union: Coverage?
        var part = Path()
        var points = 0
        for (index, contour) in contours.enumerated() {
            part.append(contour)
            points += contour.points.count
            let following = index + 1 < contours.count ? contours[index + 1].points.count : Self.maximumPoints
            if points + following > Self.maximumPoints {
                union = Self.united(union, coverage(of: part, rule: rule, width: width, height: height))
                part = Path()
                points = 0
            }
        }
        return union
    }

    /// The coverage of a stroke `lineWidth` pixels wide with round caps and joins, or square ones.
    func coverage(
        ofStroke path: Path, lineWidth: Double, isRound: Bool, width: Int, height: Int
    ) -> Coverage? {
        FT_Stroker_Set(
            stroker, FT_Fixed((lineWidth * 32).rounded()), isRound ? FT_STROKER_LINECAP_ROUND : FT_STROKER_LINECAP_BUTT,
            isRound ? FT_STROKER_LINEJOIN_ROUND : FT_STROKER_LINEJOIN_MITER_FIXED, 4 << 16)
        var union: Coverage?
        for contour in path.contours where contour.points.count > 1 {
            for piece in Self.pieces(of: contour) {
                union = Self.united(union, stroke(piece, width: width, height: height))
            }
        }
        return union
    }

    private func stroke(_ contour: Path.Contour, width: Int, height: Int) -> Coverage? {
        var points = contour.points.map(Self.vector)
        FT_Stroker_BeginSubPath(stroker, &points[0], contour.isClosed ? 0 : 1)
        var i = 1
        while i < points.count {
            switch contour.kinds[i] {
            case .onCurve:
                FT_Stroker_LineTo(stroker, &points[i])
                i += 1
            case .quadraticControl where i + 1 < points.count:
                var end = points[i + 1]
                FT_Stroker_ConicTo(stroker, &points[i], &end)
                i += 2
            case .cubicControl where i + 2 < points.count:
                var second = points[i + 1]
                var end = points[i + 2]
                FT_Stroker_CubicTo(stroker, &points[i], &second, &end)
                i += 3
            default: i = points.count
            }
        }
        FT_Stroker_EndSubPath(stroker)
        defer { FT_Stroker_Rewind(stroker) }
        var pointCount: UInt32 = 0
        var contourCount: UInt32 = 0
        guard FT_Stroker_GetCounts(stroker, &pointCount, &contourCount) == 0, pointCount > 0,
            pointCount < 32_767, contourCount < 32_767
        else { return nil }
        var outline = FT_Outline()
        guard FT_Outline_New(library, pointCount, Int32(contourCount), &outline) == 0 else { return nil }
        defer { FT_Outline_Done(library, &outline) }
        outline.n_points = 0
        outline.n_contours = 0
        FT_Stroker_Export(stroker, &outline)
        return render(&outline, width: width, height: height)
    }

    private func render(_ outline: inout FT_Outline, width: Int, height: Int) -> Coverage? {
        var box = FT_BBox()
        FT_Outline_Get_CBox(&outline, &box)
        // FreeType's y points up: a canvas row y is at -y.
        let left = max(0, box.xMin >> 6)
        let right = min(width, (box.xMax + 63) >> 6)
        let top = max(0, -((box.yMax + 63) >> 6))
        let bottom = min(height, -(box.yMin >> 6))
        guard left < right, top < bottom else { return nil }
        FT_Outline_Translate(&outline, -left * 64, bottom * 64)
        var coverage = Coverage(
            x: left, y: top, width: right - left, height: bottom - top,
            values: [UInt8](repeating: 0, count: (right - left) * (bottom - top)))
        let status = coverage.values.withUnsafeMutableBufferPointer { values in
            var bitmap = FT_Bitmap()
            bitmap.rows = UInt32(bottom - top)
            bitmap.width = UInt32(right - left)
            bitmap.pitch = Int32(right - left)
            bitmap.buffer = values.baseAddress
            bitmap.num_grays = 256
            bitmap.pixel_mode = UInt8(FT_PIXEL_MODE_GRAY.rawValue)
            return FT_Outline_Get_Bitmap(library, &outline, &bitmap)
        }
        return status == 0 ? coverage : nil
    }

    private static func vector(_ point: PixelPoint) -> FT_Vector {
        func fixed(_ value: Double) -> Int { Int((min(farthest, max(-farthest, value)) * 64).rounded()) }
        // Not-a-number has no place; it goes to the origin rather than stopping the program.
        return FT_Vector(x: point.x.isNaN ? 0 : fixed(point.x), y: point.y.isNaN ? 0 : -fixed(point.y))
    }

    /// A contour that FreeType can count: too many points are thinned evenly, which no eye can see at that density.
    private static func thinned(_ contour: Path.Contour) -> Path.Contour {
        guard contour.points.count > maximumPoints else { return contour }
        let step = contour.points.count / maximumPoints + 1
        let points = stride(from: 0, to: contour.points.count, by: step).map { contour.points[$0] }
        return Path.Contour(
            points: points, kinds: [Path.Kind](repeating: .onCurve, count: points.count), isClosed: contour.isClosed)
    }

    /// Long polylines in pieces that share their ends; a stroke has several points for each of the path's.
    private static func pieces(of contour: Path.Contour) -> [Path.Contour] {
        let limit = 2000
        guard contour.points.count > limit, contour.kinds.allSatisfy({ $0 == .onCurve }) else { return [contour] }
        let points = contour.isClosed ? contour.points + [contour.points[0]] : contour.points
        return stride(from: 0, to: points.count - 1, by: limit).map { start in
            let part = Array(points[start...min(start + limit, points.count - 1)])
            return Path.Contour(points: part, kinds: [Path.Kind](repeating: .onCurve, count: part.count))
        }
    }

    private static func united(_ a: Coverage?, _ b: Coverage?) -> Coverage? {
        guard let a else { return b }
        guard let b else { return a }
        let x = min(a.x, b.x)
        let y = min(a.y, b.y)
        let width = max(a.x + a.width, b.x + b.width) - x
        let height = max(a.y + a.height, b.y + b.height) - y
        var result = Coverage(
            x: x, y: y, width: width, height: height, values: [UInt8](repeating: 0, count: width * height))
        for part in [a, b] {
            for row in 0..<part.height {
                let to = (part.y - y + row) * width + part.x - x
                for column in 0..<part.width {
                    result.values[to + column] = max(result.values[to + column], part.values[row * part.width + column])
                }
            }
        }
        return result
    }
}
