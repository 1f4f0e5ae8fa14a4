/// A generator with a fixed sequence for each seed on every machine (SplitMix64, Steele, Lea and Flood 2014).
struct SceneRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// Uniform within the range; own arithmetic, because the standard library's may change.
    mutating func number(_ range: ClosedRange<Double>) -> Double {
        let unit = Double(next() >> 11) * 0x1p-53
        return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }

    mutating func index(below count: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % count }
}
