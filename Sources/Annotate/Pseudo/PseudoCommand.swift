import ArgumentParser
import Workflows

struct PseudoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pseudo", abstract: "Choose labels from what a model has stored.",
        discussion: """
            `infer densepose --store RUN` keeps every object that a model finds, with all confidences and points all over it.
            From that, labels are chosen as often as wanted, without running the model again.

            Example:
              infer densepose --dataset traps --weights runs/teacher/densepose.safetensors --store teacher
              annotate pseudo stats teacher --keep 'score>=0.8'
              annotate pseudo sample teacher --as round-1 --keep 'score>=0.8' --points parts --per-object 5
              train densepose --source people --target traps@round-1 --out runs/student
            """,
        subcommands: [
            SamplePseudo.self, StatsPseudo.self, PlotPseudo.self, ComparePseudo.self, CalibratePseudo.self,
            AcceptPseudo.self, RejectPseudo.self, ExportPseudo.self, DropPseudo.self,
        ])
}

/// Conditions on confidences.
struct ConditionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A condition on objects: score>=0.8, mask>=0.7, foreground>=0.9, parts>=0.9, box<=0.1, uv<=0.2, or the surest share of all, score:top=20%, or as many as are right, score:precision=90%. On single points: points.parts>=0.9. All of them count.",
            valueName: "condition"))
    var keep: [String] = []

    func conditions() throws -> [ConfidenceCondition] {
        do { return try keep.map { try ConfidenceCondition($0) } } catch let error as PseudoLabelError {
            throw ValidationError("--keep: \(error)")
        }
    }
}
