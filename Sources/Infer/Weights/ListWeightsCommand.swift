import ArgumentParser
import Checkpoints
import Commands

struct ListWeightsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Published weights that are known, and which of them are here.",
        discussion: """
            Example:
              infer weights list
            """)

    @OptionGroup var folder: WeightsFolderOption
    @OptionGroup var json: JSONOption

    struct Row: Encodable {
        let weights: PublishedWeights
        let receipt: WeightsFolder.Receipt?
    }

    func run() throws {
        let rows = PublishedWeights.all.map { Row(weights: $0, receipt: folder.folder.receipt(of: $0)) }
        if json.json { return try Terminal.json(rows) }
        Terminal.table(
            ["name", "what", "verified by", "licence", "here"],
            rows.map { row in
                let digest =
                    switch row.weights.digest {
                    case .sha256(let prefix): "SHA-256 \(prefix)"
                    case .unpublished: "nothing"
                    }
                let presence = row.receipt.map { $0.isVerified ? "verified" : "unverified" } ?? ""
                return [row.weights.name, row.weights.summary, digest, row.weights.licence, presence]
            })
    }
}

/// Where downloaded weights lie.
struct WeightsFolderOption: ParsableArguments {
    @Option(
        name: .long, help: "The folder of weights (default: $KINDRED_WEIGHTS, or ~/.cache/kindred/weights).",
        completion: .directory)
    var into: String?

    var folder: WeightsFolder { into.map { WeightsFolder(path: $0) } ?? .standard() }
}
