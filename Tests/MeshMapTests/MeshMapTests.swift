import CommandLineTesting
import Foundation
import Geometry
import Testing

extension CommandLineTool {
    /// Runs `meshmap` with words separated by single spaces.
    @discardableResult
    func meshmap(_ line: String) throws -> Outcome {
        try run(Self.products + "/meshmap", line.split(separator: " ").map(String.init))
    }

    func json(_ line: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(try meshmap(line).output.utf8)) as? [String: Any] ?? [:]
    }
}

@Suite struct MeshMapTests {
    /// A unit cube of quads.
    static let cube = """
        v 0 0 0
        v 1 0 0
        v 1 1 0
        v 0 1 0
        v 0 0 1
        v 1 0 1
        v 1 1 1
        v 0 1 1
        g bottom
        f 1 4 3 2
        g sides
        f 1 2 6 5
        f 2 3 7 6
        f 3 4 8 7
        f 4 1 5 8
        g top
        f 5 6 7 8

        """

    @Test func `geodesics print one distance a vertex in the units of the mesh`() throws {
        let tool = try CommandLineTool()
        try tool.write(Self.cube, to: "cube.obj")
        let distances = try #require(
            try tool.json("geodesics cube.obj --method exact --from 0 --json")["distances"] as? [Double])
        #expect(distances.count == 8)
        #expect(distances[0] == 0)
        // Over two faces laid flat to the far corner of the cube.
        #expect(abs(distances[6] - 5.0.squareRoot()) < 1e-9)
        #expect(abs(distances[1] - 1) < 1e-9 && abs(distances[2] - 2.0.squareRoot()) < 1e-9)
        let edges = try #require(
            try tool.json("geodesics cube.obj --method dijkstra --from 0 --json")["distances"] as? [Double])
        #expect(zip(edges, distances).allSatisfy { $0 >= $1 - 1e-12 })
        let heat = try #require(
            try tool.json("geodesics cube.obj --method heat --from 0 --json")["distances"] as? [Double])
        #expect(heat.count == 8 && heat[0] == 0)
        #expect(try tool.meshmap("geodesics cube.obj --from 8").status == 1)
        #expect(try tool.meshmap("geodesics cube.obj").status == 2)
    }

    @Test func `checking names what is wrong, and a mended copy is sound`() throws {
        let tool = try CommandLineTool()
        try tool.write(Self.cube, to: "cube.obj")
        let sound = try tool.json("check cube.obj --json")
        #expect(sound["sound"] as? Bool == true)
        #expect(sound["genus"] as? Int == 0)
        #expect(sound["volume"] as? Double == 1)
        try tool.write(Self.cube + "f 5 6 7 8\nv 9 9 9\nf 1 1 2\n", to: "broken.obj")
        let outcome = try tool.meshmap("check broken.obj --json")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("duplicateFaces") && outcome.output.contains("degenerateFaces"))
        #expect(try tool.meshmap("check broken.obj --fix mended.obj").status == 0)
        #expect(try tool.json("check mended.obj --json")["isClosed"] as? Bool == true)
        #expect(
            try tool.meshmap("check nothing.obj").error == "meshmap: nothing.obj: does not exist or cannot be read\n")
    }

    @Test func `a pair is matched, measured, drawn and stored`() throws {
        let tool = try CommandLineTool()
        let made = try tool.meshmap("pair human chimpanzee pair --vertices 1200 --seed 2")
        #expect(made.status == 0, "\(made.error)")
        let match = try tool.json(
            "match pair/human.obj pair/chimpanzee.obj --method functional --eigenfunctions 60 --landmarks 20 --out map.json --json"
        )
        #expect(match["method"] as? String == "functional")
        #expect(match["swapped"] as? Double == 0)
        #expect(try #require(match["cycleError"] as? Double) < 3)
        #expect(match["landmarks"] as? Int == 20)
        let evaluation = try tool.json("evaluate map.json --truth pair/truth.json --json")
        #expect(try #require(evaluation["meanErrorPercent"] as? Double) < 3)
        #expect(try #require(evaluation["auc"] as? Double) > 0.85)
        let semantic = try tool.json(
            "match pair/human.obj pair/chimpanzee.obj --method semantic --out semantic.json --json")
        #expect(try #require(semantic["cycleError"] as? Double) > (match["cycleError"] as? Double ?? 99))

        #expect(
            try tool.meshmap("render --map map.json --color parts --size 60 --views front --out map.png").status == 0)
        #expect(try tool.contents("map.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        #expect(try tool.meshmap("transfer map.json --labels carried.json").status == 0)
        let carried = try JSONDecoder().decode(MeshLabels.self, from: try tool.contents("carried.json"))
        #expect((carried.parts?.names.count ?? 0) > 32)

        try tool.run(CommandLineTool.products + "/annotate", ["init"])
        #expect(try tool.meshmap("store map.json").status == 0)
        let stored = try tool.json("list --json")
        #expect((stored["meshes"] as? [Any])?.count == 2 && (stored["maps"] as? [Any])?.count == 1)

        // Another mesh than the map's is noticed.
        #expect(try tool.meshmap("pair human chimpanzee pair --vertices 1200 --seed 3").status == 0)
        let stale = try tool.meshmap("evaluate map.json --truth pair/truth.json")
        #expect(stale.status == 1 && stale.error.contains("was made for another mesh"))
    }

    @Test func `charts of a template body are disks and become DensePose's tables`() throws {
        let tool = try CommandLineTool()
        #expect(try tool.meshmap("generate chimpanzee --out bodies").status == 0)
        let report = try tool.json("charts bodies/chimpanzee.obj --mat tables --json")
        #expect(report["valid"] as? Bool == true)
        #expect((report["charts"] as? [Any])?.count == 24)
        let atlas = try DensePoseFiles.atlas(from: tool.folder + "/tables/UV_Processed.mat")
        #expect(atlas.chartNumbers == Array(1...24))
        let symmetry = try DensePoseFiles.symmetry(from: tool.folder + "/tables/UV_symmetry_transforms.mat")
        // There and back in the mirror is the same place, as far as a table of 256 can tell.
        let point = ChartPoint(chart: 10, u: 0.3, v: 0.6)
        let back = symmetry.mirrored(symmetry.mirrored(point))
        #expect(back.chart == 10 && abs(back.u - 0.3) < 0.02 && abs(back.v - 0.6) < 0.02)
    }

    @Test func `parts come from groups, colours and tables`() throws {
        let tool = try CommandLineTool()
        try tool.write(Self.cube, to: "cube.obj")
        #expect(try tool.meshmap("parts cube.obj --from groups").status == 0)
        let labels = try JSONDecoder().decode(MeshLabels.self, from: try tool.contents("cube.json"))
        #expect(labels.parts?.names == ["bottom", "sides", "top"])
        try tool.write("vertex,part\n0,left arm\n1,right arm\n", to: "parts.csv")
        try tool.write("name,vertex\nnose,7\n", to: "points.csv")
        let table = try tool.json("parts cube.obj --from parts.csv --points points.csv --json")
        #expect(table["unlabelled"] as? Int == 6)
        #expect((table["keyVertices"] as? [String: Int]) == ["nose": 7])
        try tool.write("0,left arm\n99,right arm\n", to: "wrong.csv")
        #expect(
            try tool.meshmap("parts cube.obj --from wrong.csv").error
                == "meshmap: wrong.csv: line 2: 99 is no vertex: the mesh has 8 (from 0)\n")
    }

    /// Files broken by hand, each with what is said of it.
    static let broken: [(file: String, text: String, said: String)] = [
        ("a.obj", "", "holds no faces"), ("b.obj", "v 1 2\n", "line 1"), ("c.obj", "v 0 0 0\nf 1 2 3\n", "line 2"),
        ("d.obj", "v 0 0 0\nf 1 2\n", "line 2"), ("e.obj", "v a b c\n", "is not a number"),
        ("f.obj", "v 0 0 0\nf 99999999999 1 1\n", "is not the number"), ("g.obj", "\u{1}\u{2}\u{3}", "is not OBJ"),
        ("h.ply", "ply\n", "end_header"), ("i.ply", "ply\nformat ascii 1.0\nend_header\n", "holds no faces"),
        (
            "j.ply",
            "ply\nformat ascii 1.0\nelement face 2\nproperty list uchar int vertex_indices\nend_header\n3 0 1 2\n",
            "ends before"
        ),
        (
            "k.ply", "ply\nformat ascii 1.0\nelement vertex 1\nproperty list uchar int x\nend_header\n1 1\n",
            "no x, y and z"
        ),
        ("l.ply", "ply\nformat ascii 1.0\nelement vertex -5\nend_header\n", "is no count"),
        ("m.off", "OFF\n1 1 0\n0 0 0\n3 0 0 9\n", "names vertex 9"), ("n.off", "OFF\n-1 0 0\n", "is not a count"),
        ("o.off", "hello\n", "is not OFF"), ("p.stl", "solid\nvertex 1 2\n", "line 2"), ("q.stl", "xx", "byte 2"),
        ("r.glb", "glTF", "is not binary glTF"), ("s.gltf", "[1]", "is not glTF"),
        ("t.gltf", "{\"asset\": {\"version\": \"2.0\"}, \"nodes\": [{\"children\": [0]}]}", "no tree"),
        ("u.xyz", "1 2 3", "one of .obj"),
        ("v.obj", "v 0 0 nan\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "not a number"),
    ]

    @Test(arguments: broken.indices)
    func `a broken file gets one clear sentence`(_ index: Int) throws {
        let (file, text, said) = Self.broken[index]
        let tool = try CommandLineTool()
        try tool.write(text, to: file)
        let outcome = try tool.meshmap("check \(file)")
        #expect(outcome.status == 1, "\(file)")
        #expect(outcome.error.hasPrefix("meshmap: \(file): "), "\(outcome.error)")
        #expect(outcome.error.contains(said), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
    }

    /// Meshes that no algorithm can like, through every command that takes a mesh.
    @Test func `unsuitable meshes are refused or survived by every command`() throws {
        let tool = try CommandLineTool()
        let meshes = [
            ("flap.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nv 0 -1 0\nf 1 2 3\nf 2 1 4\nf 2 1 5\n"),
            ("point.obj", "v 1 1 1\nv 1 1 1\nv 1 1 1\nf 1 2 3\n"),
            ("line.obj", "v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n"), ("twice.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 2\n"),
            ("huge.obj", "v 0 0 0\nv 1e200 0 0\nv 0 1e200 0\nf 1 2 3\n"),
            ("one.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"),
        ]
        for (file, text) in meshes {
            try tool.write(text, to: file)
            for line in [
                "check \(file)", "check \(file) --fix fixed.obj", "geodesics \(file) --from 0 --method exact",
                "geodesics \(file) --from 0 --method heat", "geodesics \(file) --from 0 --method dijkstra",
                "spectrum \(file) --count 3", "remesh \(file) --vertices 10 --out r.obj",
                "simplify \(file) --vertices 4 --out s.obj", "render \(file) --out p.png --size 40 --views front",
                "charts \(file)", "match \(file) \(file) --out m.json",
            ] {
                let outcome = try tool.meshmap(line)
                #expect(
                    outcome.status == 0 || outcome.status == 1,
                    "\(line): \(outcome.status) \(outcome.error.prefix(300))")
            }
        }
    }
}
