/// A point of an object that a model found, with its place on the surface and how sure the model is of each part of that.
/// Eight bytes; fewer in the catalog.
public struct CandidatePoint: Sendable, Hashable {
    /// The place in the object's box, whose sides have 256 cells; the error is at most half a cell.
    public var x, y: UInt8
    /// 1...24
    public var chart: UInt8
    /// Coordinates in the chart times 255; the error is at most 1/510.
    public var u, v: UInt8
    /// `ConfidenceCode.probability` that the point is on the object, and of its chart.
    public var foreground, part: UInt8
    /// `ConfidenceCode.deviation` of (u, v), the larger of the two.
    public var uv: UInt8

    public init(
        x: UInt8, y: UInt8, chart: UInt8, u: UInt8, v: UInt8, foreground: UInt8 = 0, part: UInt8 = 0, uv: UInt8 = 0
    ) {
        (self.x, self.y, self.chart, self.u, self.v) = (x, y, chart, u, v)
        (self.foreground, self.part, self.uv) = (foreground, part, uv)
    }

    /// In DensePose's frame of 256 by 256 over the box, the centre of the cell.
    public var place: SIMD2<Double> { SIMD2(Double(x) + 0.5, Double(y) + 0.5) }
}

/// An object that a model found, beside its box, score and mask, which are an instance's.
public struct StoredDetection: Sendable, Hashable {
    /// Calibrated probability of the class.
    public var score: Double
    /// `ConfidenceCode.deviation` of x, y, width and height as shares of the box's width or height.
    public var box = SIMD4<UInt8>.zero
    /// `ConfidenceCode.probability`: the mean over the pixels of the mask, and over the points, and
    /// `ConfidenceCode.deviation`, the geometric mean over the points.
    public var mask: UInt8 = 0
    public var foreground: UInt8 = 0
    public var part: UInt8 = 0
    public var uv: UInt8 = 0
    public var pointCount: Int

    public init(score: Double, pointCount: Int = 0) { (self.score, self.pointCount) = (score, pointCount) }

    /// The least sure of the four values of the box.
    public var boxDeviation: UInt8 { box.max() }
}

/// The bytes of detections.
enum StoredBytes {
    static let perDetection = 12

    static func append(_ detection: StoredDetection, to bytes: inout [UInt8]) {
        let score = ConfidenceCode.score(detection.score)
        let count = UInt16(clamping: detection.pointCount)
        let box = detection.box
        bytes += [
            UInt8(truncatingIfNeeded: score), UInt8(score >> 8), box.x, box.y, box.z, box.w, detection.mask,
            detection.foreground, detection.part, detection.uv, UInt8(truncatingIfNeeded: count), UInt8(count >> 8),
        ]
    }

    /// - Parameter bytes: `perDetection` of them.
    static func detection(_ bytes: UnsafeRawBufferPointer) -> StoredDetection {
        var detection = StoredDetection(
            score: ConfidenceCode.score(of: UInt16(bytes[0]) | UInt16(bytes[1]) << 8),
            pointCount: Int(bytes[10]) | Int(bytes[11]) << 8)
        detection.box = SIMD4(bytes[2], bytes[3], bytes[4], bytes[5])
        (detection.mask, detection.foreground) = (bytes[6], bytes[7])
        (detection.part, detection.uv) = (bytes[8], bytes[9])
        return detection
    }
}
