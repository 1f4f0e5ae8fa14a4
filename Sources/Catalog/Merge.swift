import Foundation
internal import GRDB

/// What a merge added.
public struct MergeReport: Codable, Sendable {
    public var datasets: [String] = []
    public var media = 0
    public var instances = 0
    public var runs: [String] = []
    public var splits: [String] = []
    public var views: [String] = []
    /// Names that were taken here by something else, and what they became.
    public var renamed: [String: String] = [:]
}

extension CatalogFile {
    /// Adds what another catalog has and this one does not, as one operation. Merging it again adds nothing.
    ///
    /// Datasets meet by name, media by file (or clip and frame), categories by number and name, runs by name and the
    /// moment they were made. Labels of a run come over whole. The other catalog's history stays there.
    /// - Throws: `CatalogError.failed` when both have a dataset of one name from different files.
    public func merge(_ other: CatalogFile, command: String) throws -> MergeReport {
        guard other.path != path else {
            throw CatalogError.failed(path: path, reason: "a catalog cannot be merged into itself")
        }
        let otherRoots = try other.read { reader in
            try reader.roots().map { root in (root: root, folder: reader.folder(of: root)) }
        }
        return try write(command: command, isBulk: true, continuing: nil, attaching: other.path) { writer in
            var merge = CatalogMerge(writer: writer)
            try merge.run(roots: otherRoots, otherPath: other.path)
            writer.summarize(
                "merged \(other.path): \(merge.report.media) pictures, \(merge.report.instances) instances")
            return merge.report
        }
    }
}

/// The work of one merge. For each table a temporary map from the other's ids to ours.
struct CatalogMerge {
    let writer: CatalogWriter
    var report = MergeReport()

    var db: Database { writer.db }

    init(writer: CatalogWriter) { self.writer = writer }

