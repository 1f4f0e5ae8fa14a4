internal import CZlib

/// The points of a picture's objects as bytes.
///
/// First, for each object, a bit for each chart that has points, and their counts in one byte or (from 255) three. Then
/// the points' x, y, u, v, foreground, part and uv, each kind by itself, chart by chart, as differences from the point
/// before: neighbours are alike. All of it deflated, which leaves about five and a half bytes a point.
final class PointCodec {
    private let deflater, inflater: UnsafeMutablePointer<z_stream>
    private var plain: [UInt8] = []
    private static let chartCount = 24
    private static let kinds = 7
    /// The fastest: better ones take thrice as long for a twentieth.
    private static let level: Int32 = 1

    init() {
        func stream() -> UnsafeMutablePointer<z_stream> {
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            return stream
        }
        (deflater, inflater) = (stream(), stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        // Without zlib's head and sum; only lack of memory can fail.
        let states = [
            deflateInit2_(deflater, Self.level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size),
            inflateInit2_(inflater, -15, ZLIB_VERSION, size),
        ]
        precondition(states == [Z_OK, Z_OK], "there is no memory for zlib")
    }

    deinit {
        deflateEnd(deflater)
        inflateEnd(inflater)
        for stream in [deflater, inflater] {
            stream.deinitialize(count: 1)
            stream.deallocate()
        }
    }

    /// - Parameters:
    ///   - objects: at most 65,535 points each, of charts 1...24.
    ///   - bytes: what is there is replaced.
    func encode(_ objects: some Sequence<[CandidatePoint]>, into bytes: inout [UInt8]) {
        plain.removeAll(keepingCapacity: true)
        var order: [CandidatePoint] = []
        for points in objects {
            var counts = [Int](repeating: 0, count: Self.chartCount + 1)
            for point in points { counts[Int(point.chart)] += 1 }
            var starts = [Int](repeating: order.count, count: Self.chartCount + 1)
            for chart in 1...Self.chartCount { starts[chart] = starts[chart - 1] + counts[chart - 1] }
            order.append(contentsOf: points)
            for point in points {
                order[starts[Int(point.chart)]] = point
                starts[Int(point.chart)] += 1
            }
            appendHead(counts)
        }
        let head = plain.count
        plain.append(contentsOf: repeatElement(0, count: Self.kinds * order.count))
        plain.withUnsafeMutableBufferPointer { plain in
            var last = SIMD8<UInt8>.zero
            for (index, point) in order.enumerated() {
                let values = SIMD8(point.x, point.y, point.u, point.v, point.foreground, point.part, point.uv, 0)
                let difference = values &- last
                last = values
                for kind in 0..<Self.kinds { plain[head + kind * order.count + index] = difference[kind] }
            }
        }
        deflate(into: &bytes)
    }

    private func appendHead(_ counts: [Int]) {
        let charts = (1...Self.chartCount).filter { counts[$0] > 0 }
        let present = charts.reduce(UInt32(0)) { $0 | 1 << UInt32($1 - 1) }
        for shift in [0, 8, 16] as [UInt32] { plain.append(UInt8(truncatingIfNeeded: present >> shift)) }
        for chart in charts {
            let count = counts[chart]
            if count < 255 {
                plain.append(UInt8(count))
            } else {
                plain += [255, UInt8(truncatingIfNeeded: count), UInt8(count >> 8)]
            }
        }
    }

    private func deflate(into bytes: inout [UInt8]) {
        deflateReset(deflater)
        let limit = Int(deflateBound(deflater, UInt(plain.count)))
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: repeatElement(0, count: limit))
        let written = plain.withUnsafeMutableBufferPointer { input in
            bytes.withUnsafeMutableBufferPointer { output in
                (deflater.pointee.next_in, deflater.pointee.avail_in) = (input.baseAddress, UInt32(input.count))
                (deflater.pointee.next_out, deflater.pointee.avail_out) = (output.baseAddress, UInt32(output.count))
                let state = CZlib.deflate(deflater, Z_FINISH)
                precondition(state == Z_STREAM_END, "deflateBound promises enough room")
                return output.count - Int(deflater.pointee.avail_out)
            }
        }
        bytes.removeLast(bytes.count - written)
    }

    /// - Returns: the points of each object, by chart; nil where the bytes are not what `encode` writes for so many.
    func decode(_ bytes: UnsafeRawBufferPointer, objects: Int) -> [[CandidatePoint]]? {
        guard inflate(bytes, limit: objects * (3 + 3 * Self.chartCount + Self.kinds * StoreInserter.pointLimit)) else {
            return nil
        }
        var place = 0
        var heads: [[(chart: UInt8, count: Int)]] = []
        var total = 0
        for _ in 0..<objects {
            guard let head = head(at: &place) else { return nil }
            total += head.reduce(0) { $0 + $1.count }
            heads.append(head)
        }
        guard plain.count - place == Self.kinds * total else { return nil }
        return plain.withUnsafeBufferPointer { plain in
            var index = place
            var last = SIMD8<UInt8>.zero
            return heads.map { head in
                var points: [CandidatePoint] = []
                points.reserveCapacity(head.reduce(0) { $0 + $1.count })
                for (chart, count) in head {
                    for _ in 0..<count {
                        for kind in 0..<Self.kinds { last[kind] &+= plain[index + kind * total] }
                        index += 1
                        points.append(
                            CandidatePoint(
                                x: last[0], y: last[1], chart: chart, u: last[2], v: last[3], foreground: last[4],
                                part: last[5], uv: last[6]))
                    }
                }
                return points
            }
        }
    }

    private func head(at place: inout Int) -> [(chart: UInt8, count: Int)]? {
        guard place + 3 <= plain.count else { return nil }
        let present = (0..<3).reduce(0) { $0 | Int(plain[place + $1]) << (8 * $1) }
        place += 3
        var head: [(chart: UInt8, count: Int)] = []
        for chart in 1...Self.chartCount where present >> (chart - 1) & 1 == 1 {
            guard place < plain.count else { return nil }
            var count = Int(plain[place])
            place += 1
            if count == 255 {
                guard place + 2 <= plain.count else { return nil }
                count = Int(plain[place]) | Int(plain[place + 1]) << 8
                place += 2
            }
            head.append((UInt8(chart), count))
        }
        return head
    }

    /// Into `plain`, in steps: the bytes do not say how many there will be.
    private func inflate(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Bool {
        inflateReset(inflater)
        plain.removeAll(keepingCapacity: true)
        // zlib does not write to its input.
        inflater.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        inflater.pointee.avail_in = UInt32(bytes.count)
        while true {
            let start = plain.count
            guard start <= limit else { return false }
            plain.append(contentsOf: repeatElement(0, count: 2 * bytes.count + 64))
            let (state, left) = plain.withUnsafeMutableBufferPointer { output in
                inflater.pointee.next_out = output.baseAddress! + start
                inflater.pointee.avail_out = UInt32(output.count - start)
                let state = CZlib.inflate(inflater, Z_NO_FLUSH)
                return (state, Int(inflater.pointee.avail_out))
            }
            plain.removeLast(left)
            switch state {
            case Z_STREAM_END: return inflater.pointee.avail_in == 0
            case Z_OK: continue
            default: return false
            }
        }
    }
}
