/// A binary mask as COCO stores it: lengths of alternating runs, column after column, the first run background.
///
/// Runs always cover exactly `height * width` pixels. Only the first run of a mask that this package made may be zero;
/// zero runs elsewhere are accepted from files, kept as they are, and vanish with the first operation.
/// Every operation gives what pycocotools 2.0 gives (`maskApi.c`), bit for bit, on masks whose runs are sound.
public struct RunLengthMask: Hashable, Sendable {
    /// Rows, in pixels.
    public let height: Int
    /// Columns, in pixels.
    public let width: Int
    /// Lengths in pixels: background, foreground, background, …
    public let runs: [UInt32]

    /// Takes runs as an uncompressed COCO `counts` list has them.
    /// - Throws: `RunLengthMaskError` when the size is negative or too large, or the runs do not cover it exactly.
    public init(height: Int, width: Int, runs: [UInt32]) throws(RunLengthMaskError) {
        let area = try Self.checkedArea(height: height, width: width)
        var covered = 0
        for (index, run) in runs.enumerated() {
            covered += Int(run)
            guard covered <= area else { throw .pastEnd(run: index, covered: covered, area: area) }
        }
        guard covered == area else { throw .tooShort(covered: covered, area: area) }
        self.init(unchecked: runs, height: height, width: width)
    }

    /// Takes runs from a JSON list of any whole numbers.
    /// - Throws: as `init(height:width:runs:)`, and when a run is negative.
    public init(height: Int, width: Int, counts: [Int]) throws(RunLengthMaskError) {
        let area = try Self.checkedArea(height: height, width: width)
        var runs: [UInt32] = []
        runs.reserveCapacity(counts.count)
        for (index, count) in counts.enumerated() {
            guard count >= 0 else { throw .negativeRun(run: index, length: count) }
            // Bounded by the area, so that the sum below cannot overflow.
            guard count <= area else { throw .pastEnd(run: index, covered: count, area: area) }
            runs.append(UInt32(count))
        }
        try self.init(height: height, width: width, runs: runs)
    }

    /// A mask without foreground.
    public static func empty(height: Int, width: Int) throws(RunLengthMaskError) -> RunLengthMask {
        RunLengthMask(
            unchecked: [UInt32(try checkedArea(height: height, width: width))], height: height, width: width)
    }

    /// For runs that are known to cover the size.
    init(unchecked runs: [UInt32], height: Int, width: Int) {
        self.height = height
        self.width = width
        self.runs = runs
    }

    /// Pixels of a mask of this size. Runs are 32-bit, as in `maskApi.c`.
    static func checkedArea(height: Int, width: Int) throws(RunLengthMaskError) -> Int {
        let (area, overflow) = height.multipliedReportingOverflow(by: width)
        guard height >= 0, width >= 0, !overflow, area <= Int(Int32.max) else {
            throw .badSize(height: height, width: width)
        }
        return area
    }
}

/// Why bytes, runs, a string or a polygon are no mask of the stated size.
public enum RunLengthMaskError: Error, Equatable, CustomStringConvertible {
    /// Negative, or more than 2^31 - 1 pixels.
    case badSize(height: Int, width: Int)
    case negativeRun(run: Int, length: Int)
    case pastEnd(run: Int, covered: Int, area: Int)
    case tooShort(covered: Int, area: Int)
    case badCharacter(byte: UInt8, offset: Int)
    case unfinishedRun(run: Int)
    case runTooLong(run: Int, offset: Int)
    case wrongPixelCount(count: Int, height: Int, width: Int)
    case sizesDiffer(first: [Int], second: [Int])
    case nothingToMerge
    case wrongFlagCount(flags: Int, masks: Int)
    case oddPolygon(count: Int)
    case coordinateOutOfRange(index: Int, value: Double)
    case tooManyCrossings(limit: Int)

    public var description: String {
        switch self {
        case .badSize(let height, let width):
            "mask size [\(height), \(width)] is impossible, expected [height, width] of at most 2147483647 pixels"
        case .negativeRun(let run, let length):
            "run \(run) of the mask has length \(length), expected 0 or more"
        case .pastEnd(let run, let covered, let area):
            "run \(run) of the mask ends at pixel \(covered), expected at most the \(area) pixels of its size"
        case .tooShort(let covered, let area):
            "the runs of the mask cover \(covered) pixels, expected the \(area) of its size"
        case .badCharacter(let byte, let offset):
            "byte \(byte) at offset \(offset) of the mask string is not of the alphabet, expected 48 to 111"
        case .unfinishedRun(let run):
            "the mask string ends within run \(run), expected a last character without continuation"
        case .runTooLong(let run, let offset):
            "run \(run) of the mask string has more than 7 characters at offset \(offset), expected at most 7"
        case .wrongPixelCount(let count, let height, let width):
            "\(count) bytes given for a mask of height \(height) and width \(width), expected \(height * width)"
        case .sizesDiffer(let first, let second):
            "masks of sizes \(first) and \(second) cannot be combined, expected equal [height, width]"
        case .nothingToMerge:
            "no masks to merge, expected at least one"
        case .wrongFlagCount(let flags, let masks):
            "\(flags) crowd flags for \(masks) masks, expected one for each"
        case .oddPolygon(let count):
            "the polygon has \(count) numbers, expected pairs of x and y"
        case .coordinateOutOfRange(let index, let value):
            "number \(index) of the polygon is \(value), expected a finite number within ±2^28 pixels"
        case .tooManyCrossings(let limit):
            "the polygon crosses pixel columns more than \(limit) times, expected fewer or shorter edges"
        }
    }
}
