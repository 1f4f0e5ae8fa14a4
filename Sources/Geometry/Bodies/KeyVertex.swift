/// Named places of the cage, which every level has a vertex at.
enum KeyVertex {
    private struct Place {
        var region: CageRegion
        var row: Int
        var sector: Int
        var local: SIMD2<Double>

        init(_ region: CageRegion, _ row: Int, _ sector: Int, _ u: Double, _ v: Double) {
            (self.region, self.row, self.sector, local) = (region, row, sector, [u, v])
        }
    }

    /// In the plane of symmetry.
    private static let middle: [(String, Place)] = [
        ("nose", Place(.trunk, 7, 0, 0, 0.25)), ("mouth", Place(.muzzle, 1, 0, 0, 0.5)),
        ("chin", Place(.muzzle, 0, 4, 1, 0.5)), ("forehead", Place(.trunk, 8, 0, 0, 1)),
        ("crown", Place(.crown, 0, 0, 0, 1)),
        ("nape", Place(.trunk, 5, 5, 1, 1)), ("throat", Place(.trunk, 5, 0, 0, 0.75)),
        ("sternum", Place(.trunk, 3, 0, 0, 0.75)), ("navel", Place(.trunk, 1, 0, 0, 0.75)),
        ("pubis", Place(.trunk, 0, 0, 0, 0)), ("withers", Place(.trunk, 4, 5, 1, 0)),
        ("loin", Place(.trunk, 2, 5, 1, 0)),
        ("tailRoot", Place(.trunk, 0, 5, 1, 1)),
    ]

    /// On the left; the right ones follow.
    private static let sides: [(String, Place)] = [
        ("Eye", Place(.trunk, 7, 0, 0.75, 1)), ("EarTip", Place(.ear, 100, 0, 0.5, 0.5)),
        ("Cheek", Place(.trunk, 7, 1, 1, 0)),
        ("Jaw", Place(.trunk, 6, 2, 1, 0.25)), ("Shoulder", Place(.arm, 0, 0, 1, 0.75)),
        ("Armpit", Place(.arm, 0, 3, 1, 1)),
        ("Nipple", Place(.trunk, 3, 1, 0.5, 0.5)), ("ShoulderBlade", Place(.trunk, 3, 4, 0.5, 0.75)),
        ("Elbow", Place(.arm, 1, 2, 0.5, 0)), ("ElbowCrease", Place(.arm, 1, 5, 0.5, 0)),
        ("WristOuter", Place(.arm, 3, 0, 1, 0)), ("WristInner", Place(.arm, 3, 3, 1, 0)),
        ("Palm", Place(.hand, 0, 3, 1, 0.5)), ("BackOfHand", Place(.hand, 0, 0, 1, 0.5)),
        ("IndexKnuckle", Place(.index, 0, 0, 0.5, 1)), ("MiddleKnuckle", Place(.middle, 0, 0, 0.5, 1)),
        ("RingKnuckle", Place(.ring, 0, 0, 0.5, 1)), ("LittleKnuckle", Place(.little, 0, 0, 0.5, 1)),
        ("ThumbTip", Place(.thumb, 100, 0, 0.5, 0.5)), ("IndexTip", Place(.index, 100, 0, 0.5, 0.5)),
        ("MiddleTip", Place(.middle, 100, 0, 0.5, 0.5)), ("RingTip", Place(.ring, 100, 0, 0.5, 0.5)),
        ("LittleTip", Place(.little, 100, 0, 0.5, 0.5)), ("Hip", Place(.leg, 0, 2, 1, 1)),
        ("Groin", Place(.leg, 0, 0, 0.5, 0.75)), ("Buttock", Place(.trunk, 0, 4, 0.5, 0.5)),
        ("Knee", Place(.leg, 1, 1, 0, 0)),
        ("KneePit", Place(.leg, 2, 4, 0, 1)), ("Calf", Place(.leg, 2, 4, 0, 0)),
        ("AnkleOuter", Place(.leg, 3, 2, 1, 0)),
        ("AnkleInner", Place(.leg, 3, 5, 0, 0)), ("Heel", Place(.heel, 0, 4, 0, 0.25)),
        ("BigToeTip", Place(.hallux, 100, 0, 0.5, 0.5)), ("SecondToeTip", Place(.toe2, 100, 0, 0.5, 0.5)),
        ("MiddleToeTip", Place(.toe3, 100, 0, 0.5, 0.5)), ("FourthToeTip", Place(.toe4, 100, 0, 0.5, 0.5)),
        ("SmallToeTip", Place(.toe5, 100, 0, 0.5, 0.5)), ("Instep", Place(.foot, 0, 0, 1, 0.5)),
        ("Sole", Place(.foot, 0, 3, 1, 0.5)),
    ]

    static func find(quads: [SIMD4<Int32>], cells: [CageCell]) -> [String: Int] {
        var ofKey: [CageKey: [Int]] = [:]
        for (q, cell) in cells.enumerated() { ofKey[cell.key, default: []].append(q) }
        func vertex(_ place: Place, isLeft: Bool) -> Int? {
            let key = CageKey(region: place.region, isLeft: isLeft, row: Int16(place.row), sector: Int16(place.sector))
            var best: (Double, Int)?
            for q in ofKey[key] ?? [] {
                for c in 0..<4 {
                    let offset = cells[q].local[c] - place.local
                    let gap = (offset * offset).sum()
                    if gap < best?.0 ?? .infinity { best = (gap, Int(quads[q][c])) }
                }
            }
            return best?.1
        }
        var found: [String: Int] = [:]
        for (name, place) in middle { found[name] = vertex(place, isLeft: true) }
        for (name, place) in sides {
            found["left" + name] = vertex(place, isLeft: true)
            found["right" + name] = vertex(place, isLeft: false)
        }
        // Forelegs take the place of the breast's side.
        if found["leftNipple"] == nil {
            found["leftNipple"] = vertex(Place(.trunk, 3, 0, 0.75, 0.5), isLeft: true)
            found["rightNipple"] = vertex(Place(.trunk, 3, 0, 0.75, 0.5), isLeft: false)
        }
        // A hoof is the third digit, in rows of six sectors.
        for (name, region) in [("MiddleTip", CageRegion.middle), ("MiddleToeTip", .toe3)]
        where found["left" + name] == nil {
            found["left" + name] = vertex(Place(region, 110, 0, 1, 0.5), isLeft: true)
            found["right" + name] = vertex(Place(region, 110, 0, 1, 0.5), isLeft: false)
        }
        return found
    }
}
