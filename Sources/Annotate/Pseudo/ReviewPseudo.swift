import Annotations
import ArgumentParser
import Catalog
import Commands
import Workflows

struct AcceptPseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Accept objects by rule.",
        discussion: """
            `annotate undo` takes it back.

            Example:
              annotate pseudo accept teacher --keep score:precision=95%
            """)

    @OptionGroup var rule: ReviewRule

    func run() throws { try rule.apply(.accepted) }
}

struct RejectPseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Reject objects by rule, or all that a rule leaves out.",
        discussion: """
            Samples never take what is rejected. `annotate undo` takes it back.

            Example:
              annotate pseudo reject teacher --keep 'score>=0.3' --others
            """)

    @OptionGroup var rule: ReviewRule

    func run() throws { try rule.apply(.rejected) }
}

struct ReviewRule: ParsableArguments {
    @Argument(help: "The run that stored the candidates.")
    var run: String

    @OptionGroup var conditions: ConditionOptions

    @Flag(help: "Mean the objects that do not reach the conditions.")
    var others = false

    @Flag(help: "Say how many objects would change, and change nothing.")
    var dryRun = false

    @OptionGroup var catalog: CatalogOptions

    func validate() throws {
        let conditions = try conditions.conditions()
        guard !conditions.isEmpty else { throw ValidationError("say which objects: --keep 'score>=0.8'") }
        guard !conditions.contains(where: \.isOfPoints) else {
            throw ValidationError("objects are reviewed, not points: leave points. out")
        }
    }

    func apply(_ state: ReviewState) throws {
        let file = try catalog.open()
        let conditions = try conditions.conditions()
        let chosen = try file.read { reader in
            let reaching = try reader.storedInstances(ofRun: run, reaching: conditions)
            guard others else { return reaching }
            let left = Set(reaching)
            return try reader.storedInstances(ofRun: run, reaching: []).filter { !left.contains($0) }
        }
        if dryRun { return print("would mark \(chosen.count) objects as \(state.name)") }
        let changed = try file.write(command: CatalogOptions.commandLine) { writer in
            let changed = try writer.setReview(state, of: chosen)
            writer.summarize("\(changed) objects of “\(run)” \(state.name)")
            return changed
        }
        print("\(chosen.count) objects are \(state.name), \(changed) of them anew")
    }
}

struct ExportPseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a sample as DensePose annotations, which detectron2 reads.",
        discussion: """
            Only pictures on which the sample has labels are written.

            Example:
              annotate pseudo export round-1 round-1.json
            """)

    @Argument(help: "The sample.")
    var name: String

    @Argument(help: "The JSON file to write; replaced when it is complete.", completion: .file(extensions: ["json"]))
    var out: String

    @OptionGroup var json: JSONOption
    @OptionGroup var catalog: CatalogOptions

    func run() throws {
        let file = try catalog.open()
        let dataset = try file.read { reader in
            let run = try reader.run(named: name)
            guard run.kind == .selection, let dataset = try reader.datasets(ofRun: run.id).first else {
                throw CatalogError.unknown(
                    kind: "sample", name: name, known: try reader.runs(kinds: [.selection]).map(\.name))
            }
            return dataset.name
        }
        var options = COCOExport.Options(dataset: dataset)
        (options.run, options.view) = (name, name)
        let report = try COCOExport.run(out, from: file, options: options)
        if json.json { return try Terminal.json(report) }
        print("wrote \(report.path): \(report.images) images, \(report.instances) instances, \(report.bytes) bytes")
    }
}

struct DropPseudo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Remove a sample, or the candidates that a run has stored.",
        discussion: """
            `annotate undo` brings back a sample, and candidates up to a million points; more are dropped with --for-good, since
            the history would grow by twice their size. A run's labels stay.

            Example:
              annotate pseudo drop round-1
              annotate pseudo drop teacher --for-good
            """)

    @Argument(help: "The sample or run.")
    var name: String

    @Flag(help: "Keep nothing in the history.")
    var forGood = false

    @Flag(help: "Say what would go, and remove nothing.")
    var dryRun = false

    @OptionGroup var catalog: CatalogOptions

    static let undoLimit = 1_000_000

    func run() throws {
        let file = try catalog.open()
        let (run, counts) = try file.read { reader in
            let run = try reader.run(named: name)
            return (run, try reader.storedCounts(ofRun: run.id) { _ in true })
        }
        if counts.pictures == 0 {
            guard run.kind == .selection else { throw PseudoLabelError.notStored(run: name) }
            if dryRun { return print("would remove the sample “\(name)”") }
            try file.write(command: CatalogOptions.commandLine) { writer in
                try PseudoSample.remove(named: name, from: writer)
                writer.summarize("dropped the sample “\(name)”")
            }
            return print("dropped the sample “\(name)”")
        }
        let what = "\(counts.points) points of \(counts.detections) objects"
        if dryRun { return print("would drop \(what)") }
        if forGood {
            try file.record { try $0.dropStore(ofRun: run.id) }
        } else {
            guard counts.points <= Self.undoLimit else {
                throw ValidationError(
                    "\(what) are more than the history keeps: --for-good drops them without a way back")
            }
            try file.write(command: CatalogOptions.commandLine) { writer in
                try writer.dropStore(ofRun: run.id)
                writer.summarize("dropped \(what) of “\(name)”")
            }
        }
        print("dropped \(what)")
    }
}
