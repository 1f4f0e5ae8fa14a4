import Foundation
import Geometry
import Testing

@Suite struct MeshFileTests {
    private func read(_ text: String, as name: String) throws -> SurfaceMesh {
        try read(Data(text.utf8), as: name)
    }

    private func read(_ data: Data, as name: String) throws -> SurfaceMesh {
        try withTemporaryFolder { folder in
            try data.write(to: URL(fileURLWithPath: folder + "/" + name))
            return try MeshFile.read(folder + "/" + name)
        }
    }

    /// The sentence without the folder, which is never the same.
    private func problem(_ text: String, as name: String) -> String {
        do {
            _ = try read(text, as: name)
            return "no error"
        } catch let error as MeshFileError {
            var error = error
            error.path = name
            return error.description
        } catch {
            return "\(error)"
        }
    }

    @Test func anOBJKeepsOrderGroupsMaterialsAndSeams() throws {
        let mesh = try read(
            """
            # a comment
            mtllib none.mtl
            v 0 0 0 1 0 0
            v 1 0 0 0 1 0
            v 1 1 0 0 0 1
            v 0 1 0 1 1 1
            v 9 9 9 0 0 0
            vt 0 0
            vt 1 0
            vt 1 1
            vt 0.5 0.25
            g left arm
            usemtl skin
            f 1/1/1 2/2/1 \\
              3/3/1
            g
            o body
            usemtl cloth
            f -5/-4 -3/-2 -2/-1

            """, as: "a.obj")
        #expect(mesh.positions.count == 5)
        #expect(mesh.positions[4] == [9, 9, 9])
        #expect(mesh.colors[1] == [0, 255, 0])
        #expect(mesh.faces.corners == [0, 1, 2, 0, 2, 3])
        #expect(mesh.cornerTextures == [0, 1, 2, 0, 2, 3])
        #expect(mesh.textureCoordinates[3] == [0.5, 0.25])
        #expect(mesh.groups.ofFace.map { mesh.groups.names[Int($0)] } == ["left arm", "body"])
        #expect(mesh.materials.ofFace.map { mesh.materials.names[Int($0)] } == ["skin", "cloth"])
        #expect(mesh.keeping(groups: ["body"])?.positions.count == 3)
        #expect(mesh.keeping(groups: ["head"]) == nil)
    }

    @Test func coloursOfSomeVerticesAreLeftOut() throws {
        let text = "v 0 0 0 1 0 0\nv 1 0 0\nv 0 1 0 0 0 1\nf 1 2 3\n"
        let mesh = try MeshFile.read(Array(text.utf8), as: .obj, path: "a.obj")
        #expect(mesh.colors.isEmpty)
        #expect(try MeshRepair().repaired(mesh).mesh.positions.count == 3)
    }

    @Test func aQuadIsCutAlongItsShorterDiagonalAndAConcavePolygonIntoEars() throws {
        let quad = try read("v 0 0 0\nv 3 0 0\nv 3 1 0\nv 2 1 0\nf 1 2 3 4\n", as: "q.obj")
        #expect(try quad.triangulated().mesh.triangles == [[0, 1, 3], [1, 2, 3]])
        // An arrowhead: the shorter diagonal lies outside.
        let arrow = try read("v 0 0 0\nv 2 -1 0\nv 0.5 0 0\nv 2 1 0\nf 1 2 3 4\n", as: "w.obj")
        #expect(try arrow.triangulated().mesh.triangles == [[0, 1, 2], [0, 2, 3]])
        let letter = try read(
            "v 0 0 0\nv 3 0 0\nv 3 3 0\nv 2 3 0\nv 2 1 0\nv 1 1 0\nv 1 3 0\nv 0 3 0\nf 1 2 3 4 5 6 7 8\n", as: "u.obj")
        let triangles = try letter.triangulated().mesh
        #expect(triangles.triangleCount == 6)
        #expect(abs(triangles.area - 7) < 1e-12)
        #expect((0..<6).allSatisfy { triangles.areaVector(of: $0).z > 0 })
    }

