import Foundation
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

extension CatalogReader {
    /// Walks the media of a dataset with all their columns, in the order of its file.
    public func forEachMemberMedium(
        of datasetID: Int64, _ body: (_ medium: MediumRecord, _ sourceID: Int64?, _ extra: String?) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT m.*, d.source_id AS member_number, d.extra AS member_extra
                FROM dataset_medium d JOIN medium m ON m.id = d.medium_id WHERE d.dataset_id = ? ORDER BY d.id
                """, arguments: [datasetID])
        while let row = try rows.next() {
            try body(MediumRecord(row), row["member_number"], row["member_extra"])
        }
    }

    /// Whether a dataset has the picture at this path below a folder.
    public func hasMember(path: String, folder: String, dataset: String) throws -> Bool {
        guard let root = try roots().first(where: { self.folder(of: $0) == standardized(folder) }) else { return false }
        return try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM medium m JOIN dataset_medium d ON d.medium_id = m.id
                        JOIN dataset s ON s.id = d.dataset_id
                    WHERE m.root_id = ? AND m.path = ? AND m.video_id IS NULL AND s.name = ?)
                """, arguments: [root.id, path, dataset])!
    }

    private func standardized(_ folder: String) -> String { URL(fileURLWithPath: folder).standardizedFileURL.path }
}
