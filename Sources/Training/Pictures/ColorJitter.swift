import Hashing
import Imaging

/// Brightness, contrast and saturation by a factor each, in an order of chance: torchvision's `ColorJitter` without hue, with
/// the rounding of Pillow's `ImageEnhance` and `Image.blend`.
struct ColorJitter {
    enum Change: CaseIterable { case brightness, contrast, saturation }

    let changes: [(change: Change, factor: Float)]

    init(brightness: Double, contrast: Double, saturation: Double, using generator: inout SeededGenerator) {
        let strengths = [brightness, contrast, saturation]
        let drawn = zip(Change.allCases, strengths).map { change, strength in
            (change, Float(generator.number(in: max(0, 1 - strength)...(1 + max(0, strength)))))
        }
        changes = generator.permutation(of: 3).filter { strengths[$0] > 0 }.map { drawn[$0] }
    }

    init(_ changes: [(change: Change, factor: Float)]) { self.changes = changes }

    /// - Precondition: 8 bits.
    func apply(to image: inout Image) {
        for (change, factor) in changes {
            switch change {
            case .brightness: image.mapColors(Self.table(from: 0, factor))
            case .contrast: image.mapColors(Self.table(from: image.meanGrey, factor))
            case .saturation: image.saturate(factor)
            }
        }
    }

    /// `Image.blend` from a constant: what becomes of each value.
    private static func table(from constant: UInt8, _ factor: Float) -> [UInt8] {
        (0...255).map { blend(constant, UInt8($0), factor) }
    }

    /// Truncated, and clipped where the factor is above 1.
    @inline(__always)
    static func blend(_ from: UInt8, _ to: UInt8, _ factor: Float) -> UInt8 {
        UInt8(max(0, min(255, Float(from) + factor * (Float(to) - Float(from)))))
    }
}

extension Image {
    /// Colours, not alpha, through a table of 256 values.
    fileprivate mutating func mapColors(_ table: [UInt8]) {
        let hasAlpha = channels == 4
        withMutablePixels { pixels in
            table.withUnsafeBufferPointer { table in
                if hasAlpha {
                    for i in pixels.indices where i & 3 != 3 { pixels[i] = table[Int(pixels[i])] }
                } else {
                    for i in pixels.indices { pixels[i] = table[Int(pixels[i])] }
                }
            }
        }
    }

    /// The mean of the luma, rounded to nearest.
    fileprivate var meanGrey: UInt8 {
        let luma = grey().bytes
        var sum = 0
        luma.withUnsafeBufferPointer { bytes in
            for byte in bytes { sum &+= Int(byte) }
        }
        return UInt8((Double(sum) / Double(luma.count) + 0.5).rounded(.down))
    }

    fileprivate mutating func saturate(_ factor: Float) {
        guard channels >= 3 else { return }
        let channels = channels
        let luma = grey().bytes
        // What becomes of each value beside each luma: 64 KiB that stay in the cache, cheaper than a million blends.
        let table = [UInt8](unsafeUninitializedCapacity: 1 << 16) { table, initialized in
            for i in table.indices { table[i] = ColorJitter.blend(UInt8(i >> 8), UInt8(i & 255), factor) }
            initialized = 1 << 16
        }
        withMutablePixels { pixels in
            luma.withUnsafeBufferPointer { luma in
                table.withUnsafeBufferPointer { table in
                    var at = pixels.baseAddress!
                    for grey in luma {
                        let line = table.baseAddress! + Int(grey) << 8
                        (at[0], at[1], at[2]) = (line[Int(at[0])], line[Int(at[1])], line[Int(at[2])])
                        at += channels
                    }
                }
            }
        }
    }
}
