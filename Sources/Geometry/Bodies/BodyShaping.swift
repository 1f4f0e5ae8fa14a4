/// From a species' table to its refined surface.
enum BodyShaping {
    static func shape(_ plan: BodyPlan, cage: QuadCage, level: Int) -> RefinedCage {
        let shape = ImplicitShape(pieces: plan.flesh)
        var mesh = RefinedCage(cage)
        for step in 0..<level {
            mesh = mesh.refined()
            SurfaceFitting(shape, mesh).fit(&mesh, rounds: [40, 20, 6][min(step, 2)], spread: plan.evenness)
            // Palms and fingers of apes are fitted better from squares than from what is good for triangles.
            guard step > 0 || !plan.isBiped else { continue }
            mesh.turnDiagonals(over: plan.isBiped ? bipeds(step + 1) : [mesh.positions])
            AngleRelaxation(shape, mesh, degrees: plan.wantedAngle).relax(&mesh.positions, rounds: 100)
        }
        return mesh
    }

    /// Human and apes are cut along the same diagonals: those that suit all three cages.
    private static func bipeds(_ level: Int) -> [[SIMD3<Double>]] {
        [BodyPlan.human, .chimpanzee, .gorilla].map { plan in
            (0..<level).reduce(RefinedCage(CageBuilder.build(plan))) { mesh, _ in mesh.refined() }.positions
        }
    }
}
