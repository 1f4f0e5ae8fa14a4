import Annotations
import Foundation
import Testing

@Suite struct FormatDetectionTests {
    @Test(arguments: [
        (#"{"images": [{"id": 1}], "annotations": [{"id": 1, "bbox": []}], "categories": []}"#, DataFormat.coco),
        (#"{"images": [], "annotations": [{"id": 1}, {"dp_x": [1]}]}"#, .densepose),
        (#"[{"image_id": 1, "category_id": 1, "score": 0.5}]"#, .cocoResults),
        (#"[{"image_id": 1, "category_id": 1, "score": 0.5, "uv_data": "x"}]"#, .denseposeResults),
        (
            #"{"images": [{"file": "a.jpg", "detections": []}], "detection_categories": {"1": "animal"}, "info": {}}"#,
            .megadetector
        ),
    ])
    func `a JSON file is known by what it holds, and every other format has a reason against it`(
        _ text: String, _ format: DataFormat
    ) throws {
        let detection = try detect(Data(text.utf8), name: "x.json")
        #expect(detection.format == format)
        #expect(Set(detection.rejected.keys) == Set(DataFormat.allCases.map(\.rawValue)).subtracting([format.rawValue]))
    }

    @Test(arguments: [
        ("", "the file is empty"), ("hello", "it is not JSON"), (#"{"images": ["#, "not sound JSON"),
        (#"{"foo": 1}"#, "there is no list “images” and “annotations”"), ("[1, 2]", "it is a list"),
    ])
    func `what is none of them is told why`(_ text: String, _ reason: String) throws {
        let detection = try detect(Data(text.utf8), name: "x.json")
        #expect(detection.format == nil)
        #expect(detection.rejected["coco"]?.contains(reason) == true, "\(detection.rejected)")
    }

    @Test func `clips are known by their first bytes, whatever their name`() throws {
        let avi = Data("RIFF".utf8) + Data([0, 0, 0, 0]) + Data("AVI LIST".utf8)
        #expect(try detect(avi, name: "x.json").format == .video)
        #expect(try detect(Data([0xff, 0xd8, 0xff, 0xe0]), name: "x.avi").format == nil)
    }

    private func detect(_ data: Data, name: String) throws -> FormatDetection {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("detect-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try data.write(to: file)
        return try FormatDetection.run(file.path)
    }
}
