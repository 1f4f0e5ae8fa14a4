import ArgumentParser

struct WeightsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights", abstract: "Look into checkpoints, convert them, fetch published ones.",
        discussion: """
            Reads safetensors, PyTorch's files (new and before 1.6) and pickles of arrays. Nothing in a file is executed.

            Example:
              infer weights inspect latest_net_G.pth
            """,
        subcommands: [
            InspectWeightsCommand.self, ConvertWeightsCommand.self, ListWeightsCommand.self, FetchWeightsCommand.self,
        ])
}

/// Where in a file the network's weights are.
struct RootOption: ParsableArguments {
    @Option(
        name: .long,
        help: "Where the weights are, names joined by dots; “.” is the whole file. Customary places are found without.")
    var root: String?

    /// The path, empty for the whole file, nil to look for it.
    var path: String? { root == "." ? "" : root }
}