    mutating func run(roots: [(root: RootRecord, folder: String?)], otherPath: String) throws {
        for table in [
            "root", "site", "template", "dataset", "deployment", "video", "medium", "category", "run", "mesh",
        ] {
            try db.execute(sql: "DROP TABLE IF EXISTS temp.\(table)_map_ids")
            try db.execute(
                sql:
                    "CREATE TEMP TABLE \(table)_map_ids (old INTEGER PRIMARY KEY, new INTEGER, added INTEGER DEFAULT 0)"
            )
        }
        for (root, folder) in roots {
            let new = try folder.map { try writer.root(folder: $0) } ?? writer.root(named: root.name, path: nil)
            try db.execute(sql: "INSERT INTO root_map_ids (old, new) VALUES (?, ?)", arguments: [root.id, new])
        }
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO main.site (name, latitude, longitude)
                    SELECT name, latitude, longitude FROM other.site ORDER BY id;
                INSERT INTO site_map_ids (old, new)
                    SELECT o.id, m.id FROM other.site o JOIN main.site m ON m.name = o.name;
                INSERT OR IGNORE INTO main.template (text) SELECT text FROM other.template ORDER BY id;
                INSERT INTO template_map_ids (old, new)
                    SELECT o.id, m.id FROM other.template o JOIN main.template m ON m.text = o.text;
                """)
        try mergeDatasets(otherPath)
        try mergeMedia()
        try add(
            "category",
            same: "m.dataset_id = dataset_map_ids.new AND m.source_id = o.source_id AND m.name = o.name",
            joins: "JOIN dataset_map_ids ON dataset_map_ids.old = o.dataset_id",
            columns: [
                "dataset_id": "dataset_map_ids.new", "template_id": map("template", "o.template_id"),
            ])
        try mergeRuns()
        try mergeMembers()
        try mergeClips()
        let offset = try mergeInstances()
        try mergeStores(instanceOffset: offset)
        try mergeEvaluations(instanceOffset: offset)
        try mergeMeshes()
        try mergeNamed("split", content: "recipe") { report, name in report.splits.append(name) }
        try mergeNamed("view_definition", content: "definition") { report, name in report.views.append(name) }
    }

    /// SQL of the id that one of the other's ids became.
    func map(_ table: String, _ old: String) -> String {
        "(SELECT new FROM \(table)_map_ids WHERE old = \(old))"
    }

    /// Maps rows that are here already (`same`) and adds the others with fresh ids.
    @discardableResult
    private func add(_ table: String, same: String, joins: String = "", columns replaced: [String: String]) throws
        -> Int
    {
        try db.execute(
            sql: """
                INSERT INTO \(table)_map_ids (old, new)
                SELECT o.id, min(m.id) FROM other.\(table) o \(joins) JOIN main.\(table) m ON \(same) GROUP BY o.id
                """)
        let ledger = try writer.ledger(of: table)
        let missing = try Int64.fetchAll(
            db,
            sql: """
                SELECT o.id FROM other.\(table) o WHERE NOT EXISTS (SELECT 1 FROM \(table)_map_ids WHERE old = o.id) ORDER BY o.id
                """)
        let insertMap = try writer.statement("INSERT INTO \(table)_map_ids VALUES (?, ?, 1)")
        for old in missing {
            insertMap.bind(1, old)
            insertMap.bind(2, ledger.nextID())
            try insertMap.execute()
        }
        let names = try db.columns(in: table, in: "main").map(\.name).filter { $0 != "id" }
        let values = names.map { replaced[$0] ?? "o.\($0)" }
        try db.execute(
            sql: """
                INSERT INTO main.\(table) (id, \(names.joined(separator: ", ")))
                SELECT own.new, \(values.joined(separator: ", "))
                FROM other.\(table) o JOIN \(table)_map_ids own ON own.old = o.id AND own.added \(joins) ORDER BY o.id
                """)
        return missing.count
    }

    /// Meshes meet by content; one whose name is taken by another gets a piece of its hash. Descriptors and maps come with meshes
    /// that are new.
    private func mergeMeshes() throws {
        try add(
            "mesh", same: "m.sha256 = o.sha256",
            columns: [
                "name": """
                CASE WHEN EXISTS (SELECT 1 FROM main.mesh WHERE name = o.name)
                    THEN o.name || ' (' || substr(hex(o.sha256), 1, 6) || ')' ELSE o.name END
                """
            ])
        for (table, wanted, replaced) in [
            ("mesh_descriptor", ["mesh_id"], "mesh_id IN (SELECT old FROM mesh_map_ids WHERE added)"),
            (
                "mesh_map", ["source_id", "target_id"],
                "source_id IN (SELECT old FROM mesh_map_ids WHERE added) OR target_id IN (SELECT old FROM mesh_map_ids WHERE added)"
            ),
        ] {
            let names = try db.columns(in: table, in: "main").map(\.name).filter { $0 != "id" }
            let values = names.map {
                wanted.contains($0) ? "(SELECT new FROM mesh_map_ids WHERE old = o.\($0))" : "o.\($0)"
            }
            for old in try Int64.fetchAll(db, sql: "SELECT id FROM other.\(table) WHERE \(replaced) ORDER BY id") {
                try db.execute(
                    sql: """
                        INSERT INTO main.\(table) (id, \(names.joined(separator: ", ")))
                        SELECT ?, \(values.joined(separator: ", ")) FROM other.\(table) o WHERE o.id = ?
                        """, arguments: [try writer.nextID(in: table), old])
            }
        }
    }

    private mutating func mergeDatasets(_ otherPath: String) throws {
        let conflict = try Row.fetchOne(
            db,
            sql: """
                SELECT o.name FROM other.dataset o JOIN main.dataset m ON m.name = o.name
                WHERE EXISTS (SELECT 1 FROM main.document d JOIN main.run r ON r.id = d.run_id
                        WHERE d.dataset_id = m.id AND r.kind = 'import')
                    AND EXISTS (SELECT 1 FROM other.document d JOIN other.run r ON r.id = d.run_id
                        WHERE d.dataset_id = o.id AND r.kind = 'import'
                            AND d.sha256 NOT IN (SELECT sha256 FROM main.document WHERE dataset_id = m.id))
                """)
        if let name = conflict?["name"] as String? {
            throw CatalogError.failed(
                path: otherPath,
                reason: "its dataset “\(name)” comes from another file than the dataset of this name here")
        }
        report.datasets = try String.fetchAll(
            db, sql: "SELECT name FROM other.dataset WHERE name NOT IN (SELECT name FROM main.dataset) ORDER BY id")
        try add("dataset", same: "m.name = o.name", columns: [:])
        try add(
            "deployment", same: "m.dataset_id = dataset_map_ids.new AND m.name = o.name",
            joins: "JOIN dataset_map_ids ON dataset_map_ids.old = o.dataset_id",
            columns: ["dataset_id": "dataset_map_ids.new", "site_id": map("site", "o.site_id")])
    }

    private mutating func mergeMedia() throws {
        let places = [
            "root_id": "root_map_ids.new", "site_id": map("site", "o.site_id"),
            "deployment_id": map("deployment", "o.deployment_id"),
        ]
        let root = "JOIN root_map_ids ON root_map_ids.old = o.root_id"
        try add("video", same: "m.root_id = root_map_ids.new AND m.path = o.path", joins: root, columns: places)
        report.media = try add(
            "medium",
            same: """
                (o.video_id IS NULL AND m.video_id IS NULL AND m.root_id = root_map_ids.new AND m.path = o.path)
                OR (o.video_id IS NOT NULL AND m.video_id = \(map("video", "o.video_id"))
                    AND m.frame_index = o.frame_index)
                """,
            joins: root, columns: places.merging(["video_id": map("video", "o.video_id")]) { $1 })
    }

    private mutating func mergeRuns() throws {
        // The same run: one that came over before, another worker's part of one that stores pictures, or one that imported the
        // very same file into the same dataset.
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO run_map_ids (old, new)
                SELECT o.id, m.id FROM other.run o
                    JOIN main.run m ON m.kind = o.kind AND m.created_at = o.created_at
                        AND substr(m.name, 1, length(o.name) + 2) IN (o.name, o.name || ' (');
                INSERT OR IGNORE INTO run_map_ids (old, new)
                SELECT o.id, m.id FROM other.run o
                    JOIN main.run m ON m.name = o.name AND m.kind = o.kind AND m.configuration IS o.configuration
                WHERE EXISTS (SELECT 1 FROM other.stored_picture WHERE run_id = o.id);
                INSERT OR IGNORE INTO run_map_ids (old, new)
                SELECT o.run_id, m.run_id FROM other.document o JOIN dataset_map_ids ON dataset_map_ids.old = o.dataset_id
                    JOIN main.document m ON m.dataset_id = dataset_map_ids.new AND m.sha256 = o.sha256;
                """)
        let new = try Row.fetchAll(
            db, sql: "SELECT * FROM other.run WHERE id NOT IN (SELECT old FROM run_map_ids) ORDER BY id")
        for row in new {
            let id = try writer.nextID(in: "run")
            let name = try freeName(row["name"], in: "run")
            try db.execute(
                sql: "INSERT INTO main.run VALUES (?, ?, ?, NULL, ?, ?, ?)",
                arguments: [
                    id, name, row["kind"] as String, row["configuration"] as String?, row["created_at"] as String,
                    row["version"] as String,
                ])
            try db.execute(sql: "INSERT INTO run_map_ids VALUES (?, ?, 1)", arguments: [row["id"] as Int64, id])
            report.runs.append(name)
        }
        try db.execute(
            sql: """
                UPDATE main.run SET parent_id = (
                    SELECT parent.new FROM run_map_ids own JOIN other.run o ON o.id = own.old
                        JOIN run_map_ids parent ON parent.old = o.parent_id WHERE own.new = main.run.id)
                WHERE id IN (SELECT new FROM run_map_ids WHERE added)
                """)
        try mergeExecutions()
    }

    /// What is known of the runs that are new here. A run that came over before keeps what was known then.
    private func mergeExecutions() throws {
        func columns(_ table: String) throws -> String {
            try db.columns(in: table, in: "main").map(\.name).filter { $0 != "id" && $0 != "run_id" }
                .joined(separator: ", ")
        }
        for table in ["execution", "run_input", "metric", "checkpoint", "calibration"] {
            let columns = try columns(table)
            try db.execute(
                sql: """
                    INSERT INTO main.\(table) (run_id, \(columns))
                    SELECT run_map_ids.new, \(columns) FROM other.\(table) o
                        JOIN run_map_ids ON run_map_ids.old = o.run_id AND run_map_ids.added ORDER BY o.rowid
                    """)
        }
        try db.execute(
            sql: """
                INSERT INTO main.metric_value
                SELECT mine.id, v.step, v.epoch, v.value, v.time
                FROM other.metric o JOIN run_map_ids ON run_map_ids.old = o.run_id AND run_map_ids.added
                    JOIN main.metric mine ON mine.run_id = run_map_ids.new AND mine.name = o.name
                    JOIN other.metric_value v ON v.metric_id = o.id
                ORDER BY mine.id, v.step
                """)
    }

    /// The name, or one with a number after it where something else has it.
    private mutating func freeName(_ name: String, in table: String) throws -> String {
        var candidate = name
        var number = 2
        while try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM main.\(table) WHERE name = ?)", arguments: [candidate])!
        {
            candidate = "\(name) (\(number))"
            number += 1
        }
        if candidate != name { report.renamed[name] = candidate }
        return candidate
    }

    private func mergeMembers() throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT dataset_map_ids.new AS dataset, medium_map_ids.new AS medium, o.source_id, o.extra,
                    \(map("template", "o.template_id")) AS template
                FROM other.dataset_medium o JOIN dataset_map_ids ON dataset_map_ids.old = o.dataset_id
                    JOIN medium_map_ids ON medium_map_ids.old = o.medium_id
                WHERE NOT EXISTS (SELECT 1 FROM main.dataset_medium m WHERE m.dataset_id = dataset_map_ids.new
                    AND m.medium_id = medium_map_ids.new AND m.source_id IS o.source_id)
                ORDER BY o.id
                """)
        for row in rows {
            try db.execute(
                sql: "INSERT INTO main.dataset_medium VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    try writer.nextID(in: "dataset_medium"), row["dataset"] as Int64, row["medium"] as Int64,
                    row["source_id"] as Int64?, row["template"] as Int64?, row["extra"] as String?,
                ])
        }
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT o.*, dataset_map_ids.new AS dataset, run_map_ids.new AS run FROM other.document o
                    JOIN dataset_map_ids ON dataset_map_ids.old = o.dataset_id JOIN run_map_ids ON run_map_ids.old = o.run_id
                WHERE run_map_ids.added ORDER BY o.id
                """)
        {
            try db.execute(
                sql: "INSERT INTO main.document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    try writer.nextID(in: "document"), row["dataset"] as Int64, row["run"] as Int64,
                    row["format"] as String, row["path"] as String, row["bytes"] as Int64, row["sha256"] as Data,
                    row["layout"] as String?, row["problems"] as Int,
                ])
        }
    }

    /// Clips of datasets, and observations that belong to no single picture.
    private func mergeClips() throws {
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT dataset_map_ids.new AS dataset, video_map_ids.new AS video, o.source_id, o.selection, o.extra
                FROM other.dataset_video o JOIN dataset_map_ids ON dataset_map_ids.old = o.dataset_id
                    JOIN video_map_ids ON video_map_ids.old = o.video_id
                WHERE NOT EXISTS (SELECT 1 FROM main.dataset_video m WHERE m.dataset_id = dataset_map_ids.new
                    AND m.video_id = video_map_ids.new)
                ORDER BY o.id
                """)
        {
            try db.execute(
                sql: "INSERT INTO main.dataset_video VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [
                    try writer.nextID(in: "dataset_video"), row["dataset"] as Int64, row["video"] as Int64,
                    row["source_id"] as Int64?, row["selection"] as String?, row["extra"] as String?,
                ])
        }
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT o.source_id, o.extra, run_map_ids.new AS run, \(map("dataset", "o.dataset_id")) AS dataset,
                    \(map("deployment", "o.deployment_id")) AS deployment, \(map("video", "o.video_id")) AS video,
                    \(map("category", "o.category_id")) AS category
                FROM other.observation o JOIN run_map_ids ON run_map_ids.old = o.run_id AND run_map_ids.added ORDER BY o.id
                """)
        {
            try db.execute(
                sql: "INSERT INTO main.observation VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    try writer.nextID(in: "observation"), row["dataset"] as Int64, row["run"] as Int64,
                    row["deployment"] as Int64?, row["video"] as Int64?, row["category"] as Int64,
                    row["source_id"] as Int64?, row["extra"] as String?,
                ])
        }
    }

    /// Splits and views: the same name with the same content is here already.
    private mutating func mergeNamed(
        _ table: String, content: String, added: (inout MergeReport, String) -> Void
    ) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM other.\(table) o WHERE NOT EXISTS (
                    SELECT 1 FROM main.\(table) m WHERE m.\(content) = o.\(content)
                        AND (m.name = o.name OR m.name LIKE o.name || ' (_)')) ORDER BY id
                """)
        for row in rows {
            let id = try writer.nextID(in: table)
            let name = try freeName(row["name"], in: table)
            try db.execute(
                sql: "INSERT INTO main.\(table) VALUES (?, ?, ?)", arguments: [id, name, row[content] as String])
            added(&report, name)
            guard table == "split" else { continue }
            for member in try Row.fetchAll(
                db,
                sql: """
                    SELECT medium_map_ids.new AS medium, part FROM other.split_member s
                        JOIN medium_map_ids ON medium_map_ids.old = s.medium_id WHERE split_id = ? ORDER BY s.id
                    """, arguments: [row["id"] as Int64])
            {
                try db.execute(
                    sql: "INSERT INTO main.split_member VALUES (?, ?, ?, ?)",
                    arguments: [
                        try writer.nextID(in: "split_member"), id, member["medium"] as Int64, member["part"] as String,
                    ])
            }
        }
    }
}
