import ArgumentParser
import Checkpoints
import Commands

struct FetchWeightsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Download published weights and verify them.",
        discussion: """
            A download that was interrupted goes on where it stopped. Without a network, --from takes a file that was \
            downloaded elsewhere. What was verified is recorded beside the file.

            Example:
              infer weights fetch vgg19
            """)

    @Argument(help: "A name from “infer weights list”.")
    var name: String

    @Option(name: .long, help: "A file that was downloaded elsewhere.", completion: .file())
    var from: String?

    @Flag(name: .long, help: "Take weights whose publisher gives no hash as they are.")
    var allowUnverified = false

    @OptionGroup var folder: WeightsFolderOption
    @OptionGroup var json: JSONOption

    func run() async throws {
        guard let weights = PublishedWeights.named(name) else {
            throw ValidationError("no published weights are named “\(name)”: infer weights list shows the names")
        }
        let folder = folder.folder
        if from == nil, let receipt = folder.receipt(of: weights), receipt.isVerified || allowUnverified {
            return try report(receipt, folder.path(of: weights))
        }
        var (file, source) = (from ?? "", from ?? "")
        if from == nil {
            guard let url = weights.url else {
                throw CheckpointError(
                    weights.name, "needs a browser to download: see \(weights.page), then give the file with --from")
            }
            // Before hundreds of megabytes are fetched in vain.
            if case .unpublished(let reason) = weights.digest, !allowUnverified {
                throw CheckpointError(
                    weights.name, "cannot be verified: \(reason); --allow-unverified takes it as it is")
            }
            try folder.prepare(for: weights)
            (file, source) = (folder.downloadPath(of: weights), url)
            try await Download(url: url, path: file).run()
        }
        let receipt = try folder.install(weights, from: file, source: source, allowUnverified: allowUnverified)
        try report(receipt, folder.path(of: weights))
    }

    private func report(_ receipt: WeightsFolder.Receipt, _ path: String) throws {
        if json.json { return try Terminal.json(receipt) }
        print("\(path): \(receipt.bytes) bytes, \(receipt.verification)")
        print("licence: \(receipt.licence)")
    }
}
