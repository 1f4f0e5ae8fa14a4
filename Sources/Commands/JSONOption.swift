import ArgumentParser

/// The `--json` of every command that reports.
public struct JSONOption: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, for programs.")
    public var json = false

    public init() {}
}
