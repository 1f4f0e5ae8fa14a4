extension BodyPlan {
    /// A pigeon-sized bird, 0.30 m high, with its wings half spread. The wings are its arms, the beak is its muzzle.
    static let bird: BodyPlan = {
        let arm: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) = (
            [0.036, 0.212, 0.030], [0.100, 0.230, 0.022], [0.175, 0.247, 0.024]
        )
        let leg: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) = (
            [0.026, 0.128, -0.018], [0.034, 0.098, -0.002], [0.032, 0.055, -0.012]
        )
        let wing = Extremity(
            ending: .hoof, knuckles: [0.235, 0.256, -0.006], across: [0.1, 0, 1], up: [-0.15, 1, 0],
            halfWidth: 0.050, halfHeight: 0.0090,
            digits: (0..<5).map { Digit([0, 0, 0], [-0.35, -0.02, 0.9], $0 == 2 ? 0.085 : 0, 0.024, curl: 0) })
        let foot = Extremity(
            ending: .three, knuckles: [0.032, 0.0085, 0.003], across: [-1, 0, 0], up: [0, 1, 1], halfWidth: 0.0100,
            halfHeight: 0.0050,
            digits: [
                Digit(.zero, [0, 0, 1], 0, 0.0035),
                Digit(.zero, [0, 0, 1], 0, 0.0035),
                Digit([0.0066, 0, 0], [0.42, 0.65, 0.75], 0.030, 0.0038, curl: 0),
                Digit([0, 0, 0.002], [-0.02, 0.65, 0.75], 0.036, 0.0040, curl: 0),
                Digit([-0.0066, 0, 0], [-0.48, 0.65, 0.75], 0.030, 0.0038, curl: 0),
            ])
        var flesh: [Flesh] = [
            // From the rump to the breast; the breast is deep.
            .sweep(
                .trunk, front: [0, -1, 0.6], blend: 0.02,
                [
                    Station([0, 0.150, -0.100], 0.026, 0.020, 0.018), Station([0, 0.158, -0.060], 0.042, 0.036, 0.030),
                    Station([0, 0.172, -0.015], 0.052, 0.050, 0.038), Station([0, 0.190, 0.030], 0.052, 0.054, 0.036),
                    Station([0, 0.215, 0.062], 0.040, 0.040, 0.034),
                ]),
            .sweep(
                .trunk, blend: 0.025,
                [
                    Station([0, 0.215, 0.060], 0.034), Station([0, 0.250, 0.076], 0.025),
                    Station([0, 0.275, 0.084], 0.0225),
                ]),
            .ball(.head, [0, 0.284, 0.088], [0.0225, 0.0220, 0.0260], blend: 0.012),
            .sweep(
                .head, front: [0, 1, 0], blend: 0.006,
                [
                    Station([0, 0.281, 0.106], 0.0105, 0.0095, 0.0090),
                    Station([0, 0.277, 0.122], 0.0068, 0.0060, 0.0060),
                    Station([0, 0.272, 0.139], 0.0036, 0.0034, 0.0034),
                ]),
            .ball(.head, [0.0170, 0.288, 0.100], [0.0060, 0.0060, 0.0060], blend: 0.002),
            .ball(.ear, [0.0215, 0.281, 0.086], [0.0055, 0.0060, 0.0060], blend: 0.003),
            // Tail feathers.
            .sweep(
                .tail, front: [0, -1, -0.3], blend: 0.02,
                [
                    Station([0, 0.150, -0.105], 0.024, 0.014, 0.014),
                    Station([0, 0.136, -0.150], 0.026, 0.0070, 0.0070),
                    Station([0, 0.118, -0.205], 0.036, 0.0055, 0.0055),
                    Station([0, 0.106, -0.240], 0.040, 0.0050, 0.0050),
                ]),
        ]
        flesh += [
            // Chord along z, thin upwards.
            .sweep(
                .arm, front: [0, 0, 1], blend: 0.020,
                [
                    Station(arm.0, 0.014, 0.026, 0.052), Station((arm.0 + arm.1) / 2, 0.0140, 0.028, 0.070),
                    Station(arm.1, 0.0135, 0.030, 0.086),
                    Station((arm.1 + arm.2) / 2, 0.0130, 0.030, 0.090), Station(arm.2, 0.0125, 0.029, 0.088),
                ]),
            .sweep(
                .hand, front: [0, 0, 1], blend: 0.015,
                [Station(arm.2, 0.0125, 0.029, 0.088), Station(wing.knuckles, 0.0115, 0.050, 0.054)]),
            .sweep(
                .finger(2), front: [0.3, 0, 1], blend: 0.012,
                [
                    Station(wing.knuckles, 0.0115, 0.050, 0.054),
                    Station(wing.knuckles + [0.040, 0.005, -0.018], 0.0105, 0.042, 0.042),
                    Station(wing.knuckles + [0.074, 0.008, -0.036], 0.0095, 0.024, 0.024),
                ]),
            sweep(
                .leg, leg, front: [0, 0, 1], blend: 0.015,
                [
                    (-0.2, 0.018, 0.026, 0.026), (0.5, 0.0175, 0.023, 0.023), (1.0, 0.0125, 0.015, 0.016),
                    (1.5, 0.0082, 0.0095, 0.0100), (2.0, 0.0056, 0.0060, 0.0062),
                ]),
            .sweep(
                .foot, front: [0, 0, 1], blend: 0.005,
                [
                    Station(leg.2, 0.0056, 0.0060, 0.0062), Station([0.032, 0.018, -0.004], 0.0054, 0.0056, 0.0056),
                    Station([0.032, 0.0085, 0.002], 0.0095, 0.0062, 0.0062),
                ]),
            .sweep(
                .foot, front: [0, 0, 1], blend: 0.004,
                [Station(leg.2, 0.0056), Station(leg.2 + [0, -0.003, -0.008], 0.0050)]),
        ]
        flesh += foot.flesh(root: leg.2, isHand: false, blend: 0.002)
        return BodyPlan(
            name: "bird", summary: "pigeon-sized bird with half-spread wings",
            rings: [
                Ring(0.142, -0.030, -20, back: 205), Ring(0.152, -0.030, -40, back: 178),
                Ring(0.165, -0.022, -58, back: 142),
                Ring(0.180, 0.008, -58, back: 118), Ring(0.212, 0.046, -50, back: 125),
                Ring(0.243, 0.072, -35, back: 145),
                Ring(0.272, 0.084, -40, back: 150), Ring(0.282, 0.087, 24, back: 150),
                Ring(0.287, 0.087, 45, back: 138), Ring(0.291, 0.087, 62, back: 125),
            ],
            crotch: [0, 0.112, -0.020], crown: [0, 0.308, 0.084],
            muzzle: Muzzle(at: [0, 0.2715, 0.1420], tilt: -14, halfWidth: 0.0034, halfHeight: 0.0034),
            ear: Process(
                root: Station([0.012, 0.281, 0.086], 0.005),
                stations: [Station([0.0235, 0.281, 0.086], 0.0052, 0.0052, 0.0052)], front: [0, 0, 1]),
            tail: Process(
                root: Station([0, 0.150, -0.105], 0.024, 0.014, 0.014),
                stations: [
                    Station([0, 0.136, -0.150], 0.028, 0.010, 0.010), Station([0, 0.118, -0.205], 0.036, 0.008, 0.008),
                    Station([0, 0.106, -0.240], 0.040, 0.006, 0.006),
                ], front: [0, -1, -0.3]),
            arm: Limb(joints: arm, reference: [0, 1, 0], rings: [0.55, 1, 1.5, 2], extremity: wing),
            leg: Limb(joints: leg, reference: [0, 0, 1], rings: [0.63, 1, 1.5, 2], extremity: foot),
            heel: leg.2 + [0, -0.004, -0.012], eye: [0.0215, 0.288, 0.103], flesh: flesh, isBiped: false,
            hasWings: true, wantedAngle: 26
        )
    }()
}
