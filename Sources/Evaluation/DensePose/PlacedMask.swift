import Annotations

/// Foreground of a part of a picture, a byte a pixel.
struct PlacedMask: Sendable {
    var left = 0
    var top = 0
    var width = 0
    var height = 0
    var pixels: [UInt8] = []
    var area = 0

    /// Pastes as detectron2 does: at the box's truncated corner, cut off at the picture, the mask and the box's truncated end.
    /// - Parameter source: row after row, `sourceWidth` wide; any byte but 0 is foreground.
    init(
        truncating box: SIMD4<Double>, source: UnsafeBufferPointer<UInt8>, sourceWidth: Int, step: Int = 1,
        picture: (height: Int, width: Int)
    ) {
        let sourceHeight = sourceWidth > 0 ? source.count / step / sourceWidth : 0
        let (x, y) = (Int(box.x), Int(box.y))
        let right = min(Int(box.x + box.z), picture.width, x + sourceWidth)
        let bottom = min(Int(box.y + box.w), picture.height, y + sourceHeight)
        (left, top) = (max(x, 0), max(y, 0))
        (width, height) = (max(0, right - left), max(0, bottom - top))
        pixels = [UInt8](repeating: 0, count: width * height)
        for row in 0..<height {
            var place = ((row + top - y) * sourceWidth + left - x) * step
            for column in 0..<width {
                let value: UInt8 = source[place] != 0 ? 1 : 0
                pixels[row * width + column] = value
                area += Int(value)
                place += step
            }
        }
    }

    /// Takes for each pixel of the picture what lies at its centre.
    init(
        centring box: SIMD4<Double>, source: UnsafeBufferPointer<UInt8>, sourceWidth: Int, step: Int = 1,
        picture: (height: Int, width: Int)
    ) {
        let sourceHeight = sourceWidth > 0 ? source.count / step / sourceWidth : 0
        guard box.z > 0, box.w > 0, sourceHeight > 0 else { return }
        left = max(0, Int((box.x - 0.5).rounded(.up)))
        top = max(0, Int((box.y - 0.5).rounded(.up)))
        width = max(0, min(picture.width, Int((box.x + box.z - 0.5).rounded(.up))) - left)
        height = max(0, min(picture.height, Int((box.y + box.w - 0.5).rounded(.up))) - top)
        pixels = [UInt8](repeating: 0, count: width * height)
        let columns = (0..<width).map {
            min(sourceWidth - 1, max(0, Int((Double($0 + left) + 0.5 - box.x) / box.z * Double(sourceWidth))))
        }
        for row in 0..<height {
            let sourceRow = min(
                sourceHeight - 1, max(0, Int((Double(row + top) + 0.5 - box.y) / box.w * Double(sourceHeight))))
            for column in 0..<width where source[(sourceRow * sourceWidth + columns[column]) * step] != 0 {
                pixels[row * width + column] = 1
                area += 1
            }
        }
    }

    /// A mask of the whole picture.
    init(_ mask: RunLengthMask) {
        let box = mask.box
        (left, top, width, height) = (Int(box.x), Int(box.y), Int(box.width), Int(box.height))
        let all = mask.rowMajorPixels()
        pixels.reserveCapacity(width * height)
        for row in top..<(top + height) {
            pixels += all[(row * mask.width + left)..<(row * mask.width + left + width)]
        }
        area = mask.area
    }

    init() {}

    /// Intersection over union, over this mask's area for a crowd; 0 where they do not meet.
    func overlap(_ truth: PlacedMask, isCrowd: Bool) -> Double {
        let (x0, x1) = (max(left, truth.left), min(left + width, truth.left + truth.width))
        let (y0, y1) = (max(top, truth.top), min(top + height, truth.top + truth.height))
        guard x1 > x0, y1 > y0 else { return 0 }
        var shared = 0
        pixels.withUnsafeBufferPointer { one in
            truth.pixels.withUnsafeBufferPointer { two in
                for y in y0..<y1 {
                    let a = (y - top) * width - left
                    let b = (y - truth.top) * truth.width - truth.left
                    var sum: UInt32 = 0
                    for x in x0..<x1 { sum &+= UInt32(one[a &+ x] & two[b &+ x]) }
                    shared += Int(sum)
                }
            }
        }
        guard shared > 0 else { return 0 }
        return Double(shared) / Double(isCrowd ? area : area + truth.area - shared)
    }
}

/// `scipy.ndimage.zoom(mask, order=1, prefilter=False) > 0.5` of a square mask of zeros and ones, with its arithmetic: corners
/// lie on corners, and a last row that rounding carries beyond the edge is background.
enum MaskZoom {
    private struct Tap {
        var index: Int
        var next: Int
        var weight: Double
        var isOutside: Bool
    }

    /// - Parameter size: of the mask, a side.
    static func zoom(_ mask: [UInt8], size: Int, height: Int, width: Int) -> [UInt8] {
        let (rows, columns) = (taps(size, height), taps(size, width))
        return [UInt8](unsafeUninitializedCapacity: height * width) { zoomed, count in
            zoomed.initialize(repeating: 0)
            count = height * width
            mask.withUnsafeBufferPointer { mask in
                for (y, row) in rows.enumerated() where !row.isOutside {
                    let (upper, lower) = (row.index * size, row.next * size)
                    for (x, column) in columns.enumerated() where !column.isOutside {
                        let (a, b) = (mask[upper + column.index], mask[upper + column.next])
                        let (c, d) = (mask[lower + column.index], mask[lower + column.next])
                        // Inside and outside, where all four agree, there is nothing to weigh.
                        guard a != b || c != d || a != c else {
                            zoomed[y * width + x] = a
                            continue
                        }
                        var value = Double(a) * (1 - row.weight) * (1 - column.weight)
                        value += Double(b) * (1 - row.weight) * column.weight
                        value += Double(c) * row.weight * (1 - column.weight)
                        value += Double(d) * row.weight * column.weight
                        zoomed[y * width + x] = value > 0.5 ? 1 : 0
                    }
                }
            }
        }
    }

    private static func taps(_ size: Int, _ count: Int) -> [Tap] {
        let step = count > 1 ? Double(size - 1) / Double(count - 1) : 1
        return (0..<count).map { index in
            let place = Double(index) * step
            let start = min(size - 1, Int(place))
            return Tap(
                index: start, next: min(size - 1, start + 1), weight: place - Double(start),
                isOutside: place > Double(size - 1))
        }
    }
}
