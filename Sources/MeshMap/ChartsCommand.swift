import ArgumentParser
import Commands
import Foundation
import Geometry

struct ChartsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "charts", abstract: "Lay the charts of a body flat, check them, and write DensePose's tables.",
        discussion: """
            Charts come from the labels beside the mesh: its numbers of charts (1 to 24 on a body), or its parts with
            --from-parts. A mesh that has (u, v) already keeps them, unless --method says how to make new ones: isometric
            (no triangle turns over), conformal, or mds, which is how DensePose's own limbs were made; a chart on which one of
            the latter turns triangles over is laid out isometrically instead, and named.

            --mat writes UV_Processed.mat, and UV_symmetry_transforms.mat where the body's mirror image is known, in the form
            that DensePose's programs read; --read-mat takes the charts of an UV_Processed.mat for a mesh with its vertices.

            Example:
              meshmap charts meshes/chimpanzee.obj
              meshmap charts own-ape.obj --method isometric --out own-ape-charts.obj --mat tables
              meshmap charts smpl.obj --read-mat UV_Processed.mat --out smpl-charts.obj
            """)

    @OptionGroup var input: MeshInput

    @Option(help: ArgumentHelp("Labels, when they are not beside the mesh.", valueName: "file"))
    var labels: String?

    @Option(help: ArgumentHelp("Make new (u, v): isometric, conformal or mds.", valueName: "method"))
    var method: ChartUnwrapper.Method?

    @Flag(help: "One chart a part.")
    var fromParts = false

    @Option(help: ArgumentHelp("Read charts from this UV_Processed.mat.", valueName: "file"))
    var readMat: String?

    @Option(help: ArgumentHelp("Write the mesh with its charts, and the labels beside it.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Write DensePose's tables into this folder.", valueName: "folder"))
    var mat: String?

    @OptionGroup var json: JSONOption

    func validate() throws {
        if readMat != nil, fromParts || method != nil {
            throw ValidationError("--read-mat brings its own charts: leave --method and --from-parts away")
        }
    }

    private struct Output: Encodable {
        var mesh: String
        var valid: Bool
        var replaced: [Int]
        var charts: [ChartReport.Chart]
        var files: [String]
    }

    func run() throws {
        let body = try BodyFile.read(input.mesh, groups: input.groups, labels: labels)
        let mesh = body.body.mesh
        let (atlas, replaced) = try atlas(body)
        let report = ChartReport(atlas, of: mesh)
        var files: [String] = []
        if let out {
            try ChartedMesh.write(atlas, body.body, to: out)
            files += [out, MeshLabels.path(beside: out)]
        }
        if let mat {
            try FileManager.default.createDirectory(atPath: mat, withIntermediateDirectories: true)
            try DensePoseFiles.write(atlas, to: mat + "/UV_Processed.mat")
            files.append(mat + "/UV_Processed.mat")
            if let mirror = body.body.mirror {
                let symmetry = ChartSymmetry(try ChartLookup(atlas, of: mesh), mesh: mesh, mirror: mirror)
                try DensePoseFiles.write(symmetry, to: mat + "/UV_symmetry_transforms.mat")
                files.append(mat + "/UV_symmetry_transforms.mat")
            }
        }
        if json.json {
            try Terminal.json(
                Output(mesh: input.mesh, valid: report.isValid, replaced: replaced, charts: report.charts, files: files)
            )
        } else {
            Terminal.table(
                ["chart", "triangles", "disk", "turned over", "stretch", "anisotropy", "area 5 % .. 95 %"],
                report.charts.map { chart in
                    [
                        "\(chart.chart)", "\(chart.triangles)", chart.isDisk ? "yes" : "no", "\(chart.flipped)",
                        String(format: "%.3f", chart.stretch), String(format: "%.3f", chart.anisotropy),
                        String(format: "%.2f .. %.2f", chart.areaRatios[0], chart.areaRatios[1]),
                    ]
                })
            if !replaced.isEmpty {
                print("isometric instead: \(replaced.map(String.init).joined(separator: ", "))")
            }
            for file in files { print("wrote \(file)") }
        }
        if !report.isValid { throw ExitCode(1) }
    }

    private func atlas(_ body: BodyFile) throws -> (ChartAtlas, [Int]) {
        let mesh = body.body.mesh
        if let readMat {
            let atlas = try DensePoseFiles.atlas(from: readMat)
            guard atlas.fits(vertexCount: mesh.vertexCount) else {
                throw MeshFileError(
                    path: readMat,
                    problem: "names vertices that \(input.mesh) with its \(mesh.vertexCount) does not have")
            }
            return (atlas, [])
        }
        if !fromParts, method == nil, let atlas = body.atlas { return (atlas, []) }
        var charts: [UInt8]
        if fromParts {
            guard let parts = body.body.parts else {
                throw MeshFileError(path: input.mesh, problem: "has no parts beside it (meshmap parts gives it some)")
            }
            // A triangle is in the part of most of its corners.
            charts = mesh.triangles.map { t in
                let labels = (0..<3).map { parts.labels[Int(t[$0])] }
                let most = labels[1] == labels[2] ? labels[1] : labels[0]
                return most == PartLabels.none ? 0 : UInt8(clamping: Int(most) + 1)
            }
            try ChartRegions.clean(&charts, mesh)
        } else {
            guard let known = body.labels.charts else {
                throw MeshFileError(
                    path: input.mesh,
                    problem:
                        "has no charts beside it: meshmap transfer brings those of another body, --from-parts makes one a part"
                )
            }
            charts = body.triangulation.face.map { known[Int($0)] }
        }
        let result = try ChartUnwrapper(method: method ?? .isometric).unwrap(mesh, charts: charts)
        return (result.atlas, result.replaced)
    }
}

extension ChartUnwrapper.Method: ExpressibleByArgument {}
