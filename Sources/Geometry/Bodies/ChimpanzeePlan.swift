extension BodyPlan {
    /// An upright adult chimpanzee of 1.2 m: trunk 0.50, upper arm 0.300, forearm 0.280, hand 0.24, thigh 0.300, shank
    /// 0.247, foot 0.24; funnel-shaped chest, short neck between raised shoulders, long fingers and a thumb-like great toe.
    static let chimpanzee: BodyPlan = {
        let arm: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) = (
            [0.175, 1.030, -0.005], [0.348, 0.785, -0.015], [0.508, 0.556, 0.015]
        )
        let leg: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) = (
            [0.090, 0.585, 0], [0.130, 0.288, 0.022], [0.140, 0.043, -0.012]
        )
        let hand = Extremity(
            ending: .five, knuckles: [0.562, 0.467, 0.026], across: [-0.1, -0.1, 1], up: [0.83, 0.55, 0.1],
            halfWidth: 0.042, halfHeight: 0.015,
            digits: [
                Digit([0.036, -0.010, -0.075], [0.62, -0.3, 0.72], 0.050, 0.0105, curl: 8),
                Digit([0.031, 0, 0], [0.08, 0, 1], 0.112, 0.0112, curl: 15),
                Digit([0.0105, 0.002, 0.004], [0.02, 0, 1], 0.126, 0.0116, curl: 15),
                Digit([-0.0105, 0, 0.001], [-0.04, 0, 1], 0.120, 0.0112, curl: 16),
                Digit([-0.0305, -0.003, -0.008], [-0.11, 0, 1], 0.096, 0.0100, curl: 16),
            ])
        let foot = Extremity(
            ending: .five, knuckles: [0.172, 0.018, 0.085], across: [-1, 0, 0.12], up: [0, 1, 0.1], halfWidth: 0.036,
            halfHeight: 0.015,
            digits: [
                Digit([0.042, -0.002, -0.045], [0.72, -0.02, 0.7], 0.072, 0.0150, curl: 0),
                Digit([0.0265, 0, 0.006], [0.02, -0.02, 1], 0.057, 0.0098, curl: 6),
                Digit([0.009, 0, 0.005], [-0.02, -0.02, 1], 0.060, 0.0098, curl: 6),
                Digit([-0.009, -0.001, -0.001], [-0.06, -0.02, 1], 0.057, 0.0096, curl: 6),
                Digit([-0.0265, -0.002, -0.014], [-0.12, -0.02, 1], 0.050, 0.0090, curl: 6),
            ], rows: 2, digitRows: 1)
        var flesh: [Flesh] = [
            // Narrow hips, wide flaring ribs, a pot belly; narrow again between the shoulders.
            .sweep(
                .trunk, blend: 0.03,
                [
                    Station([0, 0.53, -0.010], 0.105, 0.075, 0.075), Station([0, 0.60, -0.008], 0.138, 0.092, 0.085),
                    Station([0, 0.68, -0.004], 0.152, 0.118, 0.082), Station([0, 0.77, 0.000], 0.168, 0.142, 0.088),
                    Station([0, 0.86, 0.000], 0.172, 0.140, 0.098), Station([0, 0.94, -0.004], 0.156, 0.122, 0.102),
                    Station([0, 1.01, -0.008], 0.128, 0.098, 0.098), Station([0, 1.06, -0.012], 0.098, 0.070, 0.080),
                ]),
            .sweep(
                .trunk, blend: 0.05,
                [
                    Station([0, 1.02, -0.02], 0.085), Station([0, 1.085, 0.000], 0.072, 0.066, 0.074),
                    Station([0, 1.14, 0.022], 0.066, 0.058, 0.070),
                ]),
            // Shoulders raised to the level of the jaw.
            .sweep(
                .trunk, blend: 0.05,
                [
                    Station([0.03, 1.095, -0.025], 0.046), Station([0.10, 1.065, -0.022], 0.052),
                    Station([0.165, 1.036, -0.012], 0.055),
                ]),
            .ball(.trunk, [0.072, 0.965, 0.072], [0.082, 0.062, 0.045], yaw: 18, blend: 0.04),
            .ball(.trunk, [0.090, 0.985, -0.070], [0.075, 0.095, 0.042], blend: 0.05),
            .ball(.trunk, [0.066, 0.570, -0.048], [0.066, 0.070, 0.052], blend: 0.04),
        ]
        // Head: small braincase, brow ridge, hollow eyes, forward muzzle with long upper lip, flat nose.
        flesh += [
            .ball(.head, [0, 1.193, 0.002], [0.068, 0.066, 0.082], blend: 0.03),
            .ball(.head, [0, 1.165, 0.048], [0.062, 0.062, 0.056], blend: 0.03),
            .sweep(
                .head, blend: 0.04,
                [
                    Station([0.044, 1.130, 0.020], 0.028), Station([0.034, 1.108, 0.060], 0.026),
                    Station([0.012, 1.098, 0.098], 0.024),
                ]),
            .sweep(
                .head, front: [0, 1, 0], blend: 0.03,
                [
                    Station([0, 1.150, 0.062], 0.050, 0.042, 0.046), Station([0, 1.135, 0.100], 0.046, 0.034, 0.036),
                    Station([0, 1.126, 0.124], 0.038, 0.026, 0.026),
                ]),
            .ball(.head, [0.040, 1.172, 0.066], [0.026, 0.018, 0.022], blend: 0.02),
            .ball(.head, [0.030, 1.188, 0.110], [0.018, 0.012, 0.013], blend: 0.010, carves: true),
            .ball(.head, [0.029, 1.187, 0.086], [0.0150, 0.0110, 0.0120], blend: 0.004),
            .sweep(
                .head, front: [0, 1, 0], blend: 0.012,
                [
                    Station([0, 1.206, 0.094], 0.0135), Station([0.032, 1.209, 0.088], 0.0145),
                    Station([0.058, 1.202, 0.068], 0.0125),
                ]),
            // Lips, nose.
            .ball(.head, [0, 1.128, 0.140], [0.036, 0.010, 0.016], blend: 0.010),
            .ball(.head, [0, 1.108, 0.132], [0.032, 0.011, 0.016], blend: 0.010),
            .ball(.head, [0, 1.164, 0.106], [0.017, 0.012, 0.016], blend: 0.012),
            .ball(.ear, [0.072, 1.180, -0.008], [0.014, 0.026, 0.014], blend: 0.010),
            .ball(.ear, [0.090, 1.185, -0.016], [0.0120, 0.0325, 0.025], pitch: -6, yaw: 36, blend: 0.008),
        ]
        flesh += [
            sweep(
                .arm, arm, front: [0, 0, 1], blend: 0.055,
                [
                    (0.0, 0.056, 0.062, 0.060), (0.25, 0.060, 0.062, 0.062), (0.6, 0.051, 0.054, 0.054),
                    (0.95, 0.044, 0.046, 0.047),
                    (1.05, 0.045, 0.048, 0.048), (1.3, 0.046, 0.052, 0.048), (1.65, 0.038, 0.042, 0.040),
                    (1.95, 0.027, 0.033, 0.031),
                    (2.1, 0.025, 0.034, 0.032),
                ]),
            .sweep(
                .hand, front: hand.across, blend: 0.012,
                [
                    Station(arm.2 + [0.004, -0.004, 0], 0.022, 0.031, 0.029),
                    Station([0.534, 0.517, 0.021], 0.0185, 0.039, 0.037),
                    Station([0.557, 0.475, 0.025], 0.015, 0.043, 0.041),
                ]),
            .ball(.hand, [0.522, 0.522, 0.046], [0.018, 0.034, 0.017], blend: 0.012),
        ]
        flesh += hand.flesh(root: arm.2, isHand: true, blend: 0.006)
        flesh += [
            sweep(
                .leg, leg, front: [0, 0, 1], blend: 0.03,
                [
                    (0.0, 0.074, 0.076, 0.082), (0.25, 0.076, 0.082, 0.080), (0.6, 0.064, 0.072, 0.066),
                    (0.93, 0.051, 0.056, 0.052),
                    (1.05, 0.050, 0.056, 0.050), (1.3, 0.049, 0.046, 0.056), (1.6, 0.041, 0.040, 0.046),
                    (1.9, 0.033, 0.034, 0.036),
                    (2.05, 0.033, 0.036, 0.034),
                ]),
            .sweep(
                .foot, front: [0, 1, 0], blend: 0.02,
                [
                    Station([0.136, 0.028, -0.050], 0.028, 0.026, 0.026),
                    Station([0.140, 0.030, -0.015], 0.030, 0.040, 0.027),
                    Station([0.148, 0.028, 0.025], 0.036, 0.026, 0.026),
                    Station([0.164, 0.019, 0.065], 0.046, 0.018, 0.018),
                    Station([0.170, 0.017, 0.083], 0.042, 0.015, 0.016),
                ]),
        ]
        flesh += foot.flesh(root: leg.2, isHand: false, blend: 0.006)
        return BodyPlan(
            name: "chimpanzee", summary: "adult chimpanzee, upright",
            rings: [
                Ring(0.555, -0.005, 0), Ring(0.635, 0, 0), Ring(0.755, 0.01, 0), Ring(0.885, 0.01, 0),
                Ring(1.055, -0.01, -8),
                Ring(1.092, 0.000, -26), Ring(1.125, 0.020, -24), Ring(1.163, 0.020, -2), Ring(1.190, 0.010, -2),
                Ring(1.216, 0.0, 0),
            ],
            crotch: [0, 0.515, -0.01], crown: [0, 1.260, -0.002],
            muzzle: Muzzle(at: [0, 1.121, 0.146], tilt: -6, halfWidth: 0.034, halfHeight: 0.022),
            ear: Process(
                root: Station([0.060, 1.180, -0.008], 0.025, 0.016, 0.016),
                stations: [Station([0.092, 1.185, -0.017], 0.0355, 0.024, 0.026)], front: [0, 0, 1]),
            arm: Limb(joints: arm, reference: [1, 1, 0], rings: [0.34, 1, 1.5, 2], splits: [1: 2], extremity: hand),
            leg: Limb(
                joints: leg, reference: [0, 0, 1], rings: [0.58, 1, 1.42, 2], splits: [3: 2],
                extremity: foot),
            heel: [0.133, 0.004, -0.045], eye: [0.029, 1.187, 0.098], flesh: flesh, isBiped: true, evenness: 2)
    }()
}
