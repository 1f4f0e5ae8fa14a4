/// The 24 charts of DensePose (`ChartLayout`) and the finer semantic parts of the cage's faces.
enum BodyAtlas {
    /// 1 and 2 the torso's back and front, 3 and 4 the hands (right first), 5 and 6 the feet (left first), 7 to 14 the
    /// legs, 15 to 22 the arms, 23 and 24 the head.
    static func chart(_ key: CageKey) -> Int {
        let left = key.isLeft
        switch key.region {
        case .trunk where key.row < 5: return key.sector < 3 ? 2 : 1
        case .tail: return 1
        case .trunk, .crown, .muzzle, .proboscis, .ear, .horn: return left ? 24 : 23
        case .arm:
            let isFront = key.sector == 0 || key.sector > 3
            return (key.row < 2 ? 15 : 19) + (isFront ? 0 : 2) + (left ? 0 : 1)
        case .hand, .thumb, .index, .middle, .ring, .little: return left ? 4 : 3
        case .leg:
            let isFront = key.sector < 3 || key.sector == (key.row == 0 ? 7 : 5)
            return (key.row < 2 ? 7 : 11) + (isFront ? 2 : 0) + (left ? 1 : 0)
        case .heel, .foot, .hallux, .toe2, .toe3, .toe4, .toe5: return left ? 5 : 6
        }
    }

    /// Earlier names win at vertices between two parts, so that digits hang together through their roots.
    static let partNames: [String] =
        pair("fingers") + pair("toes") + pair("ear") + ["muzzle", "face"] + pair("cheek")
        + ["crown", "back of head", "front of neck", "back of neck"]
        + ["hand", "foot", "chest", "upper back", "belly", "lower back", "groin", "buttock"].flatMap(pair)
        + ["upper arm", "forearm", "thigh", "shank"].flatMap { pair($0 + " front") + pair($0 + " back") }

    private static func pair(_ name: String) -> [String] { ["left " + name, "right " + name] }

    /// Nil for what only some species have: horns and tails.
    static func part(_ key: CageKey) -> String? {
        let side = key.isLeft ? "left " : "right "
        switch key.region {
        case .horn, .tail: return nil
        case .muzzle, .proboscis: return "muzzle"
        case .ear: return side + "ear"
        case .crown: return "crown"
        case .trunk:
            let isFront = key.sector < 3
            switch key.row {
            case 0: return side + (isFront ? "groin" : "buttock")
            case 1, 2: return side + (isFront ? "belly" : "lower back")
            case 3, 4: return side + (isFront ? "chest" : "upper back")
            case 5: return isFront ? "front of neck" : "back of neck"
            // Above the ears the side of the head is its back: horns and ears would cut it off from the cheek.
            case 8: return key.sector < 2 ? "face" : key.sector < 3 ? side + "cheek" : "back of head"
            default: return key.sector < 2 ? "face" : key.sector < 4 ? side + "cheek" : "back of head"
            }
        case .arm:
            let isFront = key.sector == 0 || key.sector > 3
            return side + (key.row < 2 ? "upper arm " : "forearm ") + (isFront ? "front" : "back")
        case .leg:
            let isFront = key.sector < 3 || key.sector == (key.row == 0 ? 7 : 5)
            return side + (key.row < 2 ? "thigh " : "shank ") + (isFront ? "front" : "back")
        case .hand: return side + "hand"
        case .thumb, .index, .middle, .ring, .little: return side + "fingers"
        case .heel, .foot: return side + "foot"
        case .hallux, .toe2, .toe3, .toe4, .toe5: return side + "toes"
        }
    }

    static func parts(of mesh: RefinedCage, _ cage: QuadCage) -> PartLabels {
        let number = Dictionary(uniqueKeysWithValues: zip(partNames, UInt16(0)...))
        let ofFace = cage.faces.map { part($0.key).flatMap { number[$0] } ?? PartLabels.none }
        var labels = [UInt16](repeating: PartLabels.none, count: mesh.positions.count)
        for quad in mesh.quads {
            for c in 0..<4 {
                let v = Int(quad.corners[c])
                labels[v] = min(labels[v], ofFace[Int(quad.origin)])
            }
        }
        return PartLabels(names: partNames, labels: labels)
    }
}