    @Test(arguments: ["ply", "obj", "off", "glb", "gltf", "stl"])
    func whatIsWrittenIsReadAgain(_ format: String) throws {
        var mesh = SurfaceMesh(Shapes.sphere(level: 2))
        mesh.colors = mesh.positions.indices.map { [UInt8($0 % 256), 7, 255] }
        try withTemporaryFolder { folder in
            let path = folder + "/sphere.\(format)"
            try MeshFile.write(mesh, to: path)
            let back = try MeshFile.read(path)
            // STL has no vertices: they come back in the order of first use.
            let triangles = try back.triangulated().mesh
            #expect(back.positions.count == mesh.positions.count)
            #expect(abs(triangles.area - (try mesh.triangulated().mesh.area)) < 1e-4)
            guard format != "stl" else { return }
            #expect(back.faces.corners == mesh.faces.corners)
            #expect(zip(back.positions, mesh.positions).allSatisfy { distance($0, $1) < 1e-6 })
            if format == "ply" { #expect(back.positions == mesh.positions) }
            if ["ply", "obj", "off"].contains(format) { #expect(back.colors == mesh.colors) }
        }
    }

    @Test(arguments: ["obj", "ply", "glb", "gltf"])
    func seamsSurvive(_ format: String) throws {
        var mesh = SurfaceMesh()
        mesh.positions = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
        mesh.faces.append([0, 1, 2])
        mesh.faces.append([0, 2, 3])
        mesh.textureCoordinates = [[0, 0], [1, 0], [1, 1], [0.25, 0.5], [0.75, 0.5], [0.5, 1]]
        mesh.cornerTextures = [0, 1, 2, 3, 4, 5]
        try withTemporaryFolder { folder in
            let path = folder + "/seam.\(format)"
            try MeshFile.write(mesh, to: path)
            let back = try MeshFile.read(path)
            let pairs = back.cornerTextures.map { back.textureCoordinates[Int($0)] }
            #expect(pairs == mesh.cornerTextures.map { mesh.textureCoordinates[Int($0)] })
            // glTF gives the two vertices of the seam twice.
            #expect(back.positions.count == (format.hasPrefix("gl") ? 6 : 4))
        }
    }

    @Test func theThreePLYEncodingsHoldTheSame() throws {
        let header = """
            comment made by hand
            element vertex 3
            property float x
            property float y
            property float z
            property uchar red
            property uchar green
            property uchar blue
            element face 1
            property list uchar int vertex_indices
            property int part
            end_header

            """
        let text = try read(
            "ply\nformat ascii 1.0\n" + header + "0 0 0 1 2 3\n1 0 0 4 5 6\n0 1 0 7 8 9\n3 0 1 2 5\n", as: "t.ply")
        func binary(_ isBig: Bool) -> Data {
            var data = Data("ply\nformat binary_\(isBig ? "big" : "little")_endian 1.0\n\(header)".utf8)
            func append<T: FixedWidthInteger>(_ value: T) {
                withUnsafeBytes(of: isBig ? value.bigEndian : value.littleEndian) { data.append(contentsOf: $0) }
            }
            for (position, color) in zip(text.positions, text.colors) {
                for axis in 0..<3 { append(Float(position[axis]).bitPattern) }
                for channel in 0..<3 { append(color[channel]) }
            }
            append(3 as UInt8)
            for vertex in [0, 1, 2, 5] as [Int32] { append(vertex) }
            return data
        }
        #expect(text.colors == [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
        #expect(try read(binary(false), as: "l.ply") == text)
        #expect(try read(binary(true), as: "b.ply") == text)
    }

    @Test func whatIsWrongIsNamedWithItsPlace() {
        #expect(
            problem("v 0 0 0\nv 1 0 0\nf 1 2 9\n", as: "a.obj")
                == "a.obj: line 3: the face names vertex 9, the file has 2")
        #expect(problem("v 0 0\n", as: "a.obj") == "a.obj: line 1: has 2 numbers, at least 3 are expected")
        #expect(problem("v 0 0 x\n", as: "a.obj") == "a.obj: line 1: \"x\" is not a number")
        #expect(
            problem("v 0 0 nan\nv 0 0 0\nv 1 1 1\nf 1 2 3\n", as: "a.obj").contains(
                "vertex 0 has a coordinate that is not a number"))
        #expect(
            problem("v 0 0 0\nf 1 -4 1\n", as: "a.obj")
                == "a.obj: line 2: the face names vertex -4, the file has 1 up to here")
        #expect(problem("v 0 0 0\nf 1 0 1\n", as: "a.obj") == "a.obj: line 2: \"0\" is not the number of a vertex")
        #expect(
            problem("v 0 0 0\nf 1 1\n", as: "a.obj") == "a.obj: line 2: the face has 2 corners, at least 3 are expected"
        )
        #expect(problem("{\"json\": true}\n", as: "a.obj").contains("line 1: is not OBJ"))
        #expect(problem("v 0 0 0\n", as: "a.obj") == "a.obj: holds no faces")
        #expect(problem("", as: "a.off") == "a.off: line 1: is empty")
        #expect(
            problem("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n", as: "a.off")
                == "a.off: line 6: a face names vertex 7, the file has 3 (from 0)")
        #expect(
            problem("OFF\n3 9 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n", as: "a.off")
                == "a.off: line 7: ends before its 9 faces do")
        #expect(problem("4OFF\n", as: "a.off").contains("only three dimensions"))
        #expect(problem("plx", as: "a.ply") == "a.ply: line 1: is not PLY: it does not begin with `ply`")
        #expect(
            problem(
                "ply\nformat ascii 1.0\nelement vertex 2000000000\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n",
                as: "a.ply") == "a.ply: line 9: the file ends before its elements do")
        #expect(problem("ply\nformat ascii 1.0\n", as: "a.ply").contains("no end_header"))
        #expect(
            problem("solid x\nfacet normal 0 0 1\nvertex 0 0 0\nendfacet\n", as: "a.stl")
                == "a.stl: line 4: a facet has 1 vertices, 3 are expected")
        #expect(problem(String(repeating: "x", count: 90), as: "a.stl").contains("ends within the"))
        #expect(problem("{}", as: "a.gltf").contains("asset"))
        #expect(
            problem(
                "{\"asset\": {\"version\": \"2.0\"}, \"extensionsRequired\": [\"KHR_draco_mesh_compression\"]}",
                as: "a.gltf"
            ).contains("KHR_draco_mesh_compression"))
        #expect(problem("x", as: "a.fbx").contains("one of .obj, .ply"))
    }

    @Test func aHostileGLTFReachesNoOtherFileAndNoOtherMemory() {
        func document(
            _ accessor: String, _ view: String = "{\"buffer\": 0, \"byteLength\": 36}",
            uri: String = "data:application/octet-stream;base64,AAAA"
        ) -> String {
            """
            {"asset": {"version": "2.0"}, "buffers": [{"byteLength": 3, "uri": "\(uri)"}], "bufferViews": [\(view)],
             "accessors": [\(accessor)], "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}]}
            """
        }
        let accessor = "{\"bufferView\": 0, \"componentType\": 5126, \"count\": 3, \"type\": \"VEC3\"}"
        #expect(problem(document(accessor), as: "a.gltf") == "a.gltf: accessors[0]: reaches beyond its buffer")
        #expect(
            problem(document(accessor, uri: "../../etc/passwd"), as: "a.gltf").contains("is not a file beside this one")
        )
        #expect(problem(document(accessor, uri: "/etc/passwd"), as: "a.gltf").contains("is not a file beside this one"))
        let huge = "{\"bufferView\": 0, \"componentType\": 5126, \"count\": 9223372036854775807, \"type\": \"VEC3\"}"
        #expect(problem(document(huge), as: "a.gltf") == "a.gltf: accessors[0]: reaches beyond its buffer")
        let stride = "{\"buffer\": 0, \"byteLength\": 3, \"byteStride\": 9223372036854775807}"
        #expect(problem(document(accessor, stride), as: "a.gltf") == "a.gltf: accessors[0]: reaches beyond its buffer")
    }

    @Test func aTruncatedFileOfAnyFormatIsAnErrorOrASmallerMesh() throws {
        let mesh = SurfaceMesh(Shapes.sphere(level: 1))
        try withTemporaryFolder { folder in
            for format in MeshFile.Format.allCases {
                let path = folder + "/whole.\(format.rawValue)"
                try MeshFile.write(mesh, to: path)
                let whole = try Data(contentsOf: URL(fileURLWithPath: path))
                for size in stride(from: 0, to: whole.count, by: max(1, whole.count / 60)) {
                    let cut = folder + "/cut.\(format.rawValue)"
                    try whole.prefix(size).write(to: URL(fileURLWithPath: cut))
                    guard let read = try? MeshFile.read(cut) else { continue }
                    #expect(format == .obj && read.faces.count < mesh.faces.count || format == .off)
                    _ = try read.triangulated()
                }
            }
        }
    }
}
