import Catalog
import Imaging
import Testing

@testable import Annotations

@Suite struct UprightBoxTests {
    @Test(arguments: Orientation.allCases) func `a box drawn upright is where its pixels are stored`(
        orientation: Orientation
    ) throws {
        // One stored pixel is white; where it is shown once upright, and back.
        var image = Image(width: 7, height: 5, channels: 1)
        image[5, 1] = 255
        let shown = orientation.turning(image)
        let place = (0..<shown.width * shown.height).first { shown.bytes[$0] == 255 }!
        let box = Box(x: Double(place % shown.width), y: Double(place / shown.width), width: 1, height: 1)
        let stored = UprightBox.stored(box, orientation, width: 7, height: 5)
        #expect(stored == Box(x: 5, y: 1, width: 1, height: 1))
        #expect(UprightBox.upright(stored, orientation, width: 7, height: 5) == box)
    }

    @Test func `sides change places with the axes`() {
        let box = Box(x: 1, y: 2, width: 3, height: 1)
        let stored = UprightBox.stored(box, .needsClockwiseTurn, width: 40, height: 20)
        #expect(stored == Box(x: 2, y: 16, width: 1, height: 3))
        #expect(UprightBox.upright(stored, .needsClockwiseTurn, width: 40, height: 20) == box)
    }
}

extension Orientation {
    /// The stored image turned upright, by way of a PNG and its reader.
    fileprivate func turning(_ image: Image) -> Image { image.oriented(self) }
}
