import ArgumentParser
import Catalog
import Commands

struct ListRunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Runs, the latest first.",
        discussion: """
            Without --kind, the runs of programs: trainings, inferences, evaluations and selections. A run whose process was
            killed shows as interrupted.

            Example:
              train runs list --kind training --state running --state interrupted
            """)

    @Option(help: "Only runs of this kind; may be repeated.")
    var kind: [RunKind] = []

    @Option(help: "Only runs in this state; may be repeated.")
    var state: [ExecutionState] = []

    @Option(help: "At most so many.")
    var limit = 50

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1") }
    }

    func run() throws {
        let programs: Set<RunKind> = [.training, .inference, .evaluation, .selection]
        let kinds = kind.isEmpty ? programs : Set(kind)
        let runs = try catalog.open().read { reader in
            try reader.runs(kinds: kinds, states: state.isEmpty ? nil : Set(state)).reversed().prefix(limit)
                .map { RunSummary($0, lastStep: try reader.lastStep(of: $0.id)) }
        }
        if json.json { return try Terminal.json(runs) }
        Terminal.table(
            ["id", "run", "kind", "state", "step", "started", "took", "device"],
            runs.map { run in
                [
                    "\(run.id)", run.name, run.kind.rawValue, run.state?.rawValue ?? "",
                    run.lastStep.map(String.init) ?? "", run.startedAt,
                    run.seconds.map(Terminal.duration) ?? "", run.device ?? "",
                ]
            })
        if runs.isEmpty { print("no runs") }
    }
}
