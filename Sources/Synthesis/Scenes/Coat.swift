import Hashing

/// What an individual wears: the colours of its regions and the pattern between them.
public struct Coat: Hashable, Sendable {
    enum Pattern: Hashable, Sendable {
        case plain
        /// Bands around the body and its limbs; waves a metre.
        case stripes(frequency: Float, contrast: Float)
        /// Plates with pale lines between; plates a metre.
        case plates(frequency: Float)
        /// Large irregular spots over a share of the body.
        case blotches(frequency: Float, share: Float)
        /// Grooves in bare skin; grooves a metre.
        case wrinkles(frequency: Float)
        /// Locks of wool; locks a metre.
        case wool(frequency: Float)
    }

    /// One a `BodyRegion`: linear light, and in the fourth place how long the fur is, 0...1.
    var colors: [SIMD4<Float>]
    var pattern = Pattern.plain
    /// The pattern's other colour.
    var second: SIMD4<Float> = .zero
    /// How much each region takes part in the pattern.
    var patterned: [Float]
    var eye: SIMD4<Float> = .linear(0x1a120c)
    /// Radius of an eye as a share of the body's height.
    var eyeSize: Float = 0.009
    /// Hems of cloth are sharper than borders between furs.
    var isCloth = false
    /// Where the noise is read: no two individuals are alike.
    var offset: SIMD3<Float>

    init(_ base: SIMD4<Float>, fur: Float, random: inout SeededGenerator) {
        var color = base
        color.w = fur
        colors = [SIMD4<Float>](repeating: color, count: BodyRegion.allCases.count)
        patterned = [Float](repeating: 1, count: BodyRegion.allCases.count)
        offset = SIMD3(
            Float(random.number(in: 0...32)), Float(random.number(in: 0...32)), Float(random.number(in: 0...32)))
    }

    mutating func set(_ regions: [BodyRegion], _ color: SIMD4<Float>, fur: Float, patterned share: Float = 0) {
        for region in regions {
            colors[Int(region.rawValue)] = SIMD4(color.x, color.y, color.z, fur)
            patterned[Int(region.rawValue)] = share
        }
    }

    subscript(region: BodyRegion) -> SIMD4<Float> { colors[Int(region.rawValue)] }
}

extension Coat {
    /// A coat as individuals of a species have it.
    static func drawn(for species: String, _ random: inout SeededGenerator) -> Coat {
        switch species {
        case "human": clothed(&random)
        case "chimpanzee": chimpanzee(&random)
        case "gorilla": gorilla(&random)
        case "zebra": zebra(&random)
        case "giraffe": giraffe(&random)
        case "cow": cow(&random)
        case "sheep": sheep(&random)
        case "elephant": elephant(&random)
        case "bird": bird(&random)
        case "horse": horse(&random)
        case "bear": bear(&random)
        case "cat": cat(&random)
        default: dog(&random)
        }
    }

    private static func pick<T>(_ choices: [T], _ random: inout SeededGenerator) -> T {
        choices[random.index(below: choices.count)]
    }

    private static func shaded(
        _ hex: UInt32, _ random: inout SeededGenerator, by spread: ClosedRange<Double> = 0.75...1.3
    ) -> SIMD4<Float> { .linear(hex) * Float(random.number(in: spread)) }

    private static func clothed(_ random: inout SeededGenerator) -> Coat {
        let skin = shaded(pick([0xe0b194, 0xc68f6e, 0xa06a48, 0x74482f, 0x4b2e20], &random), &random, by: 0.85...1.15)
        let cloth: [UInt32] = [
            0x8c1f28, 0x23406e, 0x3c5a34, 0xc9c4b8, 0x2a2a2e, 0x7c6a4f, 0xb9832f, 0x5c6b7a, 0x8a8f94, 0x4d3a5e,
            0x2f6f74,
        ]
        var coat = Coat(skin, fur: 0, random: &random)
        let shirt = shaded(pick(cloth, &random), &random)
        let trousers = shaded(pick([0x2b3550, 0x3a3a3a, 0x5a5342, 0x6f6a5c, 0x1f1f22, 0x4a4f3c], &random), &random)
        let hair = shaded(pick([0x1a1411, 0x3a2618, 0x6b4a2a, 0xa98a54, 0x8c8884], &random), &random)
        coat.set([.chest, .back, .belly, .upperArm], shirt, fur: 0, patterned: 1)
        if random.unit() < 0.6 { coat.set([.forearm], shirt, fur: 0, patterned: 1) }
        coat.set([.rump, .thigh], trousers, fur: 0)
        if random.unit() < 0.75 { coat.set([.shank], trousers, fur: 0) }
        coat.set([.foot], shaded(pick([0x2a221c, 0x161616, 0x6d6a66, 0x5b3b22], &random), &random), fur: 0)
        coat.set([.crown], hair, fur: 0.8)
        if random.unit() < 0.5 { coat.set([.nape], hair, fur: 0.8) }
        coat.eyeSize = 0.0065
        coat.isCloth = true
        switch random.index(below: 4) {
        case 0:
            coat.pattern = .stripes(frequency: Float(random.number(in: 8...16)), contrast: 0.8)
            coat.second = shaded(pick(cloth, &random), &random)
        case 1:
            coat.pattern = .blotches(frequency: Float(random.number(in: 8...14)), share: 0.4)
            coat.second = shirt * 0.5
        default: break
        }
        for region in BodyRegion.allCases where ![.chest, .back, .belly, .upperArm].contains(region) {
            coat.patterned[Int(region.rawValue)] = 0
        }
        return coat
    }

