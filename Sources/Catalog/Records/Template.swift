internal import GRDB

extension CatalogReader {
    /// Text of one template; empty when there is none.
    public func templateText(_ id: Int64) throws -> String {
        try String.fetchOne(db, sql: "SELECT text FROM template WHERE id = ?", arguments: [id]) ?? ""
    }

    /// Texts of the templates, by id.
    public func templates() throws -> [Int64: String] {
        var texts: [Int64: String] = [:]
        let cursor = try Row.fetchCursor(db, sql: "SELECT id, text FROM template")
        while let row = try cursor.next() { texts[row["id"]] = row["text"] }
        return texts
    }
}

/// Stores each distinct template once. Objects of one file share a handful.
public final class TemplateInterner {
    private let writer: CatalogWriter
    private var ids: [[UInt8]: Int64] = [:]
    private var last: (text: [UInt8], id: Int64)?

    public init(_ writer: CatalogWriter) { self.writer = writer }

    public func id(of text: [UInt8]) throws -> Int64 {
        if let last, last.text == text { return last.id }
        let id = try ids[text] ?? store(text)
        last = (text, id)
        return id
    }

    /// Templates belong to no single operation: an undo leaves them, since other datasets may share them.
    private func store(_ text: [UInt8]) throws -> Int64 {
        let string = String(decoding: text, as: UTF8.self)
        try writer.db.execute(sql: "INSERT INTO template (text) VALUES (?) ON CONFLICT DO NOTHING", arguments: [string])
        let id = try Int64.fetchOne(writer.db, sql: "SELECT id FROM template WHERE text = ?", arguments: [string])!
        ids[text] = id
        return id
    }
}
