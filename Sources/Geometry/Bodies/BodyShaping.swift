/// From a species' table to its refined surface.
enum BodyShaping {
    static func shape(_ plan: BodyPlan, cage: QuadCage, level: Int) -> RefinedCage {
        let shape = ImplicitShape(pieces: plan.flesh)
        var mesh = RefinedCage(cage)
        for step in 0..<level {
            mesh = mesh.refined()
            let rounds = step == 0 ? 12 : step == 1 ? 10 : 5
            SurfaceFitting(shape, mesh).fit(&mesh, rounds: rounds, slide: 0.5)
        }
        return mesh
    }
}
