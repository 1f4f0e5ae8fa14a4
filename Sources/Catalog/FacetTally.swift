internal import GRDB

/// Counts new instances by facet in memory and adds them to `facet_count` once: a trigger would cost as much as the
/// insertion itself. Updates and deletions, which are few, are followed by triggers.
final class FacetTally {
    private struct Key: Hashable {
        var dataset: Int64
        var run: Int64
        var category: Int64
        var review: Int
        var withPoints: Bool
    }

    private var counts: [Key: Int] = [:]

    func add(_ record: InstanceRecord) {
        let key = Key(
            dataset: record.datasetID, run: record.runID, category: record.categoryID,
            review: record.review.rawValue, withPoints: record.points > 0)
        counts[key, default: 0] += 1
    }

    func flush(to db: Database) throws {
        for (key, n) in counts {
            try db.execute(
                sql: """
                    INSERT INTO facet_count VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n
                    """, arguments: [key.dataset, key.run, key.category, key.review, key.withPoints, n])
        }
        counts.removeAll()
    }
}
