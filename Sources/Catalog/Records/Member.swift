internal import GRDB

/// A medium in a dataset, as the dataset's file describes it.
public struct MemberRecord: Sendable {
    public let id: Int64
    public let mediumID: Int64
    public let sourceID: Int64?
    public let templateID: Int64?
    public let extra: [UInt8]?
    public let path: String
    public let width: Int?
    public let height: Int?
}

extension CatalogReader {
    /// Walks the media of a dataset in the order of its file.
    /// - Parameter media: only these, by id.
    public func forEachMember(
        of datasetID: Int64, in media: Set<Int64>? = nil, _ body: (MemberRecord) throws -> Void
    ) throws {
        let rows = try statement(
            """
            SELECT d.id, d.medium_id, d.source_id, d.template_id, d.extra, m.path, m.width, m.height
            FROM dataset_medium d JOIN medium m ON m.id = d.medium_id WHERE d.dataset_id = ? ORDER BY d.id
            """)
        rows.bind(1, datasetID)
        while try rows.step() {
            if let media, !media.contains(rows.int64(1)) { continue }
            try body(
                MemberRecord(
                    id: rows.int64(0), mediumID: rows.int64(1), sourceID: rows.optionalInt64(2),
                    templateID: rows.optionalInt64(3), extra: rows.bytes(4), path: rows.text(5) ?? "",
                    width: rows.optionalInt(6), height: rows.optionalInt(7)))
        }
    }
}
