import Annotations
import Catalog
import Foundation
import Hashing
import Imaging

/// Looks for everything in a catalog that would mislead a training or an evaluation.
public struct CatalogCheck {
    public struct Options: Sendable {
        /// Only this dataset.
        public var dataset: String?
        /// Compare the digest of every picture with its file.
        public var checksums = false
        /// Decode pictures that have no perceptual hash yet, to find those that look alike.
        public var looks = false
        /// Mend what can be mended without losing anything.
        public var fix = false

        public init() {}
    }

    public struct Report: Codable, Sendable {
        public var problems: [Problem] = []
        /// Number of each kind, also of those beyond the list.
        public var counts: [String: Int] = [:]
        public var fixed = 0
        public var checkedMedia = 0
        public var checkedInstances = 0
        /// Version of SQLite, and whether it has the WAL-reset bug that the write lock guards against.
        public var sqlite = ""
        public var sqliteNeedsLock = false

        public var total: Int { counts.values.reduce(0, +) }

        mutating func add(
            _ kind: String, where place: String, _ message: String, fixable: Bool = false, limit: Int = 10_000
        ) {
            counts[kind, default: 0] += 1
            if problems.count < limit {
                problems.append(Problem(kind: kind, where: place, message: message, fixable: fixable))
            }
        }
    }

    /// - Parameter progress: what is being looked at and the share that is done, 0 to 1.
    public static func run(
        on catalog: CatalogFile, options: Options, command: String, progress: (String, Double) -> Void = { _, _ in }
    ) throws -> Report {
        var report = Report()
        report.sqlite = CatalogFile.sqliteVersion
        report.sqliteNeedsLock = WALResetBug.affects(CatalogFile.sqliteVersion)
        var repairs: [Repair] = []
        try catalog.read { reader in
            for defect in try reader.integrityDefects() {
                report.add("database", where: reader.catalogPath, defect)
            }
            let dataset = try options.dataset.map { try reader.dataset(named: $0).id }
            try MediaCheck.run(reader, dataset: dataset, options: options, &report, &repairs, progress)
            try IdentifierCheck.run(reader, dataset: dataset, &report, &repairs)
            try LabelCheck.run(reader, dataset: dataset, &report, &repairs, progress)
        }
        guard options.fix, !repairs.isEmpty else { return report }
        try catalog.write(command: command) { writer in
            let templates = TemplateInterner(writer)
            for repair in repairs { try repair.apply(in: writer, templates: templates) }
            writer.summarize("mended \(repairs.count(where: \.mends)) problems")
        }
        report.fixed = repairs.count(where: \.mends)
        return report
    }
}

/// One safe repair.
enum Repair {
    case edit(instance: Int64, InstanceEdit)
    case renumber(instance: Int64, sourceID: Int64)
    /// What the file told of a medium; `mends` when it was a problem not to know it.
    case complete(MediumRecord, mends: Bool)

    var mends: Bool { if case .complete(_, let mends) = self { mends } else { true } }

    func apply(in writer: CatalogWriter, templates: TemplateInterner) throws {
        switch self {
        case .edit(let id, let edit): try edit.apply(to: id, in: writer, templates: templates)
        case .renumber(let id, let sourceID): try InstanceEdit.renumber(id, to: sourceID, in: writer, templates)
        case .complete(let medium, _): try writer.update(medium)
        }
    }
}

/// SQLite 3.7.0 to 3.51.2 can damage a database when a write and a checkpoint meet, but for the branches that were mended.
enum WALResetBug {
    static func affects(_ version: String) -> Bool {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2 else { return true }
        let (minor, patch) = (parts[1], parts.count > 2 ? parts[2] : 0)
        switch minor {
        case 44: return patch < 6
        case 50: return patch < 7
        case 51: return patch < 3
        default: return minor < 52
        }
    }
}
