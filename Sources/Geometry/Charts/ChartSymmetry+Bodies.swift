extension ChartAtlas {
    /// The charts of a template body.
    public init(_ body: TemplateBody) {
        let corners = body.mesh.triangles.indices.map { body.chart(ofTriangle: $0) }
        self.init(body.mesh, charts: corners.map { UInt8($0.chart) }, corners: corners.map(\.uv))
    }
}

extension ChartSymmetry {
    /// The tables of a body with charts and a mirror map: a template body by name (`human`), a mesh with labels beside it
    /// (`.obj`, `.ply`, …), or DensePose's own `UV_symmetry_transforms.mat`.
    /// - Throws: `MeshFileError`, `MeshError`.
    public static func of(_ text: String) throws -> ChartSymmetry {
        if text.hasSuffix(".mat") { return try DensePoseFiles.symmetry(from: text) }
        if TemplateBody.species.contains(text) {
            let body = try TemplateBody.named(text)
            return ChartSymmetry(
                try ChartLookup(ChartAtlas(body), of: body.mesh), mesh: body.mesh, mirror: body.mirror)
        }
        let file = try BodyFile.read(text)
        guard let atlas = file.atlas else {
            throw MeshFileError(path: text, problem: "has no charts; `meshmap charts` makes them")
        }
        guard let mirror = file.body.mirror else {
            throw MeshFileError(path: text, problem: "has no mirror map in its labels")
        }
        let mesh = file.body.mesh
        return ChartSymmetry(try ChartLookup(atlas, of: mesh), mesh: mesh, mirror: mirror)
    }
}
