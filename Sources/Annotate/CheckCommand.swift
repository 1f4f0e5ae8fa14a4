import Annotations
import ArgumentParser
import Catalog
import Commands
import Workflows

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look for what would mislead a training or an evaluation.",
        discussion: """
            Files: missing, changed, not in the catalog, twice (same bytes, or looking alike). Labels: boxes outside the
            picture, empty or self-crossing polygons, masks of the wrong size, ids that come twice, dense points outside
            their box or mask, unknown charts, undeclared categories. The catalog itself: SQLite's own checks.

            --fix mends what loses nothing: boxes are clipped to the picture, empty parts of masks dropped, repeated ids
            renumbered, unknown sizes read from the files. It is one operation; `annotate undo` takes it back.

            Example:
              annotate check --catalog apes.sqlite --json
              annotate check --checksums --looks --fix
            """)

    @Option(help: "Only this dataset.")
    var dataset: String?

    @Flag(help: "Compare the SHA-256 of every picture with its file.")
    var checksums = false

    @Flag(help: "Decode pictures that have no perceptual hash yet, to find those that look alike.")
    var looks = false

    @Flag(help: "Mend what can be mended without losing anything.")
    var fix = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        var options = CatalogCheck.Options()
        (options.dataset, options.checksums, options.looks, options.fix) = (dataset, checksums, looks, fix)
        let progress = ProgressLine("checking")
        let report = try CatalogCheck.run(
            on: catalog.open(), options: options, command: CatalogOptions.commandLine
        ) { what, share in progress.update(share, detail: what) }
        progress.finish()
        if json.json { return try Terminal.json(report) }
        print("looked at \(report.checkedMedia) pictures and \(report.checkedInstances) instances")
        if report.total == 0 {
            print("no problems")
        } else {
            print()
            Terminal.table(
                ["problem", "times"],
                report.counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { [$0, "\($1)"] })
            ProblemTable.show(report.problems, count: report.total)
            let fixable = report.problems.count(where: \.fixable)
            if fix, report.fixed == 0 {
                print("\nnone of these can be mended without losing something; nothing was changed")
            } else if fix {
                print("\nmended \(report.fixed) problems; `annotate undo` takes it back")
            } else if fixable > 0 {
                print("\n\(fixable) of these can be mended by --fix")
            }
        }
        if report.sqliteNeedsLock {
            print("SQLite \(report.sqlite); writers take turns, since this version has the WAL-reset bug")
        } else {
            print("SQLite \(report.sqlite)")
        }
    }
}
