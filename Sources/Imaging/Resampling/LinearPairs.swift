/// For each new pixel along one axis: two neighbouring old pixels and the second's share.
struct LinearPairs {
    private(set) var first: [Int] = []
    private(set) var second: [Int] = []
    private(set) var share: [Float] = []

    var count: Int { first.count }

    /// Pixel centres match (OpenCV's `INTER_LINEAR`).
    static func openCV(from length: Int, to count: Int, keepsBorderShares: Bool = false) -> LinearPairs {
        let scale = 1 / (Double(count) / Double(length))
        return LinearPairs(length: length, count: count, keepsBorderShares: keepsBorderShares) { i in
            let position = Float((Double(i) + 0.5) * scale - 0.5)
            let floor = position.rounded(.down)
            return (Int(floor), position - floor)
        }
    }

    /// What OpenCV's `INTER_AREA` does when it enlarges: flat inside an old pixel, a ramp across its border.
    static func area(from length: Int, to count: Int) -> LinearPairs {
        let inverse = Double(count) / Double(length)
        let scale = 1 / inverse
        return LinearPairs(length: length, count: count, keepsBorderShares: false) { i in
            let floor = (Double(i) * scale).rounded(.down)
            let share = Float(Double(i + 1) - (floor + 1) * inverse)
            return (Int(floor), share <= 0 ? 0 : share - share.rounded(.down))
        }
    }

    /// In single precision throughout, as torch; the outer pixels' centres match where the corners are aligned.
    static func torch(from length: Int, to count: Int, alignCorners: Bool) -> LinearPairs {
        let scale: Float =
            alignCorners
            ? (count > 1 ? Float(length - 1) / Float(count - 1) : 0) : Float(length) / Float(count)
        return LinearPairs(length: length, count: count, keepsBorderShares: false) { i in
            let position = alignCorners ? scale * Float(i) : max(0, scale * (Float(i) + 0.5) - 0.5)
            return (Int(position), min(1, position - Float(Int(position))))
        }
    }

    /// - Parameter keepsBorderShares: whether a border pixel is mixed with itself, as OpenCV does down the columns, which
    ///   changes the rounding; along the rows it is copied.
    private init(length: Int, count: Int, keepsBorderShares: Bool, _ place: (Int) -> (Int, Float)) {
        for i in 0..<count {
            let (index, part) = place(i)
            let isBorder = index < 0 || index >= length - 1
            first.append(min(length - 1, max(0, index)))
            second.append(min(length - 1, max(0, index + 1)))
            share.append(isBorder && !keepsBorderShares ? 0 : part)
        }
    }

    /// The weights of both in 1/2048, rounded half to even.
    var fixedShares: [(Int32, Int32)] {
        share.map { (Int32(((1 - $0) * 2048).rounded(.toNearestOrEven)), Int32(($0 * 2048).rounded(.toNearestOrEven))) }
    }
}

/// The two rows that the vertical step mixes, each interpolated along x once although several new rows need it.
struct RowPair<Element> {
    private(set) var upper: [Element]
    private(set) var lower: [Element]
    private var held: (upper: Int?, lower: Int?) = (nil, nil)

    init(zero: Element, count: Int) {
        upper = [Element](repeating: zero, count: count)
        lower = upper
    }

    mutating func hold(_ first: Int, _ second: Int, _ fill: (Int, inout [Element]) -> Void) {
        if held.upper != first, held.lower == first {
            swap(&upper, &lower)
            held = (first, nil)
        }
        if held.upper != first { fill(first, &upper) }
        if held.lower != second { fill(second, &lower) }
        held = (first, second)
    }
}
