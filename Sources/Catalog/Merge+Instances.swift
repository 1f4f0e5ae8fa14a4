internal import GRDB

extension CatalogMerge {
    /// Labels of runs that are new here keep their order: all ids move by one offset.
    /// - Returns: the offset.
    mutating func mergeInstances() throws -> Int64 {
        try copyInstances("JOIN run_map_ids ON run_map_ids.old = o.run_id AND run_map_ids.added")
    }

    /// What models have stored. Of a run that is here already come the pictures that it has not, with their labels: so the
    /// parts of several workers become one.
    mutating func mergeStores(instanceOffset offset: Int64) throws {
        try db.execute(
            sql: """
                DROP TABLE IF EXISTS temp.stored_map;
                CREATE TEMP TABLE stored_map AS
                SELECT o.id AS old, run_map_ids.new AS run, medium_map_ids.new AS medium, run_map_ids.added AS whole
                FROM other.stored_picture o JOIN run_map_ids ON run_map_ids.old = o.run_id
                    JOIN medium_map_ids ON medium_map_ids.old = o.medium_id
                WHERE NOT EXISTS (SELECT 1 FROM main.stored_picture m
                    WHERE m.run_id = run_map_ids.new AND m.medium_id = medium_map_ids.new)
                ORDER BY o.id
                """)
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM stored_map")! > 0 else { return }
        let partial = try copyInstances(
            """
            JOIN run_map_ids ON run_map_ids.old = o.run_id AND NOT run_map_ids.added
            JOIN other.stored_picture p ON p.run_id = o.run_id AND p.medium_id = o.medium_id
                AND o.id BETWEEN p.first_instance AND p.first_instance + p.detections - 1
            JOIN stored_map ON stored_map.old = p.id
            """)
        let last = try Int64.fetchOne(db, sql: "SELECT ifnull(max(id), 0) FROM main.stored_picture")!
        try db.execute(
            sql: """
                INSERT INTO main.stored_picture
                SELECT ?1 + s.rowid, s.run, s.medium, o.first_instance + iif(s.whole, ?2, ?3), o.detections, o.confidences
                FROM stored_map s JOIN other.stored_picture o ON o.id = s.old ORDER BY s.rowid
                """, arguments: [last, offset, partial])
        let added = Int64(db.changesCount)
        try db.execute(
            sql: """
                INSERT INTO main.stored_points
                SELECT ? + s.rowid, p.data FROM stored_map s JOIN other.stored_points p ON p.picture_id = s.old
                ORDER BY s.rowid
                """, arguments: [last])
        for table in Schema.undoableTables5 { try writer.ledger(of: table).record(last + 1...last + added) }
    }

    /// Copies labels with what belongs to them.
    /// - Parameter choice: SQL that joins `run_map_ids` to the labels `o` of the other catalog and says which are meant.
    /// - Returns: what is added to their ids.
    private mutating func copyInstances(_ choice: String) throws -> Int64 {
        let offset = try Int64.fetchOne(db, sql: "SELECT ifnull(max(id), 0) FROM main.instance")!
        let names = try db.columns(in: "instance", in: "main").map(\.name).filter { $0 != "id" }
        let replaced = [
            "dataset_id": map("dataset", "o.dataset_id"), "run_id": "run_map_ids.new",
            "medium_id": map("medium", "o.medium_id"), "category_id": map("category", "o.category_id"),
            "template_id": map("template", "o.template_id"),
        ]
        try db.execute(
            sql: """
                INSERT INTO main.instance (id, \(names.joined(separator: ", ")))
                SELECT o.id + ?, \(names.map { replaced[$0] ?? "o.\($0)" }.joined(separator: ", "))
                FROM other.instance o \(choice) ORDER BY o.id
                """, arguments: [offset])
        report.instances += db.changesCount
        for table in ["mask", "dense_points", "part_masks", "dense_map", "keypoints"] {
            let columns = try db.columns(in: table, in: "main").map(\.name).filter { $0 != "instance_id" }
            try db.execute(
                sql: """
                    INSERT INTO main.\(table) (instance_id, \(columns.joined(separator: ", ")))
                    SELECT s.instance_id + ?, \(columns.map { "s.\($0)" }.joined(separator: ", "))
                    FROM other.\(table) s JOIN other.instance o ON o.id = s.instance_id \(choice) ORDER BY s.instance_id
                    """, arguments: [offset])
        }
        guard let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM main.instance"), last > offset else {
            return offset
        }
        for table in ["instance", "mask", "dense_points", "part_masks", "dense_map", "keypoints"] {
            try writer.ledger(of: table).record(offset + 1...last)
        }
        try db.execute(
            sql: """
                INSERT INTO main.facet_count
                SELECT dataset_id, run_id, category_id, review, points > 0, count(*) FROM main.instance WHERE id > ?
                GROUP BY 1, 2, 3, 4, 5 ON CONFLICT DO UPDATE SET n = n + excluded.n
                """, arguments: [offset])
        return offset
    }
}
