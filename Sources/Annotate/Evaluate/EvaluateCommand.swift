import ArgumentParser

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure predictions against the truth.",
        discussion: """
            Average precision and recall as pycocotools and detectron2 give them, from JSON files or from a catalog; -1 stands for
            what is not defined.

            Example:
              annotate evaluate boxes --truth instances.json --predictions detections.json --json
              annotate evaluate densepose --truth gt.json --predictions results.json --mesh mesh.json --metric gpsm
              annotate evaluate masks --dataset chimps --run baseline --split test --html report.html
            """,
        subcommands: [EvaluateBoxes.self, EvaluateMasks.self, EvaluateKeypoints.self, EvaluateDensePose.self])
}
