import ArgumentParser
import Catalog
import Commands

struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Add what another catalog has and this one does not.",
        discussion: """
            Datasets meet by name, pictures by file, runs by name and the moment they were made. Merging the same catalog
            again adds nothing. It is one operation; `annotate undo` takes it back.

            Example:
              annotate merge colleague.sqlite --catalog apes.sqlite
            """)

    @Argument(help: "The other catalog.", completion: .file(extensions: ["sqlite"]))
    var other: String

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let report = try catalog.open().merge(CatalogFile.open(at: other), command: CatalogOptions.commandLine)
        if json.json { return try Terminal.json(report) }
        print("added \(report.media) pictures and \(report.instances) instances")
        let lists = [
            ("datasets", report.datasets), ("runs", report.runs), ("splits", report.splits), ("views", report.views),
        ]
        for (noun, names) in lists where !names.isEmpty { print("new \(noun): " + names.joined(separator: ", ")) }
        for (old, new) in report.renamed.sorted(by: { $0.key < $1.key }) {
            print("“\(old)” was taken here; the other's is now “\(new)”")
        }
    }
}
