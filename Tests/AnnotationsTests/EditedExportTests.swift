import Annotations
import Catalog
import Foundation
import Testing

@Suite struct EditedExportTests {
    private static let text = LosslessTests.document(
        #"[{"id": 5, "bbox": [1.50, 2, 3, 4], "image_id": 7, "category_id": 90, "segmentation": [[1, 2, 3]], "note": "x"},"#
            + #" {"category_id": 1, "id": 6, "image_id": 7, "area": 2.5, "iscrowd": 0}]"#)

    private func edited(_ change: (inout InstanceEdit) -> Void, instance: Int64 = 1) throws -> (String, RoundTrip) {
        let trip = try RoundTrip(Self.text)
        var edit = InstanceEdit()
        change(&edit)
        try trip.catalog.write(command: "edit") { writer in
            try edit.apply(to: instance, in: writer, templates: TemplateInterner(writer))
        }
        return (try trip.export().0, trip)
    }

    @Test func `only what was changed is written anew`() throws {
        let (out, trip) = try edited { $0.box = Box(x: 1, y: 2.5, width: 3, height: 4) }
        #expect(out == Self.text.replacing("[1.50, 2, 3, 4]", with: "[1.0, 2.5, 3.0, 4.0]"))
        let operation = try #require(try trip.catalog.read { try $0.latestUndoable() })
        try trip.catalog.write(command: "undo") { try $0.undo(operation) }
        #expect(try trip.export().0 == Self.text)
    }

    @Test func `a category is changed by its id`() throws {
        let (out, _) = try edited { $0.categoryID = 2 }
        #expect(out == Self.text.replacing(#""category_id": 90"#, with: #""category_id": 1"#))
    }

    @Test func `a member that the object did not have comes last`() throws {
        let (out, _) = try edited({ $0.box = Box(x: 1, y: 2, width: 3, height: 4) }, instance: 2)
        let area = Self.text.replacing(#""area": 2.5"#, with: #""area": 12.0"#)
        #expect(out == area.replacing(#""iscrowd": 0}"#, with: #""iscrowd": 0, "bbox": [1.0, 2.0, 3.0, 4.0]}"#))
    }

    @Test func `a new mask takes the place of the old text`() throws {
        let (polygons, _) = try edited { $0.mask = MaskRecord(polygons: [[0, 0, 4, 0, 4, 4.5]]) }
        #expect(polygons == Self.text.replacing("[[1, 2, 3]]", with: "[[0.0, 0.0, 4.0, 0.0, 4.0, 4.5]]"))
        let mask = try RunLengthMask(height: 2, width: 2, counts: [1, 3])
        let (runs, trip) = try edited { $0.mask = MaskRecord(mask) }
        #expect(runs == Self.text.replacing("[[1, 2, 3]]", with: #"{"size": [2, 2], "counts": "13"}"#))
        #expect(try trip.verify().isLossless)
    }

    @Test func `a view renames, gathers and leaves out`() throws {
        let trip = try RoundTrip(Self.text)
        try trip.catalog.write(command: "view") { writer in
            try writer.addView(
                named: "things", ViewDefinition(categories: [.init(name: "thing", from: ["80-90", "person"])]))
            try writer.addView(named: "people", ViewDefinition(categories: [.init(name: "person", from: ["person"])]))
        }
        let all = try JSONSerialization.jsonObject(with: Data(trip.export { $0.view = "things" }.0.utf8))
        let object = try #require(all as? [String: Any])
        #expect((object["categories"] as? [[String: Any]])?.map { $0["name"] as? String } == ["thing"])
        #expect((object["annotations"] as? [[String: Any]])?.map { $0["category_id"] as? Int } == [1, 1])
        let (people, report) = try trip.export { $0.view = "people" }
        #expect(report.instances == 1 && report.images == 2)
        #expect(people.contains(#""category_id": 1, "id": 6"#))
        #expect(try trip.export().0 == Self.text)
        #expect(throws: CatalogError.self) { try trip.export { $0.view = "nobody" } }
    }

    @Test func `a filter on labels leaves other labels and pictures out`() throws {
        let trip = try RoundTrip(Self.text)
        let (out, report) = try trip.export { $0.filter = "category = person" }
        #expect((report.images, report.instances) == (1, 1))
        #expect(!out.contains("toothbrush\", \"x"))
        #expect(
            report.normalised == [
                "a filter was applied", "1 problems were found at the import (`annotate check` lists what remains)",
            ])
    }

    @Test func `labels drawn here get numbers after those of the file`() throws {
        let trip = try RoundTrip(Self.text)
        try trip.catalog.write(command: "draw") { writer in
            let run = try writer.addRun(named: "me", kind: .person)
            var record = InstanceRecord(datasetID: 1, runID: run, mediumID: 1, categoryID: 2)
            record.box = Box(x: 1, y: 2, width: 3, height: 4)
            try InstanceInserter(writer).add(record, InstanceParts())
        }
        let out = try trip.export().0
        #expect(
            out.contains(
                #"{"id": 7, "image_id": 7, "category_id": 1, "bbox": [1.0, 2.0, 3.0, 4.0], "area": 12.0, "iscrowd": 0}"#
            ))
        #expect(out.hasPrefix(String(Self.text.prefix(300))))
        let verification = try trip.verify()
        #expect(verification.isLossless && verification.instances == 3)
    }

