import Annotations
import ArgumentParser
import Catalog
import Commands

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Everything about one label, or one picture: values, origin, history.",
        discussion: """
            Example:
              annotate show 1842
              annotate show 17 --medium
            """)

    @Argument(help: "Id of an instance in the catalog.")
    var id: Int64

    @Flag(help: "The id is that of a picture.")
    var medium = false

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    private struct InstanceDetails: Encodable {
        var instance: InstanceRow
        var keypoints: [Double]?
        var mask: String?
        var maskArea: Int?
        var polygons: [[Double]]?
        var densePoints: [String: [Double]]?
        var mesh: String?
        var visibleParts: [String]?
        var outcomes: [OutcomeRow]
        var origin: HistoryEntry?
        var changes: [Change]

        struct Change: Encodable {
            var operation: Int64?
            var table: String
            var before: String
            var after: String?
        }
    }

    private struct MediumDetails: Encodable {
        var medium: MediumRow
        var file: String?
        var sha256: String?
        var orientation: Int
        var latitude: Double?
        var longitude: Double?
        var origin: HistoryEntry?
        var instances: [InstanceRow]
    }

    func run() throws {
        try catalog.open().read { reader in
            if medium { try showMedium(reader) } else { try showInstance(reader) }
        }
    }

    private func showInstance(_ reader: CatalogReader) throws {
        guard let (record, parts) = try reader.instance(id),
            let row = try reader.listInstances(filter: nil, after: id - 1, limit: 1).first
        else { throw CatalogError.absent(kind: "instance", id: id) }
        let size = try reader.medium(record.mediumID)
        let runs = try parts.mask.flatMap {
            try $0.runs(pictureHeight: size?.height ?? 0, pictureWidth: size?.width ?? 0)
        }
        let names = parts.points?.columns.split(separator: " ").map(String.init) ?? []
        let details = InstanceDetails(
            instance: row, keypoints: parts.keypoints.flatMap { NumberListBlob($0, stride: 1)?.lists.first },
            mask: parts.mask?.encoding.rawValue, maskArea: runs?.area, polygons: parts.mask?.polygons,
            densePoints: parts.points.map { points in
                Dictionary(uniqueKeysWithValues: names.map { ($0, points.values($0) ?? []) })
            },
            mesh: parts.points?.mesh,
            visibleParts: try parts.partMasks.map { json in
                let masks = try PartMasks(json: json)
                return masks.isForegroundOnly
                    ? ["foreground"] : masks.masks.keys.sorted().compactMap { $0 <= 14 ? PartMasks.names[$0 - 1] : nil }
            },
            outcomes: try reader.outcomes(ofInstance: id), origin: try reader.origin(of: id, in: "instance"),
            changes: try reader.changes(ofInstance: id).map {
                .init(operation: $0.operation, table: $0.change.table, before: $0.change.before, after: $0.change.after)
            })
        if json.json { return try Terminal.json(details) }
        print("instance \(id): \(row.category), \(row.review)")
        print("  picture   \(row.path) (medium \(row.mediumID))")
        if let box = row.box { print("  box       x \(box.x), y \(box.y), w \(box.width), h \(box.height)") }
        if let area = row.area { print("  area      \(area)") }
        if let score = row.score { print("  score     \(score)") }
        if row.crowd { print("  crowd     yes") }
        if let mask = details.mask {
            let rings =
                details.polygons.map { ", \($0.count) rings, \($0.reduce(0) { $0 + $1.count / 2 }) points" } ?? ""
            print("  mask      \(mask)\(rings), \(details.maskArea ?? 0) pixels")
        }
        if row.points > 0 {
            print(
                "  points    \(row.points) (\(names.joined(separator: ", ")))"
                    + (details.mesh.map { " on \($0)" } ?? ""))
        }
        if let visible = details.visibleParts { print("  parts     \(visible.joined(separator: ", "))") }
        if parts.denseMap != nil { print("  map       IUV") }
        if parts.keypoints != nil { print("  keypoints \(parts.visibleKeypoints) visible") }
        print("  run       \(row.run)" + (row.sourceID.map { ", id \($0) in its file" } ?? ""))
        for outcome in details.outcomes {
            let overlap = String(format: "%.2f", outcome.overlap)
            let what =
                outcome.outcome == .missed
                ? "missed"
                : outcome.instance == id
                    ? outcome.outcome.rawValue + (outcome.truth.map { " with \(overlap) of \($0)" } ?? "")
                    : "\(outcome.outcome.rawValue) by \(outcome.instance) with \(overlap)"
            print("  outcome   \(what) (\(outcome.kind), \(outcome.run))")
        }
        if let origin = details.origin {
            print("  origin    operation \(origin.id), \(origin.startedAt): \(origin.command)")
        }
        for change in details.changes {
            print("  changed   by operation \(change.operation.map(String.init) ?? "outside"): \(change.table)")
        }
    }

    private func showMedium(_ reader: CatalogReader) throws {
        guard let record = try reader.medium(id),
            let row = try reader.listMedia(filter: nil, after: id - 1, limit: 1).first
        else { throw CatalogError.absent(kind: "medium", id: id) }
        let folder = try reader.rootFolders()[record.rootID]
        var instances: [InstanceRow] = []
        try reader.forEachInstance(InstanceQuery(mediumID: id), parts: false) { instance, _ in
            instances += try reader.listInstances(filter: nil, after: instance.id - 1, limit: 1)
        }
        let digest = record.sha256.map { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        let details = MediumDetails(
            medium: row, file: folder.map { "\($0)/\(record.path)" }, sha256: digest, orientation: record.orientation,
            latitude: record.latitude, longitude: record.longitude, origin: try reader.origin(of: id, in: "medium"),
            instances: instances)
        if json.json { return try Terminal.json(details) }
        print("medium \(id): \(record.path)")
        print("  file      \(details.file ?? "not located")")
        print("  size      \(record.width ?? 0)x\(record.height ?? 0), orientation \(record.orientation)")
        if let digest { print("  sha256    \(digest)") }
        if let taken = row.capturedAt { print("  taken     \(taken)" + (row.camera.map { ", \($0)" } ?? "")) }
        if let site = row.site { print("  site      \(site)") }
        if let latitude = record.latitude, let longitude = record.longitude {
            print("  position  \(latitude), \(longitude)")
        }
        if let infrared = row.infrared { print("  infra-red \(infrared ? "yes" : "no")") }
        if let video = row.video {
            print("  video     \(video), frame \(row.frameIndex ?? 0)" + (row.time.map { ", at \($0) s" } ?? ""))
        }
        print("  datasets  \(row.datasets.joined(separator: ", "))")
        if let origin = details.origin {
            print("  origin    operation \(origin.id), \(origin.startedAt): \(origin.command)")
        }
        for instance in instances { print("  label     \(instance.id) \(instance.category) (\(instance.run))") }
    }
}
