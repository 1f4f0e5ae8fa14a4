import ArgumentParser

struct SynthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synth", abstract: "Draw labelled datasets: posed bodies, clips of them, or flat figures.",
        discussion: """
            Example:
              annotate synth bodies --species human:2,chimpanzee:1 --pictures 500 --dataset drawn
              annotate synth figures --pictures 24
            """,
        subcommands: [SynthBodiesCommand.self, SynthClipsCommand.self, SynthFiguresCommand.self],
        defaultSubcommand: SynthFiguresCommand.self)
}
