import Foundation

/// The crown of the head and the muzzle.
extension CageBuilder {
    mutating func addCrown() {
        let top = trunk[plan.rings.count - 1]
        let side = cage.vertices[Int(top[3])].position
        let middle = cage.add(headVertex(plan.crown, isMiddle: true))
        let half = cage.add(headVertex((plan.crown + side) / 2))
        if !plan.isBiped { relaxHead(middle, half) }
        for (s, face) in [
            [top[0], top[1], half, middle], [top[1], top[2], top[3], half], [middle, half, top[5], top[6]],
            [half, top[3], top[4], top[5]],
        ].enumerated() { cage.add(face[0], face[1], face[2], face[3], .crown, row: 0, sector: s) }
    }

    /// Evens the skull out between the face, the neck and the roots of ears and horns: each vertex goes into the middle of
    /// its neighbours, which turns no face over (Tutte 1963).
    mutating func relaxHead(_ middle: Int32, _ half: Int32) {
        let top = trunk[9]
        var fixed: Set<Int32> = [trunk[8][0], trunk[8][1], trunk[8][3], trunk[8][4], trunk[7][3], trunk[7][4]]
        fixed.formUnion(trunk[7][0...2])
        if plan.horn != nil { fixed.formUnion([top[2], top[3], trunk[8][2]]) }
        var neighbors: [(vertex: Int32, around: [Int32])] = [
            (middle, [top[0], top[6], half, half]), (half, [middle, top[1], top[3], top[5]]),
        ]
        for r in 7...9 {
            for k in 0...6 where !fixed.contains(trunk[r][k]) {
                var around = [trunk[r - 1][k], trunk[r][max(0, k - 1)], trunk[r][min(6, k + 1)]]
                if k == 0 || k == 6 { around[k == 0 ? 1 : 2] = around[k == 0 ? 2 : 1] }
                if r < 9 {
                    around.append(trunk[r + 1][k])
                } else if k == 0 || k == 6 {
                    around.append(middle)
                } else if k != 2 && k != 4 {
                    around.append(half)
                }
                neighbors.append((trunk[r][k], around))
            }
        }
        for _ in 0..<60 {
            for (vertex, around) in neighbors {
                let isMiddle = cage.vertices[Int(vertex)].isMiddle
                var place = around.reduce(SIMD3.zero) { $0 + cage.vertices[Int($1)].position } / Double(around.count)
                if isMiddle { place.x = 0 }
                let (depth, gradient) = shape.sample(place, seeing: [.trunk, .head, .bothSides])
                place -= gradient * (depth / max(dot(gradient, gradient), 0.1))
                if isMiddle { place.x = 0 }
                cage.move(vertex, to: place)
            }
        }
    }

    func headVertex(_ position: SIMD3<Double>, isMiddle: Bool = false) -> QuadCage.Vertex {
        QuadCage.Vertex(
            position: position, mask: .body,
            weights: [BoneWeight(bone: SkeletonLayout.head, weight: 1)],
            isMiddle: isMiddle)
    }

    mutating func addMuzzle() {
        let (low, high) = (trunk[6], trunk[7])
        var chain = [high[0], high[1], high[2], low[2], low[1], low[0]]
        let muzzle = plan.muzzle
        let angle = muzzle.tilt * .pi / 180
        let up: SIMD3<Double> = [0, cos(angle), -sin(angle)]
        let (w, h) = (muzzle.halfWidth, muzzle.halfHeight)
        let offsets: [(Double, Double)] = [
            (0, h), (0.55 * w, 0.9 * h), (w, 0.5 * h), (w, -0.5 * h), (0.55 * w, -0.9 * h), (0, -h),
        ]
        let ring = offsets.enumerated().map { index, offset in
            cage.add(
                headVertex(muzzle.at + [offset.0, 0, 0] + up * offset.1, isMiddle: index == 0 || index == 5))
        }
        var way = 0.0
        for (next, at) in cut(chain, ring) {
            let socket = plan.tusk == nil || at < 1 ? nil : 2
            let loop = [chain[2], chain[3], next[3], next[2]]
            if let tusk = plan.tusk, socket != nil { root(loop, tusk) }
            addRow(chain, next, .muzzle, row: 0, span: 1 - at...1 - way, without: socket)
            if let tusk = plan.tusk, socket != nil {
                let last = addProcess(loop, tusk, .horn, bones: [SkeletonLayout.head], isHalf: false)
                cage.add(last[3], last[2], last[1], last[0], .horn, row: 100, sector: 0)
            }
            (chain, way) = (next, at)
        }
        if let proboscis = plan.proboscis {
            chain = addProcess(
                chain, proboscis, .proboscis, bones: [SkeletonLayout.head],
                isHalf: true)
            cage.add(chain[5], chain[4], chain[1], chain[0], .proboscis, row: 100, sector: 0)
            cage.add(chain[4], chain[3], chain[2], chain[1], .proboscis, row: 100, sector: 1)
        } else {
            cage.add(ring[5], ring[4], ring[1], ring[0], .muzzle, row: 1, sector: 0)
            cage.add(ring[4], ring[3], ring[2], ring[1], .muzzle, row: 1, sector: 1)
        }
    }
}
