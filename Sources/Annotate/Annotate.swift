import ArgumentParser
import Catalog
import Commands

@main
struct Annotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate",
        abstract: "Curate DensePose-style data: take it in, look at it, check, split, change, undo and write it out.",
        discussion: """
            Everything lives in one SQLite catalog; pictures stay where they are.

            Example:
              annotate init --catalog c.sqlite
              annotate import coco instances.json --dataset val --images val2017 --catalog c.sqlite
              annotate check --catalog c.sqlite
              annotate export coco out.json --dataset val --catalog c.sqlite --verify
            """,
        version: Release.version,
        subcommands: [
            InitCommand.self, InfoCommand.self, ListCommand.self, ShowCommand.self, DetectCommand.self,
            ImportCommand.self, ExportCommand.self, FramesCommand.self, RenderCommand.self, StatsCommand.self,
            CheckCommand.self, SplitCommand.self, ViewCommand.self, EditCommand.self, HistoryCommand.self,
            UndoCommand.self, MergeCommand.self, BackupCommand.self, RelocateCommand.self, SynthCommand.self,
            EvaluateCommand.self, PseudoCommand.self,
        ])

    static func main() async {
        await CommandRunner.run(Self.self)
    }
}
