import ArgumentParser
import Catalog
import Commands
import Foundation
import Geometry
import Hashing

struct StoreCommand: ParsableCommand {
    enum Descriptor: String, ExpressibleByArgument, CaseIterable {
        case semantic
        case heatKernel = "heat-kernel"
        case waveKernel = "wave-kernel"
    }

    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Put meshes, their descriptors and maps into the catalog.",
        discussion: """
            A mesh goes in under its file's name, with the labels beside it; a map (JSON of `meshmap match`) with its meshes, its method
            and its quality. --descriptors computes numbers on the vertices: semantic (the mean distance to each part),
            heat-kernel and wave-kernel. `annotate undo` takes it back.

            Example:
              meshmap store meshes/human.obj meshes/chimpanzee.obj --descriptors semantic,heat-kernel
              meshmap store map.json
              meshmap list
            """)

    @Argument(help: "Meshes and maps.", completion: .file())
    var files: [String]

    @Option(
        help: ArgumentHelp("Of \(Descriptor.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kinds"))
    var descriptors: String?

    @OptionGroup var catalog: CatalogOptions

    private func kinds() throws -> [Descriptor] {
        try (descriptors ?? "").split(separator: ",").map { word in
            guard let kind = Descriptor(rawValue: String(word)) else {
                throw ValidationError("\(word) is no descriptor")
            }
            return kind
        }
    }

    func validate() throws { _ = try kinds() }

    func run() throws {
        let kinds = try kinds()
        var meshes: [(MeshRecord, [MeshDescriptorRecord])] = []
        var maps: [MeshMapRecord] = []
        for file in files {
            guard file.hasSuffix(".json") else {
                meshes.append(try mesh(file, groups: [], kinds))
                continue
            }
            let map = try MapFile.read(file)
            for side in [map.source, map.target] where !files.contains(side.path) {
                meshes.append(try mesh(side.path, groups: side.groups ?? [], []))
            }
            maps.append(try record(map, file))
        }
        let names = meshes.map(\.0.name)
        try catalog.open().write(command: CatalogOptions.commandLine) { writer in
            for (mesh, descriptors) in meshes {
                try writer.setMesh(mesh)
                for descriptor in descriptors { try writer.setDescriptor(descriptor, of: mesh.name) }
            }
            for map in maps { try writer.addMap(map) }
            writer.summarize("stored \(meshes.count) meshes and \(maps.count) maps")
        }
        print("stored \(names.joined(separator: ", "))\(maps.isEmpty ? "" : " and \(maps.count) maps")")
    }

    private func mesh(
        _ path: String, groups: [String], _ kinds: [Descriptor]
    ) throws -> (MeshRecord, [MeshDescriptorRecord]) {
        let body = try BodyFile.read(path, groups: groups)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let hasLabels = body.labels != MeshLabels()
        let labels = hasLabels ? String(decoding: try encoder.encode(body.labels), as: UTF8.self) : nil
        let record = MeshRecord(
            name: body.body.name, path: URL(fileURLWithPath: path).standardizedFileURL.path,
            sha256: try ContentHash.of(fileAt: path), vertices: body.body.mesh.vertexCount,
            triangles: body.body.mesh.triangleCount, area: body.body.mesh.area, labels: labels)
        return (record, try kinds.map { try descriptor($0, body.body, path) })
    }

    private func descriptor(_ kind: Descriptor, _ body: LabelledMesh, _ path: String) throws -> MeshDescriptorRecord {
        let features: FeatureMatrix
        var parameters = "{}"
        switch kind {
        case .semantic:
            guard let parts = body.parts else { throw MeshFileError(path: path, problem: "has no parts beside it") }
            let sums = try GeodesicSolver(body.mesh, method: .heat).sums(overParts: parts)
            features = try SemanticDescriptor.features(sums: sums, parts: parts)
            parameters = "{\"geodesics\":\"heat\",\"parts\":\(parts.names.count)}"
        case .heatKernel, .waveKernel:
            let spectrum = try LaplacianSpectrum(body.mesh, count: 100)
            let columns =
                kind == .heatKernel
                ? spectrum.heatKernelSignature(times: 100) : spectrum.waveKernelSignature(energies: 100)
            features = FeatureMatrix(columns: columns, rows: body.mesh.vertexCount)
            parameters = "{\"columns\":100,\"eigenpairs\":100}"
        }
        return MeshDescriptorRecord(
            kind: kind.rawValue, parameters: parameters, columns: features.columns,
            data: features.values.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) })
    }

    private func record(_ map: MapFile, _ path: String) throws -> MeshMapRecord {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw MapFileError(path: path, problem: "cannot be read")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var record = MeshMapRecord(
            source: map.source.name, target: map.target.name, method: map.method,
            parameters: String(decoding: try encoder.encode(map.parameters), as: UTF8.self), data: [UInt8](data))
        let quality = map.quality
        (record.cycleError, record.coverage, record.smoothness) = (
            quality?.cycleError, quality?.coverage, quality?.smoothness
        )
        (record.partConsistency, record.swapped, record.flipped) = (
            quality?.partConsistency, quality?.swapped, quality?.flipped
        )
        return record
    }
}

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the meshes and maps of the catalog.",
        discussion: """
            --export writes the map of a number into a file again.

            Example:
              meshmap list
              meshmap list --export 1 --out map.json
            """)

    @Option(help: ArgumentHelp("The number of a map.", valueName: "map"))
    var export: Int64?

    @Option(help: ArgumentHelp("With --export: the file.", valueName: "file"))
    var out: String?

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        if (export == nil) != (out == nil) { throw ValidationError("--export and --out belong together") }
    }

    private struct Output: Encodable {
        struct Mesh: Encodable {
            var name: String
            var path: String
            var vertices: Int
            var triangles: Int
            var descriptors: [String]
        }
        struct Map: Encodable {
            var id: Int64
            var source: String
            var target: String
            var method: String
            var cycleError: Double?
            var coverage: Double?
            var smoothness: Double?
            var partConsistency: Double?
            var swapped: Double?
        }
        var meshes: [Mesh]
        var maps: [Map]
    }

    func run() throws {
        let file = try catalog.open()
        if let export, let out {
            let maps = try file.read { try $0.meshMaps() }
            guard let found = maps.first(where: { $0.id == export }) else {
                throw CatalogError.unknown(kind: "map", name: "\(export)", known: maps.map { "\($0.id)" })
            }
            try Data(found.map.data).write(to: URL(fileURLWithPath: out), options: .atomic)
            print("wrote \(out)")
            return
        }
        let output = try file.read { reader in
            Output(
                meshes: try reader.meshes().map { mesh in
                    .init(
                        name: mesh.name, path: mesh.path, vertices: mesh.vertices, triangles: mesh.triangles,
                        descriptors: try reader.descriptors(of: mesh.name).map(\.kind))
                },
                maps: try reader.meshMaps().map { id, map in
                    .init(
                        id: id, source: map.source, target: map.target, method: map.method, cycleError: map.cycleError,
                        coverage: map.coverage, smoothness: map.smoothness, partConsistency: map.partConsistency,
                        swapped: map.swapped)
                })
        }
        if json.json { return try Terminal.json(output) }
        Terminal.table(
            ["mesh", "vertices", "descriptors", "path"],
            output.meshes.map { [$0.name, "\($0.vertices)", $0.descriptors.joined(separator: ", "), $0.path] })
        if !output.meshes.isEmpty, !output.maps.isEmpty { print() }
        func number(_ value: Double?, _ format: String) -> String { value.map { String(format: format, $0) } ?? "-" }
        Terminal.table(
            ["map", "from", "to", "method", "cycle error %", "coverage", "smoothness", "same part", "swapped"],
            output.maps.map {
                [
                    "\($0.id)", $0.source, $0.target, $0.method, number($0.cycleError, "%.2f"),
                    number($0.coverage, "%.2f"), number($0.smoothness, "%.2f"), number($0.partConsistency, "%.3f"),
                    number($0.swapped, "%.4f"),
                ]
            })
    }
}
