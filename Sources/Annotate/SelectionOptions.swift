import ArgumentParser
import Workflows

/// Which pictures of a dataset a command works on.
struct SelectionOptions: ParsableArguments {
    @Option(help: "The dataset.")
    var dataset: String

    @OptionGroup var part: PartOptions

    func selection(run: String? = nil, limit: Int? = nil) -> MediaSelection {
        part.selection(of: dataset, run: run, limit: limit)
    }
}

/// Some of a dataset's pictures.
struct PartOptions: ParsableArguments {
    @Option(
        name: [.customLong("filter"), .customLong("where")],
        help: "Only pictures and labels that fulfil this filter (see `annotate list --help`).")
    var filter: String?

    @Option(help: "Only pictures of this part of a split, such as `train`, or `main/train` where there are several.")
    var split: String?

    func selection(of dataset: String, run: String? = nil, limit: Int? = nil) -> MediaSelection {
        MediaSelection(dataset: dataset, filter: filter, split: split, run: run, limit: limit)
    }
}