    private static func chimpanzee(_ random: inout SeededGenerator) -> Coat {
        let fur = shaded(pick([0x1b1613, 0x241b16, 0x191818, 0x2e2219], &random), &random)
        var coat = Coat(fur, fur: 1, random: &random)
        let skin = shaded(pick([0xa57b63, 0x8a6250, 0x5e4438, 0x3a2c26], &random), &random)
        coat.set([.face, .muzzle], skin, fur: 0.04)
        coat.set([.ear], skin * 1.1, fur: 0.04)
        coat.set([.hand, .foot], skin * 0.55, fur: 0.1)
        coat.set([.cheek], fur * 1.15, fur: 0.9)
        coat.set([.rump], fur * 1.1, fur: 0.8)
        return coat
    }

    private static func gorilla(_ random: inout SeededGenerator) -> Coat {
        let fur = shaded(pick([0x1d1b1b, 0x242120, 0x2b2320], &random), &random)
        var coat = Coat(fur, fur: 1, random: &random)
        let skin = shaded(0x1c1918, &random)
        coat.set([.face, .muzzle, .ear, .hand, .foot], skin, fur: 0.02)
        coat.set([.chest], fur * 0.75, fur: 0.35)
        coat.set([.crown], random.unit() < 0.4 ? .linear(0x4a2c1e) : fur, fur: 1)
        // A silverback's saddle.
        if random.unit() < 0.45 { coat.set([.back, .rump], shaded(0x77736e, &random), fur: 0.8) }
        return coat
    }

    private static func zebra(_ random: inout SeededGenerator) -> Coat {
        var coat = Coat(shaded(0xdcd6c8, &random, by: 0.85...1.1), fur: 0.25, random: &random)
        coat.pattern = .stripes(frequency: Float(random.number(in: 6.5...8.5)), contrast: 1)
        coat.second = .linear(0x1d1916)
        coat.set([.muzzle], .linear(0x2a2421), fur: 0.1)
        coat.set([.foot, .hand], .linear(0x2b2724), fur: 0.05)
        coat.set([.belly], .linear(0xd8d0c0), fur: 0.25, patterned: 0.6)
        return coat
    }

    private static func giraffe(_ random: inout SeededGenerator) -> Coat {
        var coat = Coat(shaded(pick([0x9a5f2c, 0x7d4a22, 0xb0763a], &random), &random), fur: 0.2, random: &random)
        coat.pattern = .plates(frequency: Float(random.number(in: 3.6...4.8)))
        coat.second = .linear(0xdcc193)
        let pale: SIMD4<Float> = .linear(0xd2b58a)
        coat.set([.shank, .forearm], pale, fur: 0.2, patterned: 0.25)
        coat.set([.foot, .hand], .linear(0x6d5640), fur: 0.1)
        coat.set([.muzzle, .ear], pale, fur: 0.2)
        return coat
    }

    private static func cow(_ random: inout SeededGenerator) -> Coat {
        let isPied = random.unit() < 0.6
        let dark = shaded(pick([0x1b1817, 0x5a2e1a, 0x83552f], &random), &random)
        var coat = Coat(isPied ? .linear(0xe4ded2) : dark, fur: 0.35, random: &random)
        if isPied {
            coat.pattern = .blotches(
                frequency: Float(random.number(in: 1.6...2.6)), share: Float(random.number(in: 0.35...0.65)))
            coat.second = dark
        }
        coat.set([.muzzle], .linear(0xb58d7c), fur: 0.05)
        coat.set([.foot, .hand], .linear(0x3a332c), fur: 0.05)
        coat.set([.appendage], .linear(0xb9ac92), fur: 0.1)
        return coat
    }

    private static func sheep(_ random: inout SeededGenerator) -> Coat {
        let wool = shaded(pick([0xd9cfb8, 0xcabfa8, 0x6b5a4a], &random), &random, by: 0.8...1.1)
        var coat = Coat(wool, fur: 1, random: &random)
        coat.pattern = .wool(frequency: Float(random.number(in: 26...38)))
        let face: SIMD4<Float> = random.unit() < 0.5 ? .linear(0x2a2522) : wool * 0.9
        coat.set([.face, .muzzle, .ear, .cheek], face, fur: 0.1)
        coat.set([.forearm, .hand, .shank, .foot], face, fur: 0.1)
        return coat
    }

