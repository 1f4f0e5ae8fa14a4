import ArgumentParser
import Catalog
import Foundation

/// Which catalog a command works on.
public struct CatalogOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The catalog. Default: KINDRED_CATALOG from the environment, else catalog.sqlite in this folder.",
            valueName: "file"))
    public var catalog: String?

    public init() {}

    public var path: String { catalog ?? ProcessInfo.processInfo.environment["KINDRED_CATALOG"] ?? "catalog.sqlite" }

    public func open() throws -> CatalogFile { try CatalogFile.open(at: path) }

    /// The command line, for the history.
    public static var commandLine: String {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).lastPathComponent
        return ([program] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,%+@".contains($0) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
