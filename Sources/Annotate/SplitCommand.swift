import ArgumentParser
import Catalog
import Commands
import Foundation
import Workflows

struct SplitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Divide pictures into parts such as train, val and test.",
        discussion: """
            Frames of one clip, and pictures with the same bytes, always share a part. --by site keeps all pictures of a
            site together too. The same seed gives the same split.

            Example:
              annotate split main --parts train=0.8,val=0.1,test=0.1 --dataset traps --by site --stratify --seed 1
              annotate list media --filter 'split = test'
              annotate split main --remove
            """)

    @Argument(help: "Name of the split.")
    var name: String

    @Option(help: ArgumentHelp("Parts and their shares.", valueName: "name=share,…"))
    var parts = "train=0.8,val=0.1,test=0.1"

    @Option(help: "Only pictures of this dataset.")
    var dataset: String?

    @Option(help: "Only pictures that fulfil this filter (see `annotate list --help`).")
    var filter: String?

    @Option(
        help:
            "What must not straddle parts, besides clips: \(SplitMaker.Grouping.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var by = "picture"

    @Flag(help: "Keep the share of each category alike in all parts.")
    var stratify = false

    @Option(help: "Seed of the choice.")
    var seed: UInt64 = 0

    @Flag(help: "Remove the split of this name.")
    var remove = false

    @Flag(help: "Show the sizes of the parts, and store nothing.")
    var dryRun = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard SplitMaker.Recipe(parsing: parts) != nil else {
            throw ValidationError(
                "--parts is a list such as train=0.8,val=0.2 whose shares add up to 1, not “\(parts)”")
        }
        guard SplitMaker.Grouping(rawValue: by) != nil || by == "video" else {
            throw ValidationError("--by is picture, video, site or folder, not “\(by)”")
        }
    }

    func run() throws {
        let file = try catalog.open()
        if remove {
            try file.write(command: CatalogOptions.commandLine) { writer in
                try writer.removeSplit(named: name)
                writer.summarize("removed the split \(name)")
            }
            return print("removed the split \(name)")
        }
        var recipe = SplitMaker.Recipe(parsing: parts)!
        recipe.grouping = SplitMaker.Grouping(rawValue: by) ?? .picture
        (recipe.isStratified, recipe.seed) = (stratify, seed)
        (recipe.dataset, recipe.filter) = (dataset, filter)
        let result = try SplitMaker.run(
            named: name, recipe, in: file, command: CatalogOptions.commandLine, isDryRun: dryRun)
        if json.json { return try Terminal.json(result) }
        let total = result.media.values.reduce(0, +)
        print("\(dryRun ? "would make " : "")\(name): \(total) pictures in \(result.groups) groups")
        Terminal.table(
            ["part", "pictures", "share", "asked"],
            recipe.parts.map { part in
                let count = result.media[part.name] ?? 0
                return [
                    part.name, "\(count)",
                    (Double(count) / Double(max(total, 1))).formatted(.percent.precision(.fractionLength(1))),
                    part.fraction.formatted(.percent.precision(.fractionLength(1))),
                ]
            })
        if result.withoutSite > 0 {
            print("\(result.withoutSite) pictures have no site; each of them went its own way")
        }
    }
}
