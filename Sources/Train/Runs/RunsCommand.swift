import ArgumentParser
import Catalog

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "What trainings, inferences, evaluations and selections did.",
        discussion: """
            A run is named by its name, or by its number in the catalog.

            Example:
              train runs list --state running
              train runs compare baseline second
            """,
        subcommands: [
            ListRunsCommand.self, ShowRunCommand.self, CompareRunsCommand.self, PlotRunsCommand.self,
        ])
}

extension CatalogReader {
    /// The run of this name, or, where there is none, of this number.
    /// - Throws: `CatalogError.unknown`, with the names that exist.
    func run(called text: String) throws -> RunRecord {
        do {
            return try run(named: text)
        } catch CatalogError.unknown {
            guard let id = Int64(text), let run = try? run(id) else { return try run(named: text) }
            return run
        }
    }
}

extension RunKind: ExpressibleByArgument {}
extension ExecutionState: ExpressibleByArgument {}
