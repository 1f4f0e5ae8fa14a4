import Foundation
import Hashing
import Imaging
import Training

/// Times reading and augmenting pictures.
///   loader-benchmark draw FOLDER COUNT
///   loader-benchmark read FOLDER RECIPE WORKERS EPOCHS
///   loader-benchmark pack
@main
enum LoaderBenchmark {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch (words.first, words.count) {
        case ("draw", 3): try draw(in: words[1], count: Int(words[2]) ?? 0)
        case ("read", 5): try read(words[1], recipe: words[2], workers: Int(words[3]) ?? 1, epochs: Int(words[4]) ?? 1)
        case ("pack", 1): pack()
        default: fatalError("usage: draw FOLDER COUNT | read FOLDER RECIPE WORKERS EPOCHS | pack")
        }
    }

    /// Clouds of noise in several octaves: about as many bytes a pixel as a photograph.
    private static func draw(in folder: String, count: Int) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for number in 0..<count {
            var random = SeededGenerator(seed: UInt64(number))
            var values = [Double](repeating: 128, count: 1024 * 512 * 3)
            for octave in 2...7 {
                let (columns, rows) = (2 << octave, 1 << octave)
                let noise = Image(
                    width: columns, height: rows, channels: 3,
                    bytes: (0..<columns * rows * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                ).resized(width: 1024, height: 512, filter: .bicubicPillow)
                noise.withPixels { pixels in
                    for i in values.indices { values[i] += (Double(pixels[i]) - 128) * 0.9 / Double(octave) }
                }
            }
            let image = Image(
                width: 1024, height: 512, channels: 3, bytes: values.map { UInt8(max(0, min(255, $0))) })
            try image.write(toFileAt: folder + "/\(number).jpg", quality: 90)
        }
    }

    /// The recipes that `loader_torch.py` has too.
    private static func augmentation(_ recipe: String) -> Augmentation {
        switch recipe {
        case "half", "half-reduced":
            Augmentation([.resize(width: 512, height: 256, .bilinearPillow), .randomFlip(probability: 0.5)])
        case "quarter", "quarter-reduced":
            Augmentation([.resize(width: 256, height: 128, .bilinearPillow), .randomFlip(probability: 0.5)])
        default:
            Augmentation([
                .randomCrop(width: 512, height: 512), .randomFlip(probability: 0.5),
                .colorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4),
            ])
        }
    }

    private static func read(_ folder: String, recipe: String, workers: Int, epochs: Int) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jpg") }
            .sorted().map { folder + "/" + $0 }
        let augmentation = augmentation(recipe)
        let reduces = recipe.hasSuffix("-reduced")
        let loader = DataLoader(
            count: files.count, batchSize: 8, seed: 1, workers: workers,
            load: { index, generator in
                var picture = try Picture(fileAt: files[index], for: reduces ? augmentation : nil)
                augmentation.apply(to: &picture, using: &generator)
                return picture.image
            })
        let stream = loader.batches(epochs: epochs)
        var pictures = 0
        var sum: Float = 0
        let start = wallSeconds()
        while let batch = try stream.next() {
            let values = PixelBatch(batch.samples, normalization: .symmetric).values
            sum += values[values.count / 2]
            pictures += batch.samples.count
        }
        precondition(sum.isFinite, "a batch holds numbers")
        print("\(recipe) \(workers) \(pictures) \(wallSeconds() - start)")
    }

    /// Packing beside merely writing as much memory.
    private static func pack() {
        var random = SeededGenerator(seed: 1)
        let image = Image(
            width: 1024, height: 512, channels: 3,
            bytes: (0..<1024 * 512 * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        let count = 1024 * 512 * 3
        // A batch that no cache holds.
        let pictures = 64
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count * pictures)
        defer { memory.deallocate() }
        var best = (pack: Double.infinity, fill: Double.infinity)
        for round in 0..<10 {
            var start = wallSeconds()
            memory.update(repeating: Float(round))
            best.fill = min(best.fill, wallSeconds() - start)
            start = wallSeconds()
            for picture in 0..<pictures {
                let part = UnsafeMutableBufferPointer(rebasing: memory[picture * count..<(picture + 1) * count])
                PixelBatch.write(image, to: part, height: 512, width: 1024, .imageNet)
            }
            best.pack = min(best.pack, wallSeconds() - start)
        }
        func rate(_ seconds: Double) -> String {
            String(format: "%.1f", Double(4 * count * pictures) / seconds / 1e9)
        }
        print("float32 planes from 8-bit pixels: \(rate(best.pack)) GB/s written; a constant: \(rate(best.fill)) GB/s")
    }

    private static func wallSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
