extension BodyPlan {
    /// 1.55 m at the withers.
    static let horse = equid(name: "horse", summary: "horse, standing", scale: 1, isZebra: false)
    /// 1.30 m at the withers, with a thicker neck, a mane that stands up, larger ears and a tasselled tail.
    static let zebra = equid(name: "zebra", summary: "plains zebra, standing", scale: 0.84, isZebra: true)

    private static func equid(name: String, summary: String, scale: Double, isZebra: Bool) -> BodyPlan {
        func at(_ x: Double, _ y: Double, _ z: Double) -> SIMD3<Double> { SIMD3(x, y, z) * scale }
        func s(_ x: Double, _ y: Double, _ z: Double, _ across: Double, _ deep: Double) -> Station {
            Station(at(x, y, z), across * scale, deep * scale, deep * scale)
        }
        func profile(_ rows: [(Double, Double, Double, Double)]) -> [(Double, Double, Double, Double)] {
            rows.map { ($0.0, $0.1 * scale, $0.2 * scale, $0.3 * scale) }
        }
        func cannon(_ rows: [(Double, Double, Double)]) -> [(across: Double, front: Double, back: Double)] {
            rows.map { ($0.0 * scale, $0.1 * scale, $0.2 * scale) }
        }
        let fore = QuadrupedTable.Leg(
            joints: [at(0.17, 1.10, 0.58), at(0.18, 0.85, 0.42), at(0.165, 0.46, 0.46), at(0.165, 0.20, 0.465)],
            profile: profile([
                (-0.1, 0.10, 0.13, 0.16), (0.5, 0.10, 0.14, 0.16), (0.95, 0.085, 0.10, 0.11),
                (1.2, 0.070, 0.085, 0.085),
                (1.6, 0.050, 0.055, 0.055), (1.85, 0.050, 0.052, 0.050), (2.0, 0.055, 0.056, 0.054),
            ]),
            cannon: cannon([(0.050, 0.050, 0.050), (0.036, 0.036, 0.042), (0.043, 0.044, 0.050)]), ending: .hoof,
            digitReach: [-0.15, 0.07] * scale, digitRadius: 0.052 * scale, footHalfWidth: 0.043 * scale,
            rings: [0.82, 1.02, 1.5, 2])
        let hind = QuadrupedTable.Leg(
            joints: [at(0.16, 1.24, -0.52), at(0.19, 0.97, -0.28), at(0.165, 0.57, -0.70), at(0.165, 0.21, -0.675)],
            profile: profile([
                (-0.1, 0.13, 0.20, 0.20), (0.4, 0.140, 0.24, 0.24), (0.85, 0.120, 0.17, 0.22),
                (1.15, 0.095, 0.13, 0.17),
                (1.5, 0.062, 0.085, 0.095), (1.85, 0.045, 0.050, 0.060), (2.0, 0.048, 0.055, 0.060),
            ]),
            cannon: cannon([(0.050, 0.052, 0.056), (0.038, 0.040, 0.044), (0.044, 0.046, 0.050)]), ending: .hoof,
            digitReach: [-0.15, 0.07] * scale, digitRadius: 0.052 * scale, footHalfWidth: 0.043 * scale,
            rings: [0.74, 1.02, 1.5, 2], heel: 0.075 * scale)
        var extra: [Flesh] = [
            .ball(.trunk, at(0.13, 1.22, 0.50), at(0.11, 0.24, 0.17), pitch: 25, blend: 0.15 * scale),
            .ball(.trunk, at(0.12, 1.20, -0.48), at(0.12, 0.24, 0.20), blend: 0.15 * scale),
            .ball(.head, at(0.050, 1.70, 1.10), at(0.045, 0.11, 0.10), blend: 0.05 * scale),
            .ball(.head, at(0.030, 1.425, 1.435), at(0.030, 0.045, 0.035), blend: 0.03 * scale),
            .ball(.head, at(0.070, 1.845, 1.145), at(0.030, 0.022, 0.040), blend: 0.04 * scale),
        ]
        // The mane: a ridge along the neck.
        let crest = isZebra ? 0.085 : 0.055
        let thin = isZebra ? 0.042 : 0.050
        extra.append(
            .sweep(
                .trunk, front: [0, 1, -1], blend: 0.06 * scale,
                [
                    s(0, 1.50, 0.46, thin, 0.04), s(0, 1.64, 0.62, thin, 0.10 + crest),
                    s(0, 1.78, 0.78, thin, 0.09 + crest), s(0, 1.87, 0.91, thin, 0.06 + 0.7 * crest),
                    s(0, 1.89, 0.98, thin, 0.04),
                ]))
        let hair = isZebra ? 0.6 : 1.0
        return QuadrupedTable(
            body: [
                (-0.70, 1.33, 1.12, 0.15), (-0.56, 1.49, 1.00, 0.23), (-0.32, 1.51, 0.92, 0.25), (0, 1.45, 0.86, 0.27),
                (0.28, 1.50, 0.82, 0.25), (0.46, 1.54, 0.85, 0.20), (0.60, 1.36, 1.00, 0.14),
            ].map { ($0.0 * scale, $0.1 * scale, $0.2 * scale, $0.3 * scale) },
            neck: [
                (1.20, 0.44, 0.30, 0.15), (1.42, 0.66, 0.24, 0.11), (1.66, 0.85, isZebra ? 0.19 : 0.17, 0.085),
                (1.83, 0.98, 0.12, 0.075),
            ].map { ($0.0 * scale, $0.1 * scale, $0.2 * scale, $0.3 * scale) },
            head: [
                (1.88, 0.99, 0.088, 0.118, 0.086), (1.82, 1.08, 0.100, 0.165, 0.099), (1.71, 1.19, 0.086, 0.155, 0.088),
                (1.57, 1.31, 0.074, 0.108, 0.073), (1.45, 1.41, 0.076, 0.092, 0.079),
                (1.41, 1.435, 0.066, 0.082, 0.074),
            ].map { ($0.0 * scale, $0.1 * scale, $0.2 * scale, $0.3 * scale, $0.4 * scale) },
            eye: at(0.085, 1.81, 1.15), eyeRadius: 0.026 * scale,
            ear: .init(
                stations: [
                    s(0.045, 1.90, 1.00, 0.032, 0.020), s(0.055, 1.97, 0.99, 0.034, 0.018),
                    s(0.060, 2.04, 1.00, isZebra ? 0.046 : 0.034, 0.016),
                    s(0.062, isZebra ? 2.13 : 2.10, 1.015, 0.014, 0.011),
                ],
                front: [0.5, 0, 1]),
            tail: .init(
                stations: [
                    s(0, 1.37, -0.66, 0.06, 0.06), s(0, 1.36, -0.86, 0.045, 0.045),
                    s(0, 1.18, -0.95, 0.05 * hair, 0.055 * hair), s(0, 0.93, -0.97, 0.065, 0.075),
                    s(0, 0.68, -0.96, 0.060, 0.070), s(0, 0.50, -0.95, 0.024, 0.027),
                ],
                front: [0, 0, 1]),
            fore: fore, hind: hind, crotch: at(0, 0.93, -0.52), extra: extra
        ).plan(name: name, summary: summary)
    }
}
