import ArgumentParser
import Catalog
import Commands
import Workflows

struct SamplePseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Choose objects and points, and name the choice.",
        discussion: """
            Objects that reach the conditions become labels with box, mask and a few dense points: the surest to be on the body
            (mask), of their chart (parts) or of (u, v) (uv), the most probable to be right in all (combined), or by lot
            (uniform). Objects that somebody has rejected are never taken. Boxes and masks alone: --per-object 0.

            The sample is a run and a view of its name, a copy that stays as it is: train, export, render and review it by name.

            Example:
              annotate pseudo sample teacher --as round-1 --keep 'score>=0.8' --points parts --per-object 5
              annotate pseudo sample teacher --as spread --keep score:top=20% --points uv --per-chart 8 --spread poisson
              annotate pseudo sample teacher --as fair --keep score:precision=90% --at-most site=200 --balance light
              annotate pseudo sample teacher --as round-1 --keep 'score>=0.9' --replace --dry-run
            """)

    @Argument(help: ArgumentHelp("The run that stored the candidates.", valueName: "run"))
    var runName: String

    @Option(name: .customLong("as"), help: "Name of the sample.")
    var name: String

    @OptionGroup var conditions: ConditionOptions

    @Option(help: "By what points are chosen: uniform, mask, parts, uv or combined.")
    var points = PointRecipe.Strategy.parts

    @Option(help: "Points of an object. Default: 5.")
    var perObject: Int?

    @Option(help: "Points of each chart of an object, in place of --per-object.")
    var perChart: Int?

    @Option(help: "How points keep apart: none, poisson (a distance) or clusters (k-means).")
    var spread = PointRecipe.Spread.none

    @Option(
        help: ArgumentHelp(
            "Draw points by lot among this share of the surest, as detectron2 does with 0.5, in place of the surest.",
            valueName: "share"))
    var search: Double?

    @Option(
        help: ArgumentHelp(
            "The most objects of each category, site, clip or light (colour, infrared), surest first: site=200.",
            valueName: "group=n"))
    var atMost: [String] = []

    @Option(help: "Give each category, site, clip or light as many objects as the least of them has.")
    var balance: SampleRecipe.Grouping?

    @Option(help: "The most objects of all.")
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Objects of one clip whose boxes and masks overlap so much count once, the surest; 0 keeps all.",
            valueName: "overlap"))
    var distinct = 0.9

    @Flag(help: "Only objects that somebody has accepted.")
    var accepted = false

    @Option(help: "Seed of all that is drawn by lot.")
    var seed: UInt64 = 0

    @Flag(help: "Put the sample in the place of one of this name.")
    var replace = false

    @Flag(help: "Say what would be chosen, and what would change, and write nothing.")
    var dryRun = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard perObject == nil || perChart == nil else {
            throw ValidationError("give --per-object or --per-chart")
        }
        for (option, value) in [("--per-object", perObject), ("--per-chart", perChart), ("--limit", limit)] {
            if let value, value < 0 { throw ValidationError("\(option) is not negative") }
        }
        guard (0...1).contains(distinct) else { throw ValidationError("--distinct is from 0 to 1") }
        if let search, !(search > 0 && search <= 1) { throw ValidationError("--search is above 0 and at most 1") }
        _ = try recipe()
    }

    private func recipe() throws -> SampleRecipe {
        var quotas: [SampleRecipe.Grouping: Int] = [:]
        for text in atMost {
            let parts = text.split(separator: "=").map(String.init)
            guard parts.count == 2, let group = SampleRecipe.Grouping(rawValue: parts[0]), let count = Int(parts[1]),
                count > 0
            else {
                let known = SampleRecipe.Grouping.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--at-most: \"\(text)\" is not GROUP=NUMBER, with one of \(known)")
            }
            quotas[group] = count
        }
        return SampleRecipe(
            run: runName,
            points: PointRecipe(
                points, count: perChart ?? perObject ?? 5, isPerChart: perChart != nil, spread: spread, search: search),
            keep: try conditions.conditions(), isAcceptedOnly: accepted, quotas: quotas, balance: balance, limit: limit,
            distinct: distinct > 0 ? distinct : nil, seed: seed)
    }

    private struct Output: Encodable {
        var name: String
        var recipe: SampleRecipe
        var steps: [ChoiceStep]
        var change: PseudoSample.Change
    }

    func run() throws {
        let file = try catalog.open()
        let recipe = try recipe()
        let sample: PseudoSample
        let change: PseudoSample.Change
        if dryRun {
            (sample, change) = try file.read { reader in
                let sample = try PseudoSample(recipe, in: reader)
                return (sample, try sample.change(asNamed: name, in: reader))
            }
        } else {
            (sample, change) = try file.write(command: CatalogOptions.commandLine) { writer in
                let sample = try PseudoSample(recipe, in: writer)
                return (sample, try sample.write(asNamed: name, replaces: replace, to: writer))
            }
        }
        if json.json {
            return try Terminal.json(Output(name: name, recipe: recipe, steps: sample.steps, change: change))
        }
        Terminal.table(["objects", "left"], sample.steps.map { [$0.name, "\($0.detections)"] })
        print(
            "\(dryRun ? "would choose" : "chose") \(change.objects) objects with \(change.points) points as “\(name)”")
        if change.isReplacement {
            print(
                "against the sample of this name: \(change.added) objects more, \(change.removed) fewer, "
                    + "\(change.changed) with other points")
        }
    }
}

extension PointRecipe.Strategy: ExpressibleByArgument {}
extension PointRecipe.Spread: ExpressibleByArgument {}
extension SampleRecipe.Grouping: ExpressibleByArgument {}
