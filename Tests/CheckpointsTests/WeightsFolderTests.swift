import Foundation
import Hashing
import Testing

@testable import Checkpoints

@Suite struct WeightsFolderTests {
    private let temporary: TemporaryFolder
    private let folder: WeightsFolder

    init() throws {
        temporary = try TemporaryFolder()
        folder = WeightsFolder(path: temporary.file("weights"))
    }

    private func published(_ digest: PublishedWeights.Digest, file: String = "w.pth") -> PublishedWeights {
        PublishedWeights(
            name: "test", model: "none", summary: "a test", file: file, url: nil, digest: digest, licence: "CC0",
            page: "https://example.org")
    }

    @Test func `weights with the published digest are moved in, with a receipt`() throws {
        let bytes = try FixtureFiles.zip(in: temporary)
        let digest = ContentHash.of(bytes).description
        let weights = published(.sha256(prefix: String(digest.prefix(8))))
        try folder.prepare(for: weights)
        try temporary.write(bytes, to: "weights/test/w.pth.download")
        #expect(folder.receipt(of: weights) == nil)
        let receipt = try folder.install(
            weights, from: folder.downloadPath(of: weights), source: "https://example.org/w.pth", allowUnverified: false
        )
        #expect(receipt.isVerified)
        #expect(receipt.sha256 == digest)
        #expect(receipt.bytes == bytes.count)
        #expect(receipt.verification == "SHA-256 begins with \(digest.prefix(8)), as published")
        #expect(folder.receipt(of: weights) == receipt)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: temporary.file("weights/test")).sorted() == [
                "w.pth", "w.pth.json",
            ])
        // A file that has changed since has no receipt.
        try temporary.write(bytes + [0], to: "weights/test/w.pth")
        #expect(folder.receipt(of: weights) == nil)
    }

    @Test func `another digest is refused, and the file stays where it is`() throws {
        let path = try temporary.write([1, 2, 3], to: "w.pth")
        let weights = published(.sha256(prefix: "00000000"))
        #expect(throws: CheckpointError.self) {
            try folder.install(weights, from: path, source: path, allowUnverified: true)
        }
        #expect(try temporary.names == ["w.pth"])
    }

    @Test func `a web page in place of weights without a digest is refused`() throws {
        let path = try temporary.write(Array("<!DOCTYPE html>".utf8), to: "w.pth")
        let error = #expect(throws: CheckpointError.self) {
            try folder.install(
                published(.unpublished(reason: "none")), from: path, source: path, allowUnverified: true)
        }
        #expect(error?.reason.contains("a web page") == true)
    }

    @Test func `published weights have names of their own and digests that are hexadecimal`() {
        let names = PublishedWeights.all.map(\.name)
        #expect(Set(names).count == names.count)
        for weights in PublishedWeights.all {
            if case .sha256(let prefix) = weights.digest {
                #expect(prefix.count >= 8 && prefix.allSatisfy { "0123456789abcdef".contains($0) }, "\(weights.name)")
            }
            #expect(weights.url.map { $0.hasSuffix("/" + weights.file) } ?? true, "\(weights.name)")
        }
        #expect(
            PublishedWeights.named("densepose-teacher")?.url
                == "https://dl.fbaipublicfiles.com/densepose/evolution/densepose_R_50_FPN_DL_WC1M_3x_Atop10P_CA/"
                + "217578784/model_final_9fe1cc.pkl")
    }

    @Test func `the standard folder follows the environment`() {
        #expect(WeightsFolder.standard(["KINDRED_WEIGHTS": "/w"]).path == "/w")
        #expect(WeightsFolder.standard(["XDG_CACHE_HOME": "/c"]).path == "/c/kindred/weights")
        #expect(WeightsFolder.standard([:]).path.hasSuffix("/.cache/kindred/weights"))
    }
}
