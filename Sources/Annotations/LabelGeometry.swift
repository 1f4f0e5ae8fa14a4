import Catalog
import Foundation

extension MaskRecord {
    /// Rings of x0, y0, x1, y1, … in pixels; nil for a mask that is not polygons.
    public var polygons: [[Double]]? {
        encoding == .polygons ? NumberListBlob(data, stride: 2)?.lists : nil
    }

    /// A mask of polygons.
    public init(polygons: [[Double]]) {
        self.init(encoding: .polygons, data: NumberListBlob.packed(polygons))
    }

    /// A run-length mask.
    public init(_ mask: RunLengthMask) {
        self.init(encoding: .runs, height: mask.height, width: mask.width, data: mask.compressedBytes())
    }

    /// The mask as runs.
    /// - Parameters: size of the picture in pixels, which polygons need.
    /// - Throws: `RunLengthMaskError`; nil for text that is no mask.
    public func runs(pictureHeight: Int, pictureWidth: Int) throws -> RunLengthMask? {
        switch encoding {
        case .polygons: try RunLengthMask(polygons: polygons ?? [], height: pictureHeight, width: pictureWidth)
        case .runs: try RunLengthMask(height: height ?? 0, width: width ?? 0, compressed: data)
        case .text: nil
        }
    }
}

/// Dense points of one label in pixels of the picture.
public struct PicturePoint: Sendable, Equatable {
    public var x: Double
    public var y: Double
    /// DensePose chart, 1...24; 0 for points on a vertex.
    public var chart: Int
    public var u: Double
    public var v: Double
}

extension DensePointsRecord {
    /// Points on the picture, by the convention of training: x0 + dp_x · w / 256 (detectron2, `data_relative.py`).
    public func points(in box: Box) -> [PicturePoint] {
        guard let x = values("x"), let y = values("y"), x.count == y.count else { return [] }
        let (chart, u, v) = (values("I") ?? [], values("U") ?? [], values("V") ?? [])
        return x.indices.map { index in
            PicturePoint(
                x: box.x + x[index] * box.width / 256, y: box.y + y[index] * box.height / 256,
                chart: index < chart.count ? Int(chart[index].clamped(to: 0...1000)) : 0,
                u: index < u.count ? u[index] : 0, v: index < v.count ? v[index] : 0)
        }
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}

/// DensePose's `dp_masks`: 256 x 256 run-length masks relative to the box. A list has one for each of the 14 coarse
/// parts, or an empty list where the part is not seen; a single object is the foreground.
public struct PartMasks: Sendable {
    /// Names of the coarse parts; part 1 comes first.
    public static let names = [
        "torso", "right hand", "left hand", "left foot", "right foot", "right upper leg", "left upper leg",
        "right lower leg", "left lower leg", "left upper arm", "right upper arm", "left lower arm", "right lower arm",
        "head",
    ]

    /// The mask of each part, by number from 1; part 1 alone when the file gives a single foreground.
    public let masks: [Int: RunLengthMask]
    public let isForegroundOnly: Bool

    private enum Entry: Decodable {
        case mask(size: [Int], counts: String)
        case absent

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: Key.self) {
                self = .mask(
                    size: try object.decode([Int].self, forKey: .size),
                    counts: try object.decode(String.self, forKey: .counts))
            } else {
                self = .absent
            }
        }

        enum Key: CodingKey { case size, counts }
    }

    /// Reads the JSON text.
    /// - Throws: `DecodingError` or `RunLengthMaskError`.
    public init(json: [UInt8]) throws {
        let decoder = JSONDecoder()
        isForegroundOnly = json.first { $0 > 0x20 } == UInt8(ascii: "{")
        let entries =
            try isForegroundOnly
            ? [decoder.decode(Entry.self, from: Data(json))] : decoder.decode([Entry].self, from: Data(json))
        var masks: [Int: RunLengthMask] = [:]
        for (index, entry) in entries.enumerated() {
            guard case .mask(let size, let counts) = entry, size.count == 2 else { continue }
            masks[index + 1] = try RunLengthMask(height: size[0], width: size[1], compressed: counts)
        }
        self.masks = masks
    }

    /// All parts together; nil when no part is seen.
    public func foreground() throws -> RunLengthMask? {
        try masks.values.reduce(nil) { union, mask in try union?.union(mask) ?? mask }
    }
}
