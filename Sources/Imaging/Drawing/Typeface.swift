import CFreeType
import Glibc

/// A font file, as outlines at any size. Kept by the canvas that draws with it.
final class Typeface {
    private let rasterizer: OutlineRasterizer
    private let face: FT_Face
    private var size = 0.0

    /// DejaVu Sans of the package fonts-dejavu-core, unless the environment variable KINDRED_FONT names another file.
    static var path: String {
        getenv("KINDRED_FONT").map { String(cString: $0) } ?? "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    }

    /// - Throws: `ImageError.Problem.cannotOpen` when there is no such font.
    init(rasterizer: OutlineRasterizer, path: String = Typeface.path) throws {
        var face: FT_Face?
        guard FT_New_Face(rasterizer.library, path, 0, &face) == 0, let face else {
            throw ImageError(
                path,
                .cannotOpen("no font there; install fonts-dejavu-core or name a TrueType file in KINDRED_FONT"))
        }
        self.face = face
        self.rasterizer = rasterizer
    }

    // The rasteriser, held above, outlives its faces.
    deinit { FT_Done_Face(face) }

    /// A line of text as one path with its origin at the left end of the baseline, and its advance in pixels.
    func path(for text: String, size: Double) -> (path: Path, advance: Double) {
        setSize(size)
        var path = Path()
        var x = 0.0
        var previous: UInt32 = 0
        for scalar in text.unicodeScalars {
            let glyph = FT_Get_Char_Index(face, FT_ULong(scalar.value))
            if previous != 0 {
                var kerning = FT_Vector()
                FT_Get_Kerning(face, previous, glyph, FT_KERNING_DEFAULT.rawValue, &kerning)
                x += Double(kerning.x) / 64
            }
            previous = glyph
            // Light hinting fits stems to rows, never to columns, so that small text is crisp and its spacing true.
            guard FT_Load_Glyph(face, glyph, Int32(FT_LOAD_NO_BITMAP | 1 << 16)) == 0, let slot = face.pointee.glyph
            else {
                continue
            }
            append(slot.pointee.outline, at: x, to: &path)
            x += Double(slot.pointee.linearHoriAdvance) / 65_536
        }
        return (path, x)
    }

    /// The highest ascent and deepest descent of the font at a size, in pixels, both positive.
    func metrics(size: Double) -> (ascent: Double, descent: Double) {
        let unit = size / Double(face.pointee.units_per_EM)
        return (Double(face.pointee.ascender) * unit, -Double(face.pointee.descender) * unit)
    }

    private func setSize(_ value: Double) {
        guard value != size else { return }
        size = value
        FT_Set_Char_Size(face, 0, FT_F26Dot6((min(2000, max(1, value)) * 64).rounded()), 72, 72)
    }

    private func append(_ outline: FT_Outline, at x: Double, to path: inout Path) {
        var start = 0
        for index in 0..<Int(outline.n_contours) {
            let end = Int(outline.contours[index])
            guard end >= start else { continue }
            var contour = Path.Contour(isClosed: true)
            for i in start...end {
                let point = outline.points[i]
                contour.points.append(PixelPoint(x + Double(point.x) / 64, -Double(point.y) / 64))
                let tag = Int(outline.tags[i]) & 3
                contour.kinds.append(tag == 1 ? .onCurve : tag == 2 ? .cubicControl : .quadraticControl)
            }
            path.append(contour)
            start = end + 1
        }
    }
}
