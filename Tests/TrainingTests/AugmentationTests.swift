import Foundation
import Hashing
import Imaging
import Testing

@testable import Training

@Suite struct AugmentationTests {
    /// Each pixel tells where it was: red is x, green is y.
    private func grid(_ width: Int, _ height: Int) -> Image {
        var image = Image(width: width, height: height, channels: 3)
        for y in 0..<height {
            for x in 0..<width { (image[x, y, 0], image[x, y, 1], image[x, y, 2]) = (UInt16(x), UInt16(y), 77) }
        }
        return image
    }

    private func applied(_ steps: [AugmentationStep], to picture: Picture, seed: UInt64 = 3) -> Picture {
        var generator = SeededGenerator(seed: seed)
        var picture = picture
        Augmentation(steps).apply(to: &picture, using: &generator)
        return picture
    }

    @Test func `crops and mirrored pictures carry their labels along`() throws {
        let image = grid(40, 30)
        let picture = applied(
            [.randomCrop(width: 20, height: 10), .randomFlip(probability: 1)],
            to: try Picture(image, labelMaps: [image.grey()]))
        #expect((picture.image.width, picture.image.height) == (20, 10))
        #expect(picture.labelMaps[0] == picture.image.grey())
        #expect(picture.transform.isMirrored)
        // The pixel that a label points to is the pixel that the label pointed to before.
        for (x, y) in [(0, 0), (7, 3), (19, 9)] {
            let (oldX, oldY) = (picture.image[x, y, 0], picture.image[x, y, 1])
            let there = picture.transform.apply(PixelPoint(Double(oldX) + 0.5, Double(oldY) + 0.5))
            #expect((there.x, there.y) == (Double(x) + 0.5, Double(y) + 0.5))
            let back = picture.transform.undo(there)
            #expect((back.x, back.y) == (Double(oldX) + 0.5, Double(oldY) + 0.5))
        }
        let corner = picture.transform.undo(PixelPoint(0, 0))
        let box = picture.transform.apply(x: corner.x - 20, y: corner.y, width: 20, height: 10)
        #expect((box.x, box.y, box.width, box.height) == (0, 0, 20, 10))
    }

    @Test func `crops reach every corner and no further`() throws {
        var seen: Set<[Int]> = []
        for seed in 0..<400 as Range<UInt64> {
            let picture = applied([.randomCrop(width: 4, height: 3)], to: try Picture(grid(6, 5)), seed: seed)
            seen.insert([Int(picture.image[0, 0, 0]), Int(picture.image[0, 0, 1])])
        }
        #expect(seen == Set((0...2).flatMap { x in (0...2).map { [x, $0] } }))
        let small = applied([.randomCrop(width: 9, height: 3)], to: try Picture(grid(6, 5)))
        #expect((small.image.width, small.image.height) == (6, 3))
    }

    @Test func `resizing follows the formulas of pix2pixHD and detectron2`() {
        func size(_ step: AugmentationStep, _ width: Int, _ height: Int, choice: Int = 0) -> [Int] {
            let size = step.size(of: (width, height), choice: choice)
            return [size.width, size.height]
        }
        #expect(size(.resizeWidth(512, .bicubicPillow), 1024, 577) == [512, 288])
        // ResizeShortestEdge.get_output_shape of detectron2 0.6.
        let shorter = AugmentationStep.resizeShorterSide([640, 800], longest: 1333, .bilinearPillow)
        #expect(size(shorter, 640, 480) == [853, 640])
        #expect(size(shorter, 640, 480, choice: 1) == [1067, 800])
        #expect(size(shorter, 480, 640) == [640, 853])
        #expect(size(shorter, 1000, 300) == [1333, 400])
        #expect(size(.resize(width: 7, height: 9, .boxPillow), 3, 4) == [7, 9])
    }

