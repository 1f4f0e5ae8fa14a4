import Annotations
import Catalog

/// Reads a `segmentation` as a mask of its picture's size: polygons, runs as a list, or compressed runs.
struct SegmentationReader {
    private let objects = JSONObjectReader()
    private var polygons: [[Double]] = []

    /// - Parameter size: of the picture, needed for polygons.
    /// - Returns: nil for null or an empty list.
    /// - Throws: a sentence as `SegmentationDefect`.
    mutating func read(_ text: UnsafeRawBufferPointer, size: (height: Int, width: Int)?) throws -> RunLengthMask? {
        switch text.first {
        case UInt8(ascii: "n"): return nil
        case UInt8(ascii: "["):
            guard NumberLists.read(text, into: &polygons) else {
                throw SegmentationDefect("segmentation is not a list of polygons of finite numbers")
            }
            guard !polygons.isEmpty else { return nil }
            guard let size else { throw SegmentationDefect("polygons need the picture's width and height") }
            do {
                return try RunLengthMask(polygons: polygons, height: size.height, width: size.width)
            } catch { throw SegmentationDefect("segmentation: \(error)") }
        case UInt8(ascii: "{"): return try readRuns(text)
        default: throw SegmentationDefect("segmentation is neither a list of polygons nor a run-length mask")
        }
    }

    private mutating func readRuns(_ text: UnsafeRawBufferPointer) throws -> RunLengthMask {
        if let defect = objects.read(text) { throw SegmentationDefect("segmentation is not JSON (\(defect))") }
        var size: [Double] = []
        var counts: [Double]?
        var compressed: UnsafeRawBufferPointer?
        for member in 0..<objects.count {
            let (key, value) = (objects.key(member), objects.value(member))
            if key.elementsEqual("size".utf8) {
                guard NumberLists.read(value, into: &polygons), polygons.count == 1 else { continue }
                size = polygons[0]
            } else if key.elementsEqual("counts".utf8) {
                if value.first == UInt8(ascii: "\"") {
                    compressed = UnsafeRawBufferPointer(rebasing: value[1..<(value.count - 1)])
                } else if NumberLists.read(value, into: &polygons), polygons.count == 1 {
                    counts = polygons[0]
                }
            }
        }
        guard size.count == 2, let height = Int(exactly: size[0]), let width = Int(exactly: size[1]) else {
            throw SegmentationDefect("a run-length mask needs a size of [height, width]")
        }
        do {
            if let counts {
                return try RunLengthMask(height: height, width: width, counts: counts.map { Int(exactly: $0) ?? -1 })
            }
            guard let compressed else { throw SegmentationDefect("a run-length mask needs counts, a list or a string") }
            // The only escape that the alphabet needs is the backslash's.
            guard compressed.contains(UInt8(ascii: "\\")) else {
                return try compressed.withMemoryRebound(to: UInt8.self) {
                    try RunLengthMask(height: height, width: width, compressed: $0.span)
                }
            }
            return try RunLengthMask(height: height, width: width, compressed: Self.unescaped(compressed))
        } catch let error as RunLengthMaskError { throw SegmentationDefect("segmentation: \(error)") }
    }

    private static func unescaped(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var isEscaped = false
        for byte in text {
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            if !isEscaped { bytes.append(byte) }
        }
        return bytes
    }
}

/// What is wrong with a segmentation.
struct SegmentationDefect: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// Lists of JSON numbers.
enum NumberLists {
    /// Reads `[1, 2]` as one list or `[[1, 2], [3]]` as several; false for anything else.
    static func read(_ text: UnsafeRawBufferPointer, into lists: inout [[Double]]) -> Bool {
        lists.removeAll(keepingCapacity: true)
        var index = 0
        guard take("[", text, &index) else { return false }
        if take("]", text, &index) { return finish(text, index) }
        if index < text.count, text[index] == UInt8(ascii: "[") {
            repeat {
                var list: [Double] = []
                guard take("[", text, &index), numbers(text, &index, into: &list) else { return false }
                lists.append(list)
            } while take(",", text, &index)
            return take("]", text, &index) && finish(text, index)
        }
        var list: [Double] = []
        guard numbers(text, &index, into: &list) else { return false }
        lists.append(list)
        return finish(text, index)
    }

    /// Reads `[1, 2]` into a list that is kept.
    static func read(_ text: UnsafeRawBufferPointer, into list: inout [Double]) -> Bool {
        list.removeAll(keepingCapacity: true)
        var index = 0
        return take("[", text, &index) && numbers(text, &index, into: &list) && finish(text, index)
    }

    /// The rest of a list whose bracket is open.
    private static func numbers(_ text: UnsafeRawBufferPointer, _ index: inout Int, into list: inout [Double]) -> Bool {
        if take("]", text, &index) { return true }
        repeat {
            guard let value = NumberText.double(text, &index), value.isFinite else { return false }
            list.append(value)
        } while take(",", text, &index)
        return take("]", text, &index)
    }

    private static func finish(_ text: UnsafeRawBufferPointer, _ index: Int) -> Bool { index == text.count }

    /// Passes a character and the spaces on both sides of it.
    private static func take(_ character: Unicode.Scalar, _ text: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        var place = index
        while place < text.count, text[place] <= 0x20 { place += 1 }
        guard place < text.count, text[place] == UInt8(ascii: character) else { return false }
        place += 1
        while place < text.count, text[place] <= 0x20 { place += 1 }
        index = place
        return true
    }
}
