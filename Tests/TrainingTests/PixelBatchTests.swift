import Imaging
import Testing

@testable import Training

@Suite struct PixelBatchTests {
    private let normalization = PixelNormalization(mean: [10, 20, 30], scale: [1, 0.5, 0.25])

    @Test func `interleaved bytes become normalised planes`() {
        let image = Image(width: 2, height: 1, channels: 3, bytes: [10, 22, 34, 0, 255, 30])
        let batch = PixelBatch([image, image], normalization: normalization)
        #expect((batch.count, batch.height, batch.width) == (2, 1, 2))
        #expect(batch.values == [0, -10, 1, 117.5, 1, 0, 0, -10, 1, 117.5, 1, 0])
    }

    @Test func `grey counts as three equal colours, and alpha does not count`() {
        let grey = Image(width: 1, height: 1, channels: 1, bytes: [50])
        #expect(PixelBatch([grey], normalization: normalization).values == [40, 15, 5])
        let alpha = Image(width: 1, height: 1, channels: 4, bytes: [50, 50, 50, 3])
        #expect(PixelBatch([alpha], normalization: normalization).values == [40, 15, 5])
    }

    @Test func `smaller pictures are padded with zeros at the right and below`() {
        let small = Image(width: 1, height: 1, channels: 3, bytes: [11, 22, 34])
        let large = Image(width: 2, height: 3, channels: 3, bytes: [UInt8](repeating: 10, count: 18))
        let batch = PixelBatch([small, large], normalization: normalization, divisor: 4)
        #expect((batch.height, batch.width) == (4, 4))
        let plane = [Float](repeating: 0, count: 15)
        #expect(Array(batch.values[..<48]) == [1] + plane + [1] + plane + [1] + plane)
        #expect(Array(batch.values[64..<80]) == [-5, -5, 0, 0, -5, -5, 0, 0, -5, -5, 0, 0, 0, 0, 0, 0])
    }

    @Test func `what a network sees can be looked at`() {
        let bytes = (0..<60).map { UInt8(4 * $0) }
        let image = Image(width: 5, height: 4, channels: 3, bytes: bytes)
        for normalization in [PixelNormalization.symmetric, .unit, .imageNet] {
            let values = PixelBatch([image], normalization: normalization).values
            let back = values.withUnsafeBufferPointer {
                PixelBatch.image(from: $0, height: 4, width: 5, normalization)
            }
            #expect(back == image)
        }
    }
}
