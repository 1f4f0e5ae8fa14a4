internal import GRDB

extension CatalogMerge {
    /// Evaluations of runs that are new here, whose labels all came over: a label that was here before has another number, and
    /// may have been changed. Others are measured again by `annotate evaluate`.
    func mergeEvaluations(instanceOffset offset: Int64) throws {
        let whole = """
            NOT EXISTS (SELECT 1 FROM other.evaluation_outcome x
                LEFT JOIN other.instance i ON i.id = x.instance_id LEFT JOIN other.instance t ON t.id = x.truth_id
                WHERE x.evaluation_id = o.id AND (
                    i.run_id NOT IN (SELECT old FROM run_map_ids WHERE added)
                    OR t.run_id NOT IN (SELECT old FROM run_map_ids WHERE added)))
            """
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT o.*, run_map_ids.new AS run, dataset_map_ids.new AS dataset FROM other.evaluation o
                    JOIN run_map_ids ON run_map_ids.old = o.run_id AND run_map_ids.added
                    JOIN dataset_map_ids ON dataset_map_ids.old = o.dataset_id WHERE \(whole) ORDER BY o.id
                """)
        {
            let id = try writer.nextID(in: "evaluation")
            try db.execute(
                sql: "INSERT INTO main.evaluation VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    id, row["kind"] as String, row["run"] as Int64, row["dataset"] as Int64,
                    row["parameters"] as String, row["metrics"] as String, row["created_at"] as String,
                ])
            let last = try Int64.fetchOne(db, sql: "SELECT ifnull(max(id), 0) FROM main.evaluation_outcome")!
            try db.execute(
                sql: """
                    INSERT INTO main.evaluation_outcome
                    SELECT ? + row_number() OVER (ORDER BY id), ?, instance_id + ?, outcome, overlap, truth_id + ?
                    FROM other.evaluation_outcome WHERE evaluation_id = ?
                    """, arguments: [last, id, offset, offset, row["id"] as Int64])
            let added = Int64(db.changesCount)
            if added > 0 { try writer.ledger(of: "evaluation_outcome").record(last + 1...last + added) }
        }
    }
}