    @Test func `no label is written without its picture, whatever a filter denies`() throws {
        // A picture with a crowd and a single person: the person is chosen, so the picture is.
        let trip = try RoundTrip(
            LosslessTests.document(
                #"[{"id": 1, "image_id": 7, "category_id": 1, "iscrowd": 1}, {"id": 2, "image_id": 7, "category_id": 1, "iscrowd": 0}]"#
            ))
        let (out, report) = try trip.export { $0.filter = "not crowd = yes" }
        #expect((report.images, report.instances) == (2, 1))
        #expect(out.contains(#""id": 7, "file_name""#))
        #expect(throws: CatalogError.self) { try trip.export { $0.filter = "category = persn" } }
    }

    @Test func `an export never replaces the catalog or the file that was imported`() throws {
        let trip = try RoundTrip(Self.text)
        for name in ["c.sqlite", "c.sqlite.lock", "in.json"] {
            #expect(throws: FormatError.self) {
                try COCOExport.run(
                    trip.folder + "/" + name, from: trip.catalog, options: COCOExport.Options(dataset: "d"))
            }
        }
        try FileManager.default.createSymbolicLink(
            atPath: trip.folder + "/link.json", withDestinationPath: trip.folder + "/in.json")
        #expect(throws: FormatError.self) {
            try COCOExport.run(
                trip.folder + "/link.json", from: trip.catalog, options: COCOExport.Options(dataset: "d"))
        }
        #expect(try trip.export().0 == Self.text)
    }

    @Test func `the largest number is an id like any other`() throws {
        let text = Self.text.replacing(#""id": 6"#, with: #""id": 9223372036854775807"#)
        let trip = try RoundTrip(text)
        #expect(try trip.export().0 == text)
        #expect(try trip.catalog.read { try $0.largestSourceID(of: 1) } == 5)
        #expect(try trip.catalog.read { try $0.instance(2)?.record.sourceID } == .max)
    }

    @Test func `a box that dense points hang on is not changed`() throws {
        let trip = try RoundTrip(LosslessTests.annotation(#""bbox": [1, 2, 3, 4], "dp_x": [1], "dp_y": [1]"#))
        var edit = InstanceEdit()
        edit.box = Box(x: 0, y: 0, width: 9, height: 9)
        #expect(throws: FormatError.self) {
            try trip.catalog.write(command: "edit") { writer in
                try edit.apply(to: 1, in: writer, templates: TemplateInterner(writer))
            }
        }
        #expect(try trip.export().1.isIdentical)
    }
}
