import Foundation
import Hashing

/// The folder of downloaded weights. Beside each file lies a receipt that says what was verified.
public struct WeightsFolder: Sendable {
    /// What is known of a file that was taken in.
    public struct Receipt: Codable, Equatable, Sendable {
        public let name: String
        public let file: String
        public let bytes: Int
        public let sha256: String
        /// What the digest was compared with, or why with nothing.
        public let verification: String
        public let isVerified: Bool
        /// The URL or path that the file came from.
        public let source: String
        public let licence: String
    }

    public let path: String

    public init(path: String) { self.path = path }

    /// `KINDRED_WEIGHTS`, or `~/.cache/kindred/weights`.
    public static func standard(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> WeightsFolder
    {
        if let path = environment["KINDRED_WEIGHTS"], !path.isEmpty { return WeightsFolder(path: path) }
        let cache = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory() + "/.cache"
        return WeightsFolder(path: cache + "/kindred/weights")
    }

    /// Files of different weights may have one name: each has a folder of its own.
    public func path(of weights: PublishedWeights) -> String { "\(path)/\(weights.name)/\(weights.file)" }

    /// Where a download grows until it is complete.
    public func downloadPath(of weights: PublishedWeights) -> String { path(of: weights) + ".download" }

    private func receiptPath(of weights: PublishedWeights) -> String { path(of: weights) + ".json" }

    /// The receipt of weights that are there already, unless the file's size has changed since.
    public func receipt(of weights: PublishedWeights) -> Receipt? {
        guard let data = FileManager.default.contents(atPath: receiptPath(of: weights)),
            let receipt = try? JSONDecoder().decode(Receipt.self, from: data),
            let attributes = try? FileManager.default.attributesOfItem(atPath: path(of: weights)),
            attributes[.size] as? Int == receipt.bytes
        else { return nil }
        return receipt
    }

    /// Makes the folder for some weights.
    /// - Throws: `CheckpointError`
    public func prepare(for weights: PublishedWeights) throws {
        let folder = "\(path)/\(weights.name)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CheckpointError(folder, "the folder cannot be made (\((error as NSError).localizedDescription))")
        }
    }

    /// Verifies a file and takes it in, with its receipt. A file inside the folder is moved, others are copied.
    /// - Parameters:
    ///   - source: Where it came from, for the receipt.
    ///   - allowUnverified: Whether weights without a published digest are taken as they are.
    /// - Throws: `CheckpointError` when the digest is another, or there is none to compare with; the file stays.
    public func install(
        _ weights: PublishedWeights, from file: String, source: String, allowUnverified: Bool
    ) throws -> Receipt {
        let bytes = try TensorStorage.map(file)
        var hasher = ContentHasher()
        hasher.update(bytes.bytes)
        let digest = hasher.finish().description
        let verification: String
        var isVerified = false
        switch weights.digest {
        case .sha256(let prefix):
            guard digest.hasPrefix(prefix) else {
                throw CheckpointError(
                    file, "is not \(weights.name): its SHA-256 is \(digest), expected one that begins with \(prefix)")
            }
            isVerified = true
            let extent = prefix.count == 64 ? "as published" : "begins with \(prefix), as published"
            verification = "SHA-256 \(extent)"
        case .unpublished(let reason):
            guard allowUnverified else {
                throw CheckpointError(
                    file, "cannot be verified as \(weights.name): \(reason); --allow-unverified takes it as it is")
            }
            verification = "not verified: \(reason)"
        }
        // A web page in place of the weights is the most frequent failure of downloads without a digest.
        if !isVerified, !weights.file.hasSuffix(".zip") { _ = try Checkpoint.read(file) }

        try prepare(for: weights)
        let place = path(of: weights)
        if file == downloadPath(of: weights) {
            guard rename(file, place) == 0 else {
                throw CheckpointError(place, "cannot be written (\(String(cString: strerror(errno))))")
            }
        } else {
            let copy = try DraftFile(place, size: bytes.bytes.count, replacing: true)
            try StoredTensor.split(bytes.bytes) { try copy.write($0) }
            try copy.commit()
        }
        let receipt = Receipt(
            name: weights.name, file: weights.file, bytes: bytes.bytes.count, sha256: digest,
            verification: verification, isVerified: isVerified, source: source, licence: weights.licence)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = try DraftFile(receiptPath(of: weights), size: 0, replacing: true)
        try text.write(Array(try encoder.encode(receipt)))
        try text.commit()
        return receipt
    }
}
