/// From a species' table to its refined surface.
enum BodyShaping {
    static func shape(_ plan: BodyPlan, cage: QuadCage, level: Int) -> RefinedCage {
        let shape = ImplicitShape(pieces: plan.flesh)
        var mesh = RefinedCage(cage)
        for step in 0..<level {
            mesh = mesh.refined()
            SurfaceFitting(shape, mesh).fit(&mesh, rounds: [40, 20, 6][min(step, 2)], spread: 0.5)
        }
        return mesh
    }
}
