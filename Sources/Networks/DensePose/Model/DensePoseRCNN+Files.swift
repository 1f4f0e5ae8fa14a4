public import Checkpoints
import Foundation
import Tensors

/// Weights that come with what they are of.
extension DensePoseRCNN {
    /// The entry of a safetensors file's metadata that holds the configuration as JSON.
    static let configurationKey = "kindred.densepose"

    /// Writes weights and configuration as one safetensors file, there complete or not at all.
    public func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = String(decoding: try encoder.encode(configuration), as: UTF8.self)
        try save(to: path, metadata: [.init(name: Self.configurationKey, text: text)])
    }

    /// Reads a network: its own configuration where the file has one, else the one that is given.
    /// - Parameters:
    ///   - configuration: for files of other programs, such as detectron2's; overrides nothing that the file says.
    ///   - allowMissing: keeps the start values of entries that the file does not have, such as calibrations.
    /// - Returns: the network and, for files of others, the account of what fitted.
    /// - Throws: `CheckpointError` when the file is of another network.
    public static func read(
        _ path: String, configuration: DensePoseConfiguration? = nil, allowMissing: Bool = false
    ) throws -> (network: DensePoseRCNN, matching: StateMatching?) {
        let checkpoint = try Checkpoint.read(path)
        if let text = checkpoint.metadata.first(where: { $0.name == configurationKey })?.text {
            guard let own = try? JSONDecoder().decode(DensePoseConfiguration.self, from: Data(text.utf8)) else {
                throw CheckpointError(path, "its configuration cannot be read: it is of another release")
            }
            let network = try Initializer.skipping { try DensePoseRCNN(own) }
            try network.load(checkpoint)
            return (network, nil)
        }
        guard let configuration else {
            throw CheckpointError(
                path,
                "says nothing of its network: name a preset (\(DensePoseConfiguration.presetNames.joined(separator: ", ")))"
            )
        }
        let network = try DensePoseRCNN(configuration)
        let matching = try network.loadFitting(checkpoint)
        guard !matching.tensors.isEmpty else {
            throw CheckpointError(path, "has no entry of the preset “\(configuration.name)”")
        }
        if !allowMissing, let first = matching.missing.first {
            throw CheckpointError(
                path,
                "lacks \(matching.missing.count) entries of the preset “\(configuration.name)”, the first \(first)")
        }
        return (network, matching)
    }
}
