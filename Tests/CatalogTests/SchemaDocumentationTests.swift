import Foundation
import Testing

@testable import Catalog

@Suite struct SchemaDocumentationTests {
    /// Tables and columns as `Documentation/Catalog.md` lists them: "- `table`: `column`, `column`, … . text".
    private func documented() throws -> [String: [String]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Documentation/Catalog.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        var tables: [String: [String]] = [:]
        for item in text.components(separatedBy: "\n- `").dropFirst() {
            let list = item.components(separatedBy: "\n\n")[0].replacing("\n  ", with: " ")
            guard let colon = list.firstRange(of: "`: `") else { continue }
            let table = String(list[..<colon.lowerBound])
            let columns = list[colon.upperBound...].prefix { $0 != "." }
            tables[table] = columns.split(separator: ",").map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
            }
        }
        return tables
    }

    @Test func `the documentation names every table and column of the live schema, in order`() throws {
        let temporary = try TemporaryCatalog()
        let live = try temporary.catalog.read { try $0.tables() }
        let documented = try documented()
        #expect(Set(documented.keys) == Set(live.keys))
        for (table, columns) in live { #expect(documented[table] == columns, "\(table)") }
    }

    @Test func `every table with undo has an integer primary key, and every table of labels has undo`() throws {
        let temporary = try TemporaryCatalog()
        let live = try temporary.catalog.read { try $0.tables() }
        for table in Schema.undoableTables {
            #expect(["id", "instance_id", "picture_id"].contains(live[table]?.first), "\(table)")
        }
        let bookkeeping = ["operation", "inserted_rows", "change", "current_operation", "facet_count", "review_state"]
        let facts = ["execution", "run_input", "metric", "metric_value", "checkpoint", "calibration"]
        #expect(Set(Schema.undoableTables).union(bookkeeping + facts) == Set(live.keys))
    }
}