    @Test func `a reduced JPEG gives the size and nearly the picture of the whole`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reduced-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var image = Image(width: 255, height: 131, channels: 3)
        for y in 0..<131 {
            for x in 0..<255 {
                (image[x, y, 0], image[x, y, 1], image[x, y, 2]) = (UInt16(x), UInt16(2 * y % 256), UInt16((x + y) / 2))
            }
        }
        try image.write(toFileAt: folder + "/p.jpg", quality: 95)
        let augmentation = Augmentation([.resizeShorterSide([32], longest: nil, .bilinearPillow)])
        var (whole, reduced) = (
            try Picture(fileAt: folder + "/p.jpg"), try Picture(fileAt: folder + "/p.jpg", for: augmentation)
        )
        #expect((reduced.image.width, reduced.image.height) == (64, 33))
        var generator = SeededGenerator(seed: 1)
        augmentation.apply(to: &whole, using: &generator)
        augmentation.apply(to: &reduced, using: &generator)
        #expect((reduced.image.width, reduced.image.height) == (62, 32))
        #expect(reduced.transform == whole.transform)
        #expect((reduced.originalWidth, reduced.originalHeight) == (255, 131))
        let difference = zip(whole.image.bytes, reduced.image.bytes).map { abs(Int($0) - Int($1)) }
        #expect(Double(difference.reduce(0, +)) / Double(difference.count) < 2)
        // Steps that need every pixel get them.
        let crop = Augmentation([.randomCrop(width: 8, height: 8)])
        #expect(try Picture(fileAt: folder + "/p.jpg", for: crop).image.width == 255)
    }

    @Test func `colour jitter has the arithmetic of Pillow`() throws {
        let image = Image(
            width: 4, height: 1, channels: 3, bytes: [0, 128, 255, 10, 20, 30, 200, 100, 50, 255, 255, 255])
        func changed(_ change: ColorJitter.Change, _ factor: Float) -> [UInt8] {
            var result = image
            ColorJitter([(change, factor)]).apply(to: &result)
            return result.bytes
        }
        // ImageEnhance of Pillow 13, with these pixels and factors.
        #expect(changed(.brightness, 0.6) == [0, 76, 153, 6, 12, 18, 120, 60, 30, 153, 153, 153])
        #expect(changed(.brightness, 1.7) == [0, 217, 255, 17, 34, 51, 255, 170, 85, 255, 255, 255])
        #expect(changed(.contrast, 0.6) == [50, 126, 203, 56, 61, 68, 170, 110, 80, 203, 203, 203])
        #expect(changed(.contrast, 1.7) == [0, 130, 255, 0, 0, 0, 252, 82, 0, 255, 255, 255])
        #expect(changed(.saturation, 0.6) == [41, 118, 194, 13, 19, 25, 169, 109, 79, 255, 255, 255])
        #expect(changed(.saturation, 1.7) == [0, 144, 255, 4, 21, 38, 253, 83, 0, 255, 255, 255])
    }

    @Test func `an augmentation is saved with the run, and the same seed gives the same picture`() throws {
        let steps: [AugmentationStep] = [
            .resizeShorterSide([20, 24, 28], longest: 60, .bilinearPillow), .randomCrop(width: 16, height: 16),
            .randomFlip(probability: 0.5), .colorJitter(brightness: 0.4, contrast: 0.3, saturation: 0.2),
        ]
        let augmentation = Augmentation(steps)
        let again = try JSONDecoder().decode(Augmentation.self, from: JSONEncoder().encode(augmentation))
        #expect(again == augmentation)
        let picture = try Picture(grid(50, 40))
        let one = applied(again.steps, to: picture, seed: 11)
        #expect(one.image == applied(steps, to: picture, seed: 11).image)
        #expect(one.image != applied(steps, to: picture, seed: 12).image)
    }

    @Test func `a label map of another size is refused`() throws {
        #expect(throws: ImageError.self) { try Picture(grid(4, 4), labelMaps: [grid(4, 5)]) }
    }
}
