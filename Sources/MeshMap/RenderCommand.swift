import ArgumentParser
import Commands
import Foundation
import Geometry
import Imaging

struct RenderCommand: ParsableCommand {
    enum Coloring: String, ExpressibleByArgument, CaseIterable {
        case plain, parts, charts, checkerboard, places, values
    }

    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Draw meshes: their parts, charts, maps between them, errors.",
        discussion: """
            One row a mesh, one column a view. Colours: plain; parts and charts of the labels beside the mesh; checkerboard,
            which shows (u, v) of the charts; places, which give each point of the body a colour of its own; values, numbers on
            the vertices from --values (a JSON list, or an object with a list named distances).

            With --map the first row is the map's source and the second its target, in the source's colours: what corresponds
            has the same colour. With --truth as well, a third row shows the error on the source.

            --html writes a page that can be turned about with the mouse; it needs no network.

            Example:
              meshmap render meshes/human.obj meshes/chimpanzee.obj --color parts --out parts.png
              meshmap render --map map.json --color checkerboard --views front,left --out transfer.png
              meshmap geodesics human.obj --from 0 --json > d.json
              meshmap render human.obj --color values --values d.json --out d.png
            """)

    @Argument(help: "Meshes, one row each.", completion: .file())
    var meshes: [String] = []

    @Option(help: ArgumentHelp("A map, instead of meshes.", valueName: "file"))
    var map: String?

    @Option(help: ArgumentHelp("With --map: the true map.", valueName: "file"))
    var truth: String?

    @Option(
        help: ArgumentHelp(
            "What colours mean: \(Coloring.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "colours"))
    var color = Coloring.plain

    @Option(help: ArgumentHelp("Numbers on the vertices.", valueName: "file"))
    var values: String?

    @Option(name: .customLong("group"), help: "Only this group of faces; may be given several times.")
    var groups: [String] = []

    @Option(help: ArgumentHelp("Labels, when they are not beside the mesh.", valueName: "file"))
    var labels: String?

    @Option(
        help:
            "Of \(MeshView.named.map(\.name).joined(separator: ", ")); or degrees like 30 or 30:10 (around and above).")
    var views = "front,three-quarter,left,back"

    @Option(help: "The height of a picture in pixels.")
    var size = 420

    @Flag(help: "Draw the edges of triangles.")
    var edges = false

    @Option(help: ArgumentHelp("The picture, a PNG or JPEG file.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("A page to turn the meshes about.", valueName: "file"))
    var html: String?

    func validate() throws {
        if meshes.isEmpty == (map == nil) { throw ValidationError("give meshes, or --map") }
        if truth != nil, map == nil { throw ValidationError("--truth needs --map") }
        if out == nil, html == nil { throw ValidationError("give --out, --html or both") }
        guard (32...4000).contains(size) else { throw ValidationError("--size is 32 to 4000") }
        _ = try parsedViews()
        if (color == .values) != (values != nil) {
            throw ValidationError("--color values and --values belong together")
        }
        if values != nil, map != nil || meshes.count != 1 { throw ValidationError("--values are for one mesh") }
    }

    private func parsedViews() throws -> [(name: String, view: MeshView)] {
        try views.split(separator: ",").map { word in
            if let known = MeshView.named.first(where: { $0.name == word }) { return known }
            let numbers = word.split(separator: ":").map { Double($0) }
            guard (1...2).contains(numbers.count), let yaw = numbers[0], yaw.isFinite else {
                throw ValidationError("\(word) is no view")
            }
            guard numbers.count < 2 || numbers[1]?.isFinite == true else { throw ValidationError("\(word) is no view") }
            return (String(word), MeshView(yaw: yaw, pitch: numbers.count > 1 ? numbers[1]! : 8))
        }
    }

    func run() throws {
        let rows = try map.map { try mapped($0) } ?? meshes.map { try row($0) }
        let views = try parsedViews()
        if let out {
            var cells: [ContactSheet.Cell] = []
            for row in rows {
                for (name, view) in views {
                    // As wide as the body is in this view.
                    let (low, high) = row.mesh.bounds
                    let across = abs(view.direction.x) * (high.z - low.z) + abs(view.direction.z) * (high.x - low.x)
                    let share = min(max(across / max(high.y - low.y, 1e-9), 0.4), 1.6)
                    var renderer = MeshRenderer(width: Int(Double(size) * share), height: size)
                    renderer.showsEdges = edges
                    cells.append(
                        .init(
                            image: renderer.render(row.mesh, view: view, coloring: row.coloring),
                            caption: "\(row.name), \(name)"))
                }
            }
            let width = cells.map(\.image.width).max() ?? size
            try ContactSheet(cells: cells, columns: views.count, cellWidth: width, cellHeight: size).render()
                .write(toFileAt: out)
            print("wrote \(out)")
        }
        if let html {
            try MeshPage(
                title: rows.map(\.name).joined(separator: " · "), items: rows.map { ($0.name, $0.mesh, $0.coloring) }
            )
            .write(to: html)
            print("wrote \(html)")
        }
    }

    private struct Row {
        var name: String
        var mesh: TriangleMesh
        var coloring: SurfaceColoring
    }

    private func row(_ path: String) throws -> Row {
        let body = try BodyFile.read(path, groups: groups, labels: labels)
        return Row(name: body.body.name, mesh: body.body.mesh, coloring: try coloring(body, path))
    }

    private func coloring(_ body: BodyFile, _ path: String) throws -> SurfaceColoring {
        let mesh = body.body.mesh
        switch color {
        case .plain: return .plain(Color(hex: 0xC9B8A4))
        case .places: return .vertices(SurfaceColoring.places(of: mesh))
        case .parts:
            guard let parts = body.body.parts else {
                throw MeshFileError(path: path, problem: "has no parts beside it")
            }
            return .parts(parts, of: mesh)
        case .charts, .checkerboard:
            guard let atlas = body.atlas else { throw MeshFileError(path: path, problem: "has no charts beside it") }
            return .charts(atlas, of: mesh, squares: color == .checkerboard ? 8 : 0)
        case .values:
            let numbers = try Self.numbers(values!)
            guard numbers.count == mesh.vertexCount else {
                throw MeshFileError(
                    path: values!, problem: "has \(numbers.count) numbers, the mesh has \(mesh.vertexCount) vertices")
            }
            let finite = numbers.filter(\.isFinite)
            let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
            return .heat(numbers, range: low...max(low, high))
        }
    }

    private static func numbers(_ path: String) throws -> [Double] {
        struct Named: Decodable { var distances: [Double] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MeshFileError(path: path, problem: "does not exist or cannot be read")
        }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        if let list = try? decoder.decode([Double].self, from: data) { return list }
        if let named = try? decoder.decode(Named.self, from: data) { return named.distances }
        throw MeshFileError(path: path, problem: "is neither a JSON list of numbers nor an object with distances")
    }

    /// The source in its own colours, and the target in those of what corresponds.
    private func mapped(_ path: String) throws -> [Row] {
        let file = try MapFile.read(path)
        let source = try BodyFile.read(file.source.path, groups: file.source.groups ?? [])
        let target = try BodyFile.read(file.target.path, groups: file.target.groups ?? [])
        try file.source.check(source.body.mesh, file: path)
        try file.target.check(target.body.mesh, file: path)
        guard let backward = file.backward else {
            throw MapFileError(path: path, problem: "has no map back, which carries the colours")
        }
        let own = try coloring(source, file.source.path)
        var rows = [
            Row(name: source.body.name, mesh: source.body.mesh, coloring: own),
            Row(
                name: "\(target.body.name), \(file.method)", mesh: target.body.mesh,
                coloring: .carried(own, from: source.body.mesh, by: backward.map, onto: target.body.mesh)),
        ]
        if let truth {
            let evaluation = try MapEvaluation(
                file.forward.map, truth: try TruthFile.read(truth, target: target.body.mesh, expected: file),
                target: target.body.mesh)
            rows.append(
                Row(
                    name: String(format: "error, mean %.2f %%, yellow 10 %%", evaluation.meanErrorPercent),
                    mesh: source.body.mesh, coloring: .heat(evaluation.errors, range: 0...10)))
        }
        return rows
    }
}
