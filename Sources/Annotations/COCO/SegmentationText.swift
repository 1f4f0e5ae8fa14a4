import Catalog

/// The text of a `segmentation` and what the catalog stores of it.
///
/// Polygons are lists of x and y; run-length masks are `{"size": [h, w], "counts": "…" or […]}`, column-major, the first
/// run background (COCO API, `maskApi.c`).
struct SegmentationText {
    enum Outcome {
        /// Stored in columns. The gap's field and style give the text back, or nil where it must be kept.
        case stored(MaskRecord, SourceTemplate.Field?)
        /// No mask at all: an empty list, or null.
        case absent
        /// Not a mask; kept as text. Says why.
        case unsound(String)
    }

    private var numbers = NumberListCodec()
    private let objects = JSONObjectReader()
    /// Style of the last text that was stored.
    private(set) var style: [UInt8] = []

    /// Marks in the style of a run-length mask: where counts and size stand, and between its parts.
    private static let countsMark: UInt8 = 0x06
    private static let sizeMark: UInt8 = 0x07
    private static let partMark: UInt8 = 0x05

    mutating func read(_ text: UnsafeRawBufferPointer) -> Outcome {
        switch text.first {
        case UInt8(ascii: "["): readPolygons(text)
        case UInt8(ascii: "{"): readRuns(text)
        case UInt8(ascii: "n"): .absent
        default: .unsound("segmentation is neither a list of polygons nor a run-length mask")
        }
    }

    private mutating func readPolygons(_ text: UnsafeRawBufferPointer) -> Outcome {
        if text.allSatisfy({ $0 <= 0x20 || $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) {
            return text.filter({ $0 == UInt8(ascii: "[") }).count == 1
                ? .absent : .unsound("segmentation has an empty polygon")
        }
        guard numbers.read(text, depth: 2) else {
            return .unsound(
                objects.defect(of: text).map { "segmentation is not JSON (\($0))" }
                    ?? "segmentation is not a list of polygons of finite numbers")
        }
        for count in numbers.counts {
            if count % 2 == 1 { return .unsound("segmentation has \(count) numbers, expected pairs of x and y") }
            if count < 6 { return .unsound("segmentation has \(count / 2) points, expected at least 3") }
        }
        var blob: [UInt8] = []
        blob.reserveCapacity(numbers.counts.reduce(16) { $0 + 2 * $1 })
        numbers.encode(stride: 2, into: &blob)
        style = numbers.style
        return .stored(MaskRecord(encoding: .polygons, data: blob), numbers.isExact ? .polygons : nil)
    }

    private mutating func readRuns(_ text: UnsafeRawBufferPointer) -> Outcome {
        if let defect = objects.read(text) { return .unsound("segmentation is not JSON (\(defect))") }
        var size: (height: Int, width: Int)?
        var sizeStyle: [UInt8] = []
        var countsStyle: [UInt8] = []
        var counts: [Int]?
        var compressed: [UInt8]?
        style = []
        var shape: [UInt8] = []
        var end = text.baseAddress!
        var isExact = true
        for index in 0..<objects.count {
            let value = objects.value(index)
            shape += UnsafeRawBufferPointer(start: end, count: value.baseAddress! - end)
            end = value.baseAddress! + value.count
            let key = objects.key(index)
            if key.elementsEqual("size".utf8), numbers.read(value, depth: 1), numbers.counts == [2] {
                size = (Int(exactly: numbers.values[0]) ?? -1, Int(exactly: numbers.values[1]) ?? -1)
                sizeStyle = numbers.style
                isExact = isExact && numbers.isExact
                shape.append(Self.sizeMark)
            } else if key.elementsEqual("counts".utf8) {
                if value.first == UInt8(ascii: "\"") {
                    compressed = Self.unescaped(value)
                } else if numbers.read(value, depth: 1) {
                    counts = numbers.values.map { Int(exactly: $0) ?? -1 }
                    countsStyle = numbers.style
                    isExact = isExact && numbers.isExact
                }
                shape.append(Self.countsMark)
            } else {
                return .unsound("a run-length mask has “counts” and “size” alone")
            }
        }
        shape += UnsafeRawBufferPointer(start: end, count: text.baseAddress! + text.count - end)
        guard let size, size.height >= 0, size.width >= 0 else {
            return .unsound("a run-length mask needs a size of [height, width]")
        }
        do {
            let data: [UInt8]
            if let counts {
                data = try RunLengthMask(height: size.height, width: size.width, counts: counts).compressedBytes()
            } else if let compressed {
                _ = try RunLengthMask(height: size.height, width: size.width, compressed: compressed)
                data = compressed
            } else {
                return .unsound("a run-length mask needs counts, a list or a string")
            }
            style = [counts == nil ? UInt8(ascii: "c") : UInt8(ascii: "u")] + shape
            style += [Self.partMark] + sizeStyle + [Self.partMark] + countsStyle
            let mask = MaskRecord(encoding: .runs, height: size.height, width: size.width, data: data)
            return .stored(mask, isExact ? .runs : nil)
        } catch {
            return .unsound("segmentation: \(error)")
        }
    }

    /// A compressed string without its JSON escapes; the only one that its alphabet needs is the backslash's.
    private static func unescaped(_ quoted: UnsafeRawBufferPointer) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(quoted.count)
        var isEscaped = false
        for byte in quoted.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped, byte != UInt8(ascii: "\\") { return nil }
            isEscaped = false
            bytes.append(byte)
        }
        return bytes
    }

    /// Writes the text of a stored mask.
    static func append(_ mask: MaskRecord, field: SourceTemplate.Field, style: [UInt8], to text: inout [UInt8]) {
        switch (field, mask.encoding) {
        case (.polygons, .polygons):
            if let blob = NumberListBlob(mask.data, stride: 2) {
                ListStyle(style: style).append(blob, depth: 2, to: &text)
            }
        case (.runs, .runs): appendRuns(mask, style: style, to: &text)
        case (_, .text): text += mask.data
        // The mask was changed since: its text is new.
        case (_, .polygons):
            if let blob = NumberListBlob(mask.data, stride: 2) { ListStyle.python.append(blob, depth: 2, to: &text) }
        case (_, .runs): appendRuns(mask, style: compressedStyle, to: &text)
        }
    }

    static let compressedStyle: [UInt8] =
        Array("c{\"size\": ".utf8) + [sizeMark] + Array(", \"counts\": ".utf8) + [countsMark]
        + Array("}".utf8) + [partMark] + Array("b\u{4}\u{4}\u{4} \u{4}\u{4}\u{4}\u{4}\u{4}".utf8) + [partMark]

    private static func appendRuns(_ mask: MaskRecord, style: [UInt8], to text: inout [UInt8]) {
        let parts = style.dropFirst().split(separator: partMark, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return }
        for byte in parts[0] {
            if byte == sizeMark {
                let size = [Double(mask.height ?? 0), Double(mask.width ?? 0)]
                ListStyle(style: parts[1]).append(size, to: &text)
            } else if byte != countsMark {
                text.append(byte)
            } else if style.first == UInt8(ascii: "u") {
                let runs = try? RunLengthMask(
                    height: mask.height ?? 0, width: mask.width ?? 0, compressed: mask.data
                ).runs
                ListStyle(style: parts[2]).append((runs ?? []).map(Double.init), to: &text)
            } else {
                text.append(UInt8(ascii: "\""))
                for byte in mask.data {
                    if byte == UInt8(ascii: "\\") { text.append(byte) }
                    text.append(byte)
                }
                text.append(UInt8(ascii: "\""))
            }
        }
    }
}
