import Annotations
import Imaging
import Testing

struct PixelMaskTests {
    @Test func `pixels of a mask are cut to its foreground`() throws {
        // Two columns of a 4 x 5 picture: rows 1 and 2 of column 1, row 2 of column 2.
        let runs = try RunLengthMask(height: 4, width: 5, counts: [5, 2, 3, 1, 9])
        let (mask, x, y) = try #require(runs.pixelMask())
        #expect((x, y, mask.width, mask.height) == (1, 1, 2, 2))
        #expect(mask.values == [1, 0, 1, 1])
    }

    @Test func `an empty mask has no pixels`() throws {
        #expect(try RunLengthMask.empty(height: 4, width: 5).pixelMask()?.mask == nil)
    }
}
