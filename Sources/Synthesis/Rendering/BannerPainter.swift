import Imaging

/// Draws the line of text that camera traps put below their pictures, from letters that are drawn once.
struct BannerPainter: Sendable {
    private let height: Int
    /// Of each character: its width and how white each of its pixels is, row-major.
    private let glyphs: [Character: (width: Int, cover: [UInt8])]

    /// - Parameter height: of the line in pixels.
    /// - Throws: `ImageError` when the font is missing.
    init(height: Int) throws {
        self.height = height
        let size = Double(height) * 0.68
        var glyphs: [Character: (width: Int, cover: [UInt8])] = [:]
        for character in Set("0123456789-:°CAM ●◐○◑") {
            var probe = Canvas(width: 1, height: 1)
            let width = max(1, Int(try probe.textWidth(String(character), size: size).rounded(.up)))
            var canvas = Canvas(width: width, height: height, background: .black)
            try canvas.text(
                String(character), at: PixelPoint(0, Double(height) * 0.5 + size * 0.36), size: size, color: .white)
            let pixels = canvas.image.withPixels { Array($0) }
            glyphs[character] = (width, stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] })
        }
        self.glyphs = glyphs
    }

    /// Fills the lowest rows of an RGB picture.
    func paint(_ text: String, on bytes: inout [UInt8], width: Int, height pictureHeight: Int) {
        let top = pictureHeight - height
        for i in (3 * top * width)..<(3 * pictureHeight * width) { bytes[i] = 8 }
        var x = height / 2
        for character in text {
            guard let glyph = glyphs[character] else { continue }
            guard x + glyph.width < width else { return }
            for row in 0..<height {
                for column in 0..<glyph.width {
                    let value = UInt8(max(8, Int(glyph.cover[row * glyph.width + column]) * 235 / 255))
                    let i = 3 * ((top + row) * width + x + column)
                    bytes[i] = value
                    bytes[i + 1] = value
                    bytes[i + 2] = value
                }
            }
            x += glyph.width
        }
    }
}
