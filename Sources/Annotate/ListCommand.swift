import ArgumentParser
import Catalog
import Commands

/// What `annotate list` can list.
enum Listing: String, ExpressibleByArgument, CaseIterable {
    case media, instances, categories, datasets, runs, splits, views, sites, videos, roots, queue, facets, evaluations
}

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List media, instances, categories, splits and more, with a filter.",
        discussion: """
            \(Filter.guide)

            Example:
              annotate list instances --dataset dp --filter 'has points and size = large' --limit 20
              annotate list media --filter 'site = "Taï" and time >= 2020-05-30 and not has labels'
              annotate list queue --run baseline          # what waits for review
            """)

    @Argument(help: "What: \(Listing.allCases.map(\.rawValue).joined(separator: ", ")).")
    var what: Listing

    @Option(help: "Only of this dataset.")
    var dataset: String?

    @Option(help: "Only what fulfils this filter (media, instances).")
    var filter: String?

    @Option(name: .customLong("run"), help: "The run (queue).")
    var runName: String?

    @Option(help: "At most so many rows.")
    var limit = 50

    @Option(help: "Go on after this id (media, instances).")
    var after: Int64 = 0

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1") }
        if what == .queue, runName == nil { throw ValidationError("list queue needs --run") }
        if filter != nil, what != .media, what != .instances {
            throw ValidationError("--filter goes with media and instances")
        }
    }

    func run() throws {
        let file = try catalog.open()
        try file.read { reader in
            let datasetID = try dataset.map { try reader.dataset(named: $0).id }
            let condition = try filter.map { try Filter($0) }
            switch what {
            case .media: try media(reader.listMedia(filter: condition, dataset: datasetID, after: after, limit: limit))
            case .instances:
                try instances(reader.listInstances(filter: condition, dataset: datasetID, after: after, limit: limit))
            case .categories: try categories(reader, datasetID)
            case .facets: try facets(reader.facets(dataset: datasetID))
            case .queue: try queue(reader)
            default: try small(reader)
            }
        }
    }

    private func media(_ rows: [MediumRow]) throws {
        if json.json { return try Terminal.json(rows) }
        Terminal.table(
            ["id", "path", "size", "taken", "site", "labels", "datasets"],
            rows.map { row in
                let frame = row.frameIndex.map { " frame \($0)" + (row.time.map { " at \($0.formatted()) s" } ?? "") }
                return [
                    "\(row.id)", (row.video ?? row.path) + (frame ?? ""), "\(row.width ?? 0)x\(row.height ?? 0)",
                    row.capturedAt ?? "", row.site ?? "", "\(row.instances)", row.datasets.joined(separator: ", "),
                ]
            })
        hint(rows.count, rows.last?.id)
    }

    private func instances(_ rows: [InstanceRow]) throws {
        if json.json { return try Terminal.json(rows) }
        Terminal.table(
            ["id", "file id", "category", "picture", "x", "y", "w", "h", "score", "points", "review", "run"],
            rows.map { row in
                let box = row.box.map { [$0.x, $0.y, $0.width, $0.height].map { Self.short($0) } } ?? ["", "", "", ""]
                return ["\(row.id)", row.sourceID.map(String.init) ?? "", row.category, row.path] + box + [
                    row.score.map(Self.short) ?? "", row.points > 0 ? "\(row.points)" : "", row.review, row.run,
                ]
            })
        hint(rows.count, rows.last?.id)
    }

    private static func short(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(0...3)).grouping(.never))
    }

    private func hint(_ count: Int, _ last: Int64?) {
        if count == limit, let last { print("… more follow: --after \(last)") }
    }

    private func categories(_ reader: CatalogReader, _ dataset: Int64?) throws {
        var counts: [String: Int] = [:]
        for facet in try reader.facets(dataset: dataset) {
            counts[facet.dataset + "\u{1f}" + facet.category, default: 0] += facet.count
        }
        struct Row: Encodable {
            var dataset: String
            var id: Int64
            var name: String
            var supercategory: String?
            var instances: Int
        }
        let rows = try reader.datasets().filter { dataset == nil || $0.id == dataset }.flatMap { record in
            try reader.categories(of: record.id).map { category in
                Row(
                    dataset: record.name, id: category.sourceID, name: category.name,
                    supercategory: category.supercategory,
                    instances: counts[record.name + "\u{1f}" + category.name] ?? 0)
            }
        }
        if json.json { return try Terminal.json(rows) }
        Terminal.table(
            ["dataset", "id", "category", "supercategory", "instances"],
            rows.map { [$0.dataset, "\($0.id)", $0.name, $0.supercategory ?? "", "\($0.instances)"] })
    }

    private func facets(_ rows: [Facet]) throws {
        if json.json { return try Terminal.json(rows) }
        Terminal.table(
            ["dataset", "run", "category", "review", "points", "instances"],
            rows.prefix(limit).map {
                [$0.dataset, $0.run, $0.category, $0.review, $0.withPoints ? "yes" : "no", "\($0.count)"]
            })
    }

    private func queue(_ reader: CatalogReader) throws {
        struct Row: Encodable {
            var id: Int64
            var mediumID: Int64
            var priority: Double?
        }
        let id = try reader.run(named: runName!).id
        let rows = try reader.reviewQueue(run: id, limit: limit).map {
            Row(id: $0.id, mediumID: $0.mediumID, priority: $0.priority)
        }
        if json.json { return try Terminal.json(rows) }
        Terminal.table(
            ["instance", "medium", "priority"],
            rows.map { ["\($0.id)", "\($0.mediumID)", $0.priority.map { "\($0)" } ?? ""] })
    }

    private func small(_ reader: CatalogReader) throws {
        switch what {
        case .datasets:
            let rows = try reader.overview().datasets
            if json.json { return try Terminal.json(rows) }
            Terminal.table(
                ["dataset", "format", "pictures", "instances"],
                rows.map { [$0.name, $0.format, "\($0.media)", "\($0.instances)"] })
        case .runs:
            let rows = try reader.overview().runs
            if json.json { return try Terminal.json(rows) }
            Terminal.table(
                ["run", "kind", "instances", "made"],
                rows.map { [$0.name, $0.kind.rawValue, "\($0.instances)", $0.createdAt] })
        case .splits:
            let rows = try reader.splits()
            if json.json { return try Terminal.json(rows) }
            Terminal.table(
                ["split", "parts", "recipe"],
                rows.map { row in
                    let parts = row.parts.sorted { $0.key < $1.key }.map { "\($0): \($1)" }
                    return [row.name, parts.joined(separator: ", "), row.recipe]
                })
        case .views:
            let rows = try reader.views()
            if json.json {
                return try Terminal.json(Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.definition) }))
            }
            for row in rows { print(row.name) }
        case .evaluations:
            let rows = try reader.evaluations()
            if json.json { return try Terminal.json(rows) }
            Terminal.table(
                ["id", "kind", "run", "dataset", "AP", "hits", "missed", "made"],
                rows.map { row in
                    // Earlier ones have given up their outcomes.
                    let counts = ["hit", "missed"].map { row.outcomes.isEmpty ? "" : "\(row.outcomes[$0] ?? 0)" }
                    return ["\(row.id)", row.kind, row.run, row.dataset, row.metric("AP").map(Self.short) ?? ""]
                        + counts + [row.createdAt]
                })
        case .sites:
            let rows = try reader.listSites()
            if json.json {
                return try Terminal.json(Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.media) }))
            }
            Terminal.table(["site", "pictures"], rows.map { [$0.name, "\($0.media)"] })
        case .videos:
            let rows = try reader.listVideos()
            if json.json { return try Terminal.json(rows) }
            Terminal.table(
                ["id", "video", "codec", "size", "rate", "seconds", "frames", "problem"],
                rows.map { row in
                    [
                        "\(row.id)", row.path, row.codec ?? "", "\(row.width ?? 0)x\(row.height ?? 0)",
                        row.frameRate ?? "", row.duration.map(Self.short) ?? "", "\(row.frames)", row.problem ?? "",
                    ]
                })
        default:
            let rows = try reader.roots()
            if json.json {
                return try Terminal.json(Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.path ?? "") }))
            }
            Terminal.table(["root", "place"], rows.map { [$0.name, reader.folder(of: $0) ?? "not known"] })
        }
    }
}
