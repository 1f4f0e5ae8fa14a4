import ArgumentParser
import Checkpoints
import Commands
import Foundation
import Geometry
import Networks
import Tensors
import Training

/// How the command line names networks and parts of a catalog.
enum DensePoseOptions {
    /// - Throws: `ValidationError` for a preset or calibration that there is not, and what a file's JSON is wrong in.
    static func configuration(preset: String, file: String?, calibration: String?) throws -> DensePoseConfiguration {
        var configuration: DensePoseConfiguration
        if let file {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            do {
                configuration = try JSONDecoder().decode(DensePoseConfiguration.self, from: data)
            } catch {
                throw ValidationError("\(file) is no configuration (--show-config prints one): \(error)")
            }
        } else if let known = DensePoseConfiguration.preset(preset) {
            configuration = known
        } else {
            throw ValidationError(
                "there is no preset \"\(preset)\"; there are \(DensePoseConfiguration.presetNames.joined(separator: ", "))"
            )
        }
        if let calibration { configuration.calibrate(try self.calibration(calibration)) }
        return configuration
    }

    private static func calibration(_ text: String) throws -> Calibration {
        if text == "full" { return .full }
        var result = Calibration.none
        for word in text.split(separator: ",") where word != "none" {
            switch word {
            case "class": result.boxClass = true
            case "box": result.boxRegression = true
            case "mask": result.mask = true
            case "foreground": result.foreground = true
            case "parts": result.parts = true
            default:
                guard word.hasPrefix("uv="), let form = Calibration.UV(rawValue: String(word.dropFirst(3))) else {
                    throw ValidationError(
                        "--calibration: \"\(word)\" is none of class, box, mask, foreground, parts, uv=diagonal, uv=isotropic, uv=anisotropic"
                    )
                }
                result.uv = form
            }
        }
        return result
    }

    /// `DATASET/SPLIT@VIEW=RATIO`
    /// - Parameter minimumScore: nil for 0.8 of targets without a view, else 0.
    static func part(
        _ text: String, _ role: DensePoseSource.Role, minimumScore: Double? = nil
    ) throws -> DensePoseSource {
        var rest = Substring(text)
        var ratio: Double?
        if let sign = rest.lastIndex(of: "=") {
            guard let value = Double(rest[rest.index(after: sign)...]), value.isFinite, value >= 0 else {
                throw ValidationError("\"\(text)\": the ratio after = is a number, 0 or more")
            }
            ratio = value
            rest = rest[..<sign]
        }
        var query = CatalogImageQuery(dataset: "")
        if let sign = rest.lastIndex(of: "@") {
            query.view = String(rest[rest.index(after: sign)...])
            rest = rest[..<sign]
        }
        if let sign = rest.firstIndex(of: "/") {
            query.split = String(rest[rest.index(after: sign)...])
            rest = rest[..<sign]
        }
        query.dataset = String(rest)
        guard !query.dataset.isEmpty, query.split != "", query.view != "" else {
            throw ValidationError("\"\(text)\" is not DATASET, DATASET/SPLIT, DATASET@VIEW or DATASET/SPLIT@VIEW")
        }
        let least = minimumScore ?? (role == .target && query.view == nil ? 0.8 : 0)
        return DensePoseSource(role, query, ratio: ratio, minimumScore: least)
    }

    /// The meshes that a network embeds, each with what the network and its labels need of it.
    ///
    /// - Parameters:
    ///   - texts: `human` or `smpl_27554=smpl.obj`; none where the configuration names template bodies itself.
    ///   - configuration: takes these meshes in place of charts or of other meshes.
    static func meshes(_ texts: [String], in configuration: inout DensePoseConfiguration) throws -> [EmbeddedMesh] {
        guard configuration.dense != nil else {
            if texts.isEmpty { return [] }
            throw ValidationError("--embedding: the network has no dense head")
        }
        var texts = texts
        if texts.isEmpty, let known = configuration.dense?.embedding?.meshes {
            texts = known.map(\.name)
            if let other = texts.first(where: { !TemplateBody.species.contains($0) }) {
                throw ValidationError(
                    "the network embeds the mesh \"\(other)\": name its file, --embedding \(other)=FILE")
            }
        }
        let meshes = try texts.map { try EmbeddedMesh($0) }
        for mesh in meshes where mesh.name.isEmpty || mesh.name.contains(".") {
            throw ValidationError("--embedding: \"\(mesh.name)\" is no name of a mesh: it is not empty and has no dots")
        }
        guard Set(meshes.map(\.name)).count == meshes.count else {
            throw ValidationError("--embedding: two meshes have one name")
        }
        if !meshes.isEmpty {
            let features = configuration.dense?.embedding?.meshes.first?.features
            configuration.embed(
                meshes.map { .init(name: $0.name, vertices: $0.vertexCount, features: features ?? 256) })
        }
        return meshes
    }

    /// Takes weights from a file as far as they fit.
    /// - Returns: what was taken, in words.
    static func begin(_ network: DensePoseRCNN, with path: String) throws -> String {
        let matching = try network.loadFitting(try Checkpoint.read(path))
        guard !matching.tensors.isEmpty else {
            throw CheckpointError(path, "has no entry that the network “\(network.configuration.name)” has")
        }
        return "\(matching.tensors.count) entries taken, \(matching.missing.count) begin anew"
    }
}

extension DensePoseConfiguration {
    /// Takes other calibrations, with the weight of the loss of (u, v) that belongs to them.
    mutating func calibrate(_ calibration: Calibration) {
        let hadVariance = self.calibration.uv != .none
        self.calibration = calibration
        switch (hadVariance, calibration.uv != .none) {
        case (true, false): lossWeights.chart.uv *= 20
        case (false, true): lossWeights.chart.uv /= 20
        default: break
        }
    }
}

/// The presets with what they are.
enum PresetTable {
    static func show() throws {
        Terminal.table(
            ["preset", "parameters", "input", "head", "calibration"],
            try DensePoseConfiguration.presets.map { preset in
                let network = try Initializer.skipping { try DensePoseRCNN(preset) }
                return [
                    preset.name, "\(network.parameterCount)", "\(preset.input.side)",
                    preset.dense?.embedding != nil ? "embedding" : preset.dense?.head.rawValue ?? "none",
                    words(preset.calibration),
                ]
            })
    }

    private static func words(_ calibration: Calibration) -> String {
        let parts = [
            (calibration.boxClass, "class"), (calibration.boxRegression, "box"), (calibration.mask, "mask"),
            (calibration.foreground, "foreground"), (calibration.parts, "parts"),
        ].filter(\.0).map(\.1)
        return (parts + (calibration.uv == .none ? [] : ["uv=\(calibration.uv.rawValue)"])).joined(separator: ",")
    }
}
