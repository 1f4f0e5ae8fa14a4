import Annotations
import ArgumentParser
import Catalog
import Commands

struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change labels: category, box, review state; or delete them.",
        discussion: """
            The change is one operation that `annotate undo` takes back. An export writes everything else as it was.

            Example:
              annotate edit 1842 --category chimpanzee
              annotate edit 1842 --box 12.5,30,140,96
              annotate edit --filter 'run = baseline and score < 0.3' --review rejected
              annotate edit 17 18 --delete
            """)

    @Argument(help: "Instances, by their id in the catalog (`annotate list instances`).")
    var ids: [Int64] = []

    @Option(help: "All instances that fulfil this filter (see `annotate list --help`).")
    var filter: String?

    @Option(help: "The category, by name; made if the dataset has none of this name.")
    var category: String?

    @Option(help: ArgumentHelp("The box in pixels.", valueName: "x,y,w,h"))
    var box: String?

    @Option(help: "The review state: \(ReviewState.allCases.map(\.name).joined(separator: ", ")).")
    var review: String?

    @Flag(help: "Delete the instances (undo brings them back).")
    var delete = false

    @Flag(help: "Say how many labels would change, and change nothing.")
    var dryRun = false

    @OptionGroup var catalog: CatalogOptions

    private var state: ReviewState? { ReviewState.allCases.first { $0.name == review } }

    private var parsedBox: Box? {
        guard let values = box?.split(separator: ",").map({ Double($0) }), values.count == 4 else { return nil }
        let numbers = values.compactMap { $0 }.filter(\.isFinite)
        return numbers.count == 4 ? Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]) : nil
    }

    func validate() throws {
        guard ids.isEmpty != (filter == nil) else { throw ValidationError("give either ids or --filter") }
        guard category != nil || box != nil || review != nil || delete else {
            throw ValidationError("nothing to change: give --category, --box, --review or --delete")
        }
        if box != nil, parsedBox == nil { throw ValidationError("--box is four numbers: x,y,w,h") }
        if review != nil, state == nil { throw ValidationError("there is no review state “\(review!)”") }
    }

    func run() throws {
        let file = try catalog.open()
        var targets = ids
        if let filter {
            let parsed = try Filter(filter)
            try file.read { reader in
                try reader.forEachInstance(InstanceQuery(filter: parsed), parts: false) { record, _ in
                    targets.append(record.id)
                }
            }
        }
        if dryRun { return print("would change \(targets.count) instances") }
        try file.write(command: CatalogOptions.commandLine) { writer in
            let templates = TemplateInterner(writer)
            for id in targets {
                guard let (record, _) = try writer.instance(id) else {
                    throw CatalogError.absent(kind: "instance", id: id)
                }
                if delete {
                    try writer.deleteInstance(id)
                    continue
                }
                var edit = InstanceEdit()
                edit.categoryID = try category.map { try writer.category(named: $0, in: record.datasetID) }
                edit.box = parsedBox
                edit.review = state
                try edit.apply(to: id, in: writer, templates: templates)
            }
            writer.summarize("\(delete ? "deleted" : "changed") \(targets.count) instances")
        }
        print("\(delete ? "deleted" : "changed") \(targets.count) instances")
    }
}
