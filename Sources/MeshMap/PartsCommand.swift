import ArgumentParser
import Commands
import Foundation
import Geometry

struct PartsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parts",
        abstract: "Give a mesh its parts and named points: from groups, vertex colours or a table.",
        discussion: """
            Writes the labels beside the mesh (body.json beside body.obj), or where --out says; what was there already is kept.

            --from groups takes the groups of an OBJ file; --from colors the vertex colours, such as those painted in MeshLab or
            Blender and saved as PLY, with --names a JSON object of part names and their colours ("left hand": "#FF0000");
            a CSV file names a part for each vertex: lines of VERTEX,PART, vertices from 0. --points takes a CSV file of
            NAME,VERTEX: landmarks for `meshmap match`.

            Names that begin with "left " and "right " are each other's mirror image. The bodies in meshes/ share their names
            of parts: `meshmap parts meshes/human.obj` lists them. Parts of another body come with `meshmap transfer`.

            Example:
              meshmap parts ape.obj --from groups
              meshmap parts ape.ply --from colors --names colours.json --points landmarks.csv
              meshmap parts ape.obj
            """)

    @OptionGroup var input: MeshInput

    @Option(help: ArgumentHelp("Where parts come from: groups, colors, or a CSV file.", valueName: "source"))
    var from: String?

    @Option(help: ArgumentHelp("With --from colors: the names of the colours, a JSON file.", valueName: "file"))
    var names: String?

    @Option(help: ArgumentHelp("Named points, a CSV file.", valueName: "file"))
    var points: String?

    @Option(help: ArgumentHelp("The file of labels.", valueName: "file"))
    var out: String?

    @OptionGroup var json: JSONOption

    func validate() throws {
        if names != nil, from != "colors" { throw ValidationError("--names belongs to --from colors") }
    }

    private struct Output: Encodable {
        struct Part: Encodable {
            var name: String
            var vertices: Int
            var mirror: String
        }
        var parts: [Part]
        var unlabelled: Int
        var keyVertices: [String: Int]
        var file: String?
    }

    func run() throws {
        let known = try BodyFile.read(input.mesh, groups: input.groups)
        var labels = known.labels
        if let from { labels.parts = try parts(from, known.file) }
        if let points { labels.keyVertices = try landmarks(points, known.file.positions.count) }
        var file: String?
        if from != nil || points != nil {
            file = out ?? MeshLabels.path(beside: input.mesh)
            try labels.write(to: file!)
        }
        let parts = labels.parts ?? PartLabels(names: [], labels: [])
        let output = Output(
            parts: parts.names.indices.map { part in
                .init(
                    name: parts.names[part], vertices: parts.vertices(of: part).count,
                    mirror: parts.names[parts.mirror(of: part)])
            },
            unlabelled: labels.parts.map { $0.labels.count { $0 == PartLabels.none } } ?? known.file.positions.count,
            keyVertices: labels.keyVertices ?? [:], file: file)
        if json.json { return try Terminal.json(output) }
        Terminal.table(["part", "vertices", "mirror"], output.parts.map { [$0.name, "\($0.vertices)", $0.mirror] })
        print("\(output.unlabelled) vertices in no part, \(output.keyVertices.count) named points")
        if let file { print("wrote \(file)") }
    }

    private func parts(_ source: String, _ mesh: SurfaceMesh) throws -> PartLabels {
        switch source {
        case "groups":
            guard let parts = PartLabels(groups: mesh) else {
                throw MeshFileError(path: input.mesh, problem: "has no groups")
            }
            return parts
        case "colors":
            guard !mesh.colors.isEmpty else { throw MeshFileError(path: input.mesh, problem: "has no vertex colours") }
            var colors: [(String, SIMD3<UInt8>)]?
            if let names { colors = try palette(names) }
            return PartLabels(colors: mesh, names: colors)
        default:
            let rows = try table(source)
            var parts = PartLabels(
                names: [], labels: [UInt16](repeating: PartLabels.none, count: mesh.positions.count))
            for (line, cells) in rows {
                guard let vertex = Int(cells[0]), parts.labels.indices.contains(vertex) else {
                    throw MeshFileError(
                        path: source, place: .line(line),
                        problem: "\(cells[0]) is no vertex: the mesh has \(parts.labels.count) (from 0)")
                }
                if !parts.names.contains(cells[1]) { parts.names.append(cells[1]) }
                parts.labels[vertex] = UInt16(parts.names.firstIndex(of: cells[1])!)
            }
            return parts
        }
    }

    private func landmarks(_ path: String, _ vertices: Int) throws -> [String: Int] {
        var found: [String: Int] = [:]
        for (line, cells) in try table(path) {
            guard let vertex = Int(cells[1]), (0..<vertices).contains(vertex) else {
                throw MeshFileError(
                    path: path, place: .line(line),
                    problem: "\(cells[1]) is no vertex: the mesh has \(vertices) (from 0)")
            }
            found[cells[0]] = vertex
        }
        return found
    }

    /// Lines of two cells; a first line without any number is a heading.
    private func table(_ path: String) throws -> [(line: Int, cells: [String])] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MeshFileError(path: path, problem: "does not exist or cannot be read")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw MeshFileError(path: path, problem: "is not UTF-8 text")
        }
        var rows: [(Int, [String])] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"\u{FEFF}"))
            }
            if cells == [""] || index == 0 && !cells.contains(where: { Int($0) != nil }) { continue }
            guard cells.count == 2, !cells.contains("") else {
                throw MeshFileError(
                    path: path, place: .line(index + 1), problem: "has \(cells.count) cells, 2 are expected")
            }
            rows.append((index + 1, cells))
        }
        return rows
    }

    private func palette(_ path: String) throws -> [(String, SIMD3<UInt8>)] {
        guard let data = FileManager.default.contents(atPath: path),
            let colors = try? JSONDecoder().decode([String: String].self, from: data)
        else { throw MeshFileError(path: path, problem: "is no JSON object of names and colours") }
        return try colors.sorted { $0.key < $1.key }.map { name, text in
            guard text.hasPrefix("#"), text.count == 7, let value = UInt32(text.dropFirst(), radix: 16) else {
                throw MeshFileError(path: path, place: .value(name), problem: "\(text) is no colour like #FF8000")
            }
            return (name, [UInt8(value >> 16), UInt8(value >> 8 & 255), UInt8(value & 255)])
        }
    }
}