    private static func elephant(_ random: inout SeededGenerator) -> Coat {
        var coat = Coat(
            shaded(pick([0x7c746c, 0x6e6660, 0x86725e], &random), &random, by: 0.7...1.1), fur: 0, random: &random)
        coat.pattern = .wrinkles(frequency: Float(random.number(in: 13...18)))
        coat.second = coat[.back] * 0.5
        coat.eyeSize = 0.006
        return coat
    }

    private static func bird(_ random: inout SeededGenerator) -> Coat {
        let back = shaded(pick([0x4a4038, 0x2c2f38, 0x6d5236, 0x39512f, 0x8b8378], &random), &random)
        var coat = Coat(back, fur: 0.6, random: &random)
        let breast = shaded(pick([0xcfc4ae, 0xa4552a, 0x8a8a86, 0xd8d3c8], &random), &random)
        coat.set([.chest, .belly, .neck], breast, fur: 0.6)
        coat.set([.upperArm, .forearm, .hand], back * 0.75, fur: 0.5, patterned: 1)
        coat.set([.shank, .foot], .linear(0x8a6b3c), fur: 0)
        coat.set([.muzzle], shaded(pick([0x2a2622, 0xc08a2e], &random), &random), fur: 0)
        coat.pattern = .stripes(frequency: Float(random.number(in: 30...45)), contrast: 0.35)
        coat.second = back * 0.35
        for region in [BodyRegion.chest, .belly, .neck, .crown, .face, .muzzle, .back] {
            coat.patterned[Int(region.rawValue)] = 0
        }
        return coat
    }

    private static func horse(_ random: inout SeededGenerator) -> Coat {
        let body = shaded(pick([0x6b3a1e, 0x8a5128, 0x2a211d, 0x9a948c, 0xc9a877], &random), &random)
        var coat = Coat(body, fur: 0.25, random: &random)
        let points: SIMD4<Float> = random.unit() < 0.6 ? .linear(0x17130f) : body * 0.8
        coat.set([.nape, .appendage], points, fur: 1)
        coat.set([.forearm, .shank], body * 0.35 + points * 0.65, fur: 0.25)
        coat.set(
            [.hand, .foot], random.unit() < 0.3 ? .linear(0xd8d2c6) : SIMD4<Float>.linear(0x231d18), fur: 0.15)
        coat.set([.muzzle], body * 0.45, fur: 0.1)
        if random.unit() < 0.4 { coat.set([.face], .linear(0xcfc8ba), fur: 0.2) }
        return coat
    }

    private static func bear(_ random: inout SeededGenerator) -> Coat {
        let fur = shaded(pick([0x3d2a1c, 0x5b3d24, 0x1c1917, 0x7a5a36], &random), &random)
        var coat = Coat(fur, fur: 1, random: &random)
        coat.set([.muzzle], fur * 0.6 + SIMD4<Float>.linear(0x8a6a48) * 0.5, fur: 0.3)
        coat.set([.forearm, .shank, .hand, .foot], fur * 0.7, fur: 0.8)
        coat.eyeSize = 0.008
        return coat
    }

    private static func cat(_ random: inout SeededGenerator) -> Coat {
        let fur = shaded(pick([0x7a6650, 0xb5763c, 0x262322, 0x8f8a84, 0xd6cdbd], &random), &random)
        var coat = Coat(fur, fur: 0.7, random: &random)
        if random.unit() < 0.6 {
            coat.pattern = .stripes(frequency: Float(random.number(in: 26...36)), contrast: 0.7)
            coat.second = fur * 0.28
        } else if random.unit() < 0.6 {
            coat.pattern = .blotches(frequency: 9, share: 0.45)
            coat.second = .linear(0xe0d9cc)
        }
        if random.unit() < 0.5 { coat.set([.chest, .muzzle, .hand, .foot], .linear(0xd9d2c6), fur: 0.7) }
        coat.eye = .linear(0x6a6a20)
        coat.eyeSize = 0.022
        return coat
    }

    private static func dog(_ random: inout SeededGenerator) -> Coat {
        let fur = shaded(pick([0x7b5330, 0xb98a52, 0x1f1b19, 0x8e867c, 0xcbb491], &random), &random)
        var coat = Coat(fur, fur: Float(random.number(in: 0.3...0.9)), random: &random)
        let length = coat[.back].w
        switch random.index(below: 3) {
        case 0:
            coat.pattern = .blotches(frequency: Float(random.number(in: 4...7)), share: 0.4)
            coat.second = random.unit() < 0.5 ? .linear(0xe2dccf) : fur * 0.3
        case 1:
            // A dark saddle over tan.
            coat.set([.back, .nape, .crown, .appendage], fur * 0.25, fur: length)
        default: break
        }
        if random.unit() < 0.4 { coat.set([.hand, .foot, .chest], .linear(0xd9d2c6), fur: length) }
        coat.set([.muzzle], fur * 0.4, fur: 0.2)
        coat.eyeSize = 0.014
        return coat
    }
}
