import Foundation

/// Ears, horns, tails and trunks: rows of rings that grow out of a face.
extension CageBuilder {
    /// Rings around the stations of a process, joined to a loop; returns the last.
    mutating func addProcess(
        _ loop: [Int32], _ process: BodyPlan.Process, _ region: CageRegion, bones: [UInt16], isHalf: Bool
    ) -> [Int32] {
        let stations = process.stations
        // Directions as the loop itself shows them, so that rings do not twist against it.
        let center = loop.reduce(SIMD3.zero) { $0 + cage.vertices[Int($1)].position } / Double(loop.count)
        let root = isHalf ? SIMD3(0, center.y, center.z) : center
        let places = [root] + stations.map(\.at)
        var rows: [[Int32]] = []
        for (index, station) in stations.enumerated() {
            let isLast = index + 1 == stations.count
            let after = isLast ? station.at * 2 - places[index] : stations[index + 1].at
            let axis = normalized(after - places[index])
            // The last ring starts outside, whence it falls on the rounded end; from inside it would part sideways.
            var outer = station
            if isLast { outer.at += axis * (0.9 * min(station.across, station.front, station.back)) }
            let bone = bones[min(index * bones.count / stations.count, bones.count - 1)]
            let ring = ring(around: outer, axis: axis, front: process.front, count: loop.count, isHalf: isHalf)
                .enumerated().map { s, place in
                    cage.add(
                        QuadCage.Vertex(
                            position: place, mask: .body, weights: [BoneWeight(bone: bone, weight: 1)],
                            isMiddle: isHalf && (s == 0 || s == loop.count - 1)))
                }
            // Rings are drawn wider than they will be.
            let girth = .pi * (station.across + (station.front + station.back) / 2)
            let squares = distance(places[index], station.at) * Double(isHalf ? 2 * loop.count - 2 : loop.count) / girth
            let pieces = plan.isBiped ? 1 : max(1, min(6, Int((squares / stretch).rounded(.up))))
            rows += cut(rows.last ?? loop, ring, pieces: pieces).map(\.loop)
        }
        // One row to all species, however many faces it takes.
        let cuts = rows.enumerated().map { (loop: $1, at: Double($0 + 1) / Double(rows.count)) }
        return join(loop, cuts, region, row: 0, closed: !isHalf)
    }

    /// Rings of four lose almost half of their width to the first refinements, and are made twice as wide.
    func ring(
        around station: Station, axis: SIMD3<Double>, front: SIMD3<Double>, count: Int, isHalf: Bool
    ) -> [SIMD3<Double>] {
        let ahead = normalized(front - axis * dot(front, axis))
        let side = isHalf ? SIMD3<Double>(1, 0, 0) : cross(ahead, axis)
        let swell = isHalf ? 1.0 : 2.0
        return (0..<count).map { s in
            let turn = isHalf ? Double(s) * .pi / Double(count - 1) : (Double(s) + 0.5) * 2 * .pi / Double(count)
            let (c, d) = (cos(turn), sin(turn))
            let deep = c > 0 ? station.front : station.back
            return station.at + side * (swell * station.across * d) + ahead * (swell * deep * c)
        }
    }

    mutating func layRoots() {
        root([trunk[8][3], trunk[8][4], trunk[7][4], trunk[7][3]], plan.ear)
        if let tail = plan.tail { root([trunk[1][6], trunk[1][5], trunk[2][5], trunk[2][6]], tail, isHalf: true) }
        guard let horn = plan.horn else { return }
        let shared = cage.vertices[Int(trunk[8][3])].position
        root([trunk[9][2], trunk[9][3], trunk[8][3], trunk[8][2]], horn)
        // Between the horn and the ear.
        cage.move(trunk[8][3], to: (shared + cage.vertices[Int(trunk[8][3])].position) / 2)
    }

    /// Moves a loop to where a process comes out of the body.
    mutating func root(_ loop: [Int32], _ process: BodyPlan.Process, isHalf: Bool = false) {
        let seeing: FleshMask = [.trunk, .head, .leg, .bothSides]
        let axis = normalized(process.stations[0].at - process.root.at)
        var station = process.root
        station.at = shape.exit(from: station.at, along: axis, seeing: seeing)
        let swell = isHalf ? 1.25 : 0.7
        let places = ring(around: station, axis: axis, front: process.front, count: loop.count, isHalf: isHalf)
        for (vertex, place) in zip(loop, places) {
            var point = station.at + (place - station.at) * swell
            for _ in 0..<6 {
                let (depth, gradient) = shape.sample(point, seeing: seeing)
                point -= gradient * (depth / max(dot(gradient, gradient), 0.1))
            }
            if cage.vertices[Int(vertex)].isMiddle { point.x = 0 }
            cage.move(vertex, to: point)
        }
    }

    mutating func addEar() {
        let (low, high) = (trunk[7], trunk[8])
        // Front edge first: high front, low front, low back, high back, against the face's own turn.
        let loop = [high[3], high[4], low[4], low[3]]
        let last = addProcess(loop, plan.ear, .ear, bones: [SkeletonLayout.head], isHalf: false)
        cage.add(last[3], last[2], last[1], last[0], .ear, row: 100, sector: 0)
    }

    mutating func addHorn(_ horn: BodyPlan.Process) {
        let (low, high) = (trunk[8], trunk[9])
        let loop = [high[2], high[3], low[3], low[2]]
        let last = addProcess(loop, horn, .horn, bones: [SkeletonLayout.head], isHalf: false)
        cage.add(last[3], last[2], last[1], last[0], .horn, row: 100, sector: 0)
    }

    mutating func addTail() {
        guard let tail = plan.tail else { return }
        let (low, high) = (trunk[1], trunk[2])
        // From the lower end to the upper, by way of the left side.
        let loop = [low[6], low[5], high[5], high[6]]
        let chain = addProcess(
            loop, tail, .tail, bones: SkeletonLayout.tail, isHalf: true)
        cage.add(chain[3], chain[2], chain[1], chain[0], .tail, row: 100, sector: 0)
    }
}
