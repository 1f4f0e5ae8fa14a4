/// Hands out the ids of one table and remembers, as ranges, which rows an operation inserted.
final class InsertionLedger {
    private var next: Int64
    private(set) var ranges: [ClosedRange<Int64>] = []

    init(next: Int64) { self.next = next }

    func nextID() -> Int64 {
        let id = next
        record(id)
        return id
    }

    /// Notes rows whose ids were given elsewhere.
    func record(_ ids: ClosedRange<Int64>) {
        next = max(next, ids.upperBound + 1)
        ranges.append(ids)
    }

    /// Notes a row whose id was given elsewhere.
    func record(_ id: Int64) {
        next = max(next, id + 1)
        if let last = ranges.last, last.upperBound + 1 == id {
            ranges[ranges.count - 1] = last.lowerBound...id
        } else {
            ranges.append(id...id)
        }
    }
}
