import ArgumentParser
import Catalog
import Commands

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "What a catalog holds: datasets, runs, splits, views.",
        discussion: """
            Example:
              annotate info --catalog apes.sqlite
            """)

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let overview = try catalog.open().read { try $0.overview() }
        if json.json { return try Terminal.json(overview) }
        let megabytes = Double(overview.bytes) / 1_048_576
        print("\(overview.path): \(megabytes.formatted(.number.precision(.fractionLength(1)))) MiB")
        print(
            "\(overview.media) pictures, \(overview.videos) videos, \(overview.instances) instances, "
                + "\(overview.sites) sites, \(overview.operations) operations")
        if !overview.review.isEmpty {
            print("review: " + overview.review.sorted { $0.key < $1.key }.map { "\($1) \($0)" }.joined(separator: ", "))
        }
        section(
            ["dataset", "format", "pictures", "instances", "with points", "predictions", "categories"],
            overview.datasets.map {
                [
                    $0.name, $0.format, "\($0.media)", "\($0.instances)", "\($0.withPoints)", "\($0.predictions)",
                    "\($0.categories)",
                ]
            })
        section(
            ["run", "kind", "instances", "made"],
            overview.runs.map { [$0.name, $0.kind.rawValue, "\($0.instances)", $0.createdAt] })
        if !overview.splits.isEmpty { print("\nsplits: " + overview.splits.joined(separator: ", ")) }
        if !overview.views.isEmpty { print("\nviews: " + overview.views.joined(separator: ", ")) }
        for root in overview.unlocatedRoots {
            print("\nnobody has said where the pictures of “\(root)” are: annotate relocate '\(root)' FOLDER")
        }
    }

    private func section(_ header: [String], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        print()
        Terminal.table(header, rows)
    }
}
