import Annotations
import Foundation

/// Runs the steps of `masks_pycocotools.py` over the same inputs; see `masks.sh`.
@main
struct MaskBenchmark {
    struct Input: Decodable {
        struct Image: Decodable {
            let size: [Int]
            let objects: [[Double]]
            let detections: [[Double]]

            var polygons: [[Double]] { objects + detections }
        }

        let images: [Image]
    }

    /// A compressed mask as a file holds it: every step starts from these and ends with these, as pycocotools' do.
    struct Compressed {
        let height: Int
        let width: Int
        let counts: [UInt8]

        init(_ mask: RunLengthMask) {
            height = mask.height
            width = mask.width
            counts = mask.compressedBytes()
        }

        func mask() throws -> RunLengthMask { try RunLengthMask(height: height, width: width, compressed: counts) }
    }

    static let pixelMasks = 200

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            print("usage: mask-benchmark masks.json results.txt")
            exit(2)
        }
        let input = try JSONDecoder().decode(Input.self, from: Data(contentsOf: URL(fileURLWithPath: arguments[1])))
        var lines: [String] = []

        let polygons = input.images.map { ($0.polygons, $0.size[0], $0.size[1]) }
        let count = polygons.reduce(0) { $0 + $1.0.count }
        let groups = try measure("polygon", count) {
            try polygons.map { group, height, width in
                try group.map { Compressed(try RunLengthMask(polygon: $0, height: height, width: width)) }
            }
        }
        lines += groups.joined().map(text)

        let some = Array(groups.joined().prefix(pixelMasks))
        // Each result is dropped before the next, as a loader does; kept ones would measure the system's page faults.
        let lengths = try measure("decode", some.count) { try some.map { size(of: try $0.mask().columnMajorPixels()) } }
        lines += lengths.map(String.init)
        let pixels = try some.map { try $0.mask().columnMajorPixels() }
        let encoded = try measure("encode", some.count) {
            try zip(some, pixels).map {
                Compressed(try RunLengthMask(columnMajor: $1, height: $0.height, width: $0.width))
            }
        }
        lines += encoded.map(text)
        let rows = try some.map { try $0.mask().rowMajorPixels() }
        let encodedRows = try measure("encode-rows", some.count) {
            try zip(some, rows).map { Compressed(try RunLengthMask(rowMajor: $1, height: $0.height, width: $0.width)) }
        }
        lines += encodedRows.map(text)

        let pairs = groups.flatMap { group in zip(group, group.dropFirst()).map { ($0, $1) } }
        let merged = try measure("merge", pairs.count) {
            try pairs.map { Compressed(try RunLengthMask.merge([$0.mask(), $1.mask()])) }
        }
        lines += merged.map(text)

        let areas = try measure("area", count) { try groups.map { try $0.map { try $0.mask().area } } }
        lines += areas.joined().map(String.init)
        let boxes = try measure("box", count) { try groups.map { try $0.map { try $0.mask().box } } }
        lines += boxes.joined().map { "\(Int($0.x)) \(Int($0.y)) \(Int($0.width)) \(Int($0.height))" }

        let sets = zip(groups, input.images).map { group, image in
            let objects = image.objects.count
            return (Array(group[objects...]), Array(group[..<objects]), (0..<objects).map { $0 % 5 == 4 })
        }
        let overlaps = try measure("overlap", sets.reduce(0) { $0 + $1.0.count * $1.1.count }) {
            try sets.map { detections, truths, crowd in
                try RunLengthMask.overlaps(
                    detections.map { try $0.mask() }, truths.map { try $0.mask() }, crowd: crowd)
            }
        }
        for value in overlaps.lazy.flatMap(\.values) {
            let digits = String(value.bitPattern, radix: 16)
            lines.append(String(repeating: "0", count: 16 - digits.count) + digits)
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: arguments[2], atomically: false, encoding: .utf8)
    }

    /// Prints name, objects and CPU seconds, the median of 5 rounds.
    static func measure<Result>(_ name: String, _ count: Int, _ work: () throws -> Result) rethrows -> Result {
        var result = try work()
        var times: [Double] = []
        for _ in 0..<5 {
            let start = cpuSeconds()
            result = try work()
            times.append(cpuSeconds() - start)
        }
        print(name, count, times.sorted()[2])
        return result
    }

    /// Out of the optimiser's sight, lest it drop pixels that are only counted.
    @inline(never)
    static func size(of pixels: [UInt8]) -> Int { pixels.isEmpty ? 0 : pixels.count + Int(pixels[0] & 2) }

    static func text(_ mask: Compressed) -> String { String(decoding: mask.counts, as: UTF8.self) }

    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
