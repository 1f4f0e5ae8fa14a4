import Annotations
import Catalog
import Foundation
import Testing

@Suite struct BadInputTests {
    @Test(arguments: [
        ("", "the file is empty"), ("   ", "the file is empty"),
        ("hello", "expected a JSON object, found “h”"),
        ("{", "ends inside an object"), (#"{"images": []"#, "ends inside an object"),
        (#"{"images": [{"id": 1}"#, "ends inside an array"), (#"{"images": [{"id": 1"#, "ends inside a value"),
        (#"{"images": [], "annotations": []} x"#, "more text after the end"),
        (#"{"images": []}"#, "no list “annotations”"), (#"{"annotations": []}"#, "no list “images”"),
        (#"{"images": [], "images": [], "annotations": []}"#, "“images” comes twice"),
        (#"{"images": [1,], "annotations": []}"#, "ends with a comma"),
        (#"{"images": [{"id": 1} {"id": 2}], "annotations": []}"#, "expected a comma"),
        (#"{"images" []}"#, "expected a colon"), (#"{images: []}"#, "expected a key"),
        ("\u{FEFF}{}", "byte-order mark"),
        (#"[{"image_id": 1}]"#, "import the dataset that they speak of first"),
    ])
    func `a file that is no COCO document is refused in one sentence`(_ text: String, _ reason: String) {
        let message = RoundTrip.error(text) ?? ""
        #expect(message.contains(reason), "\(message)")
        #expect(message.contains("in.json"))
        #expect(!message.contains("\n"))
    }

    @Test(arguments: [
        (#"{"id": 1, "image_id": 99, "category_id": 1}"#, "image", "annotation 1", "there is no image 99"),
        (#"{"id": 1, "category_id": 1}"#, "image", "annotation 1", "no whole number as “image_id”"),
        (#"{"id": 1, "image_id": 7}"#, "category", "annotation 1", "no whole number as “category_id”"),
        (#"{"id": 1, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3]}"#, "box", "(image 7)", "4 finite numbers"),
        (#"{"id": 1, "image_id": 7, "category_id": 1, "area": NaN}"#, "json", "index 0", "improper structure"),
        (#"{"id": 1, "image_id": 7, "category_id": 1, "area": "x"}"#, "area", "annotation 1", "not a number"),
        (
            #"{"id": 1842, "image_id": 7, "category_id": 1, "segmentation": [[1, 2, 3, 4, 5]]}"#, "polygon",
            "in.json: annotation 1842 (image 7)", "segmentation has 5 numbers, expected pairs of x and y"
        ),
        (
            #"{"id": 1, "image_id": 7, "category_id": 1, "segmentation": {"size": [2, 2], "counts": [1, 9]}}"#,
            "polygon",
            "annotation 1", "segmentation"
        ),
        (
            #"{"id": 1, "image_id": 7, "category_id": 1, "dp_x": [1], "dp_y": [1, 2]}"#, "points", "1",
            "expected as many each"
        ),
        (#"{"id": 1, "image_id": 7, "category_id": 1, "keypoints": [1, 2]}"#, "keypoints", "1", "visibility"),
        (#"{"id": 1, "image_id": 7, "category_id": 1, "uv_data": "@@"}"#, "uv_data", "1", "not base64"),
        ("17", "json", "index 0", "requested type"), ("null", "json", "index 0", "requested type"),
    ])
    func `an unsound object is reported, and the rest is taken`(
        _ object: String, _ kind: String, _ place: String, _ message: String
    ) throws {
        let text = LosslessTests.document("[" + object + #", {"id": 2, "image_id": 7, "category_id": 1}]"#)
        let trip = try RoundTrip(text)
        let problem = try #require(trip.report.problems.first)
        #expect(problem.kind == kind)
        #expect(problem.place.contains(place), "\(problem.place)")
        #expect(problem.message.contains(message), "\(problem.message)")
        #expect(trip.report.instances + trip.report.skipped == 2)
        #expect(RoundTrip.error(text, strict: true)?.contains(message) == true)
    }

    @Test func `control characters cannot pass for gaps`() throws {
        let trip = try RoundTrip(
            LosslessTests.document("[{\"id\": 1, \"image_id\": 7, \"category_id\": 1, \"x\": \"\u{1}i\u{2}\"}]"))
        #expect(trip.report.instances == 0 && trip.report.skipped == 1)
    }

    @Test func `every truncation of a file is an error and leaves the catalog empty`() throws {
        let bytes = Array(
            LosslessTests.annotation(#""segmentation": {"size": [480, 640], "counts": "\\\\P_3"}, "note": "é\\""#).utf8)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cut-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let catalog = try CatalogFile.create(at: folder + "/c.sqlite")
        for length in 0..<bytes.count {
            let path = folder + "/cut.json"
            try Data(bytes[..<length]).write(to: URL(fileURLWithPath: path))
            #expect(throws: FormatError.self) {
                try COCOImport.run(path, into: catalog, options: COCOImport.Options(dataset: "d"), command: "import")
            }
        }
        #expect(try catalog.read { try $0.datasets().isEmpty && $0.overview().operations == 0 })
    }

    @Test func `damaged bytes never crash`() throws {
        var bytes = Array(LosslessTests.annotation(#""bbox": [1.5, 2.25, 3.0, 4.0], "dp_x": [1], "dp_y": [1]"#).utf8)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("damage-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let catalog = try CatalogFile.create(at: folder + "/c.sqlite")
        var state: UInt64 = 42
        var taken = 0
        for round in 0..<300 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let place = Int(state >> 33) % bytes.count
            let old = bytes[place]
            bytes[place] = UInt8(truncatingIfNeeded: state >> 24)
            let path = folder + "/damaged.json"
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do {
                _ = try COCOImport.run(
                    path, into: catalog, options: COCOImport.Options(dataset: "d\(round)"), command: "import")
                taken += 1
            } catch is FormatError {}
            bytes[place] = old
        }
        #expect((1..<300).contains(taken))
        #expect(try catalog.read { try $0.integrityDefects() } == [])
    }

    @Test func `text in another encoding is told`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("latin-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let catalog = try CatalogFile.create(at: folder + "/c.sqlite")
        let path = folder + "/in.json"
        func run(_ text: String) throws -> COCOImport.Report {
            try #require(text.data(using: .isoLatin1)).write(to: URL(fileURLWithPath: path))
            return try COCOImport.run(
                path, into: catalog, options: COCOImport.Options(dataset: "d"), command: "import")
        }
        #expect(throws: FormatError.self) { try run(#"{"info": {"by": "Müller"}, "images": [], "annotations": []}"#) }
        let report = try run(#"{"images": [{"id": 1, "file_name": "ü.jpg"}, {"id": 2}], "annotations": []}"#)
        #expect(report.problems.first?.message == "The input is not valid UTF-8")
        #expect(report.images == 1)
    }

    @Test func `file names never lead out of the folder of the images`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("leave-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder + "/images", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("secret".utf8).write(to: URL(fileURLWithPath: folder + "/secret.png"))
        let text =
            #"{"images": [{"id": 1, "file_name": "../secret.png"}, {"id": 2, "file_name": "/etc/passwd"}], "annotations": []}"#
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/in.json"))
        let catalog = try CatalogFile.create(at: folder + "/c.sqlite")
        let report = try COCOImport.run(
            folder + "/in.json", into: catalog, options: COCOImport.Options(dataset: "d", images: folder + "/images"),
            command: "import")
        #expect(report.problems.map(\.kind) == ["path", "path"])
        #expect(try catalog.read { try $0.listMedia(filter: nil).map(\.width) } == [nil, nil])
    }
}
