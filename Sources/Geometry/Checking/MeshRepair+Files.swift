extension MeshRepair {
    /// Mends what a file holds; triangles keep the group, material and texture coordinates of the face that they are of.
    public func repaired(_ file: SurfaceMesh) throws(MeshError) -> (mesh: SurfaceMesh, steps: [String]) {
        let triangulation = try file.triangulated()
        let result = try repaired(triangulation.mesh)
        var mesh = SurfaceMesh(result.mesh)
        if !file.colors.isEmpty { mesh.colors = result.vertices.map { file.colors[Int($0)] } }
        let faces = result.triangles.map { Int(triangulation.face[Int($0)]) }
        mesh.groups = file.groups.kept(faces)
        mesh.materials = file.materials.kept(faces)
        if !file.cornerTextures.isEmpty {
            mesh.textureCoordinates = file.textureCoordinates
            for (index, triangle) in result.triangles.enumerated() {
                // A turned triangle has its second and third corner exchanged.
                let old = triangulation.corners[Int(triangle)]
                let vertices = result.mesh.triangles[index]
                for corner in 0..<3 {
                    let place = triangulation.mesh.positions[Int(result.vertices[Int(vertices[corner])])]
                    let same = (0..<3).first {
                        file.positions[Int(file.faces.corners[Int(old[$0])])] == place
                    }
                    mesh.cornerTextures.append(file.cornerTextures[Int(old[same ?? corner])])
                }
            }
        }
        return (mesh, result.steps)
    }
}
