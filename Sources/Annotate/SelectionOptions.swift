import ArgumentParser
import Workflows

/// Which pictures of a dataset a command works on.
struct SelectionOptions: ParsableArguments {
    @Option(help: "The dataset.")
    var dataset: String

    @Option(help: "Only pictures and labels that fulfil this filter (see `annotate list --help`).")
    var filter: String?

    @Option(help: "Only pictures of this part of a split, such as `train`, or `main/train` where there are several.")
    var split: String?

    func selection(run: String? = nil, limit: Int? = nil) -> MediaSelection {
        MediaSelection(dataset: dataset, filter: filter, split: split, run: run, limit: limit)
    }
}
