import Catalog
import Foundation
import Testing

@testable import Annotations

@Suite struct MegaDetectorTests {
    let folder: TextFolder

    init() throws { folder = try TextFolder() }

    private let categories = #""detection_categories": {"1": "animal", "2": "person"}"#

    private func document(_ images: String) -> String {
        """
        {"images": [\(images)], \(categories), "info": {"detector": "md_v5a", "format_version": "1.6",
          "detector_metadata": {"typical_detection_threshold": 0.2}}, "something new": [1, {"a": null}]}
        """
    }

    private func take(
        _ images: String, _ change: (inout MegaDetectorImport.Options) -> Void = { _ in }
    ) throws -> MegaDetectorImport.Report {
        var options = MegaDetectorImport.Options(dataset: "traps")
        options.images = folder.path + "/pictures"
        change(&options)
        let file = try folder.write(document(images), as: "md.json")
        return try MegaDetectorImport.run(file, into: folder.catalog, options: options, command: "import")
    }

    @Test func `detections become predictions in pixels, with what the format does not name`() throws {
        try folder.picture("pictures/a/1.jpg")
        let report = try take(
            #"""
            {"file": "a/1.jpg", "new": {}, "detections": [
              {"category": "1", "conf": 0.926, "bbox": [0.25, 0.5, 0.5, 0.25], "classifications": [["3", 0.9]]},
              {"category": "2", "conf": 0.1, "bbox": [0, 0, 1, 1]}]}
            """#)
        #expect((report.images, report.added, report.instances, report.problemCount) == (1, 1, 2, 0))
        #expect(report.run == "md")
        let instances = try folder.instances("md")
        #expect(
            instances.map(\.box) == [Box(x: 10, y: 10, width: 20, height: 5), Box(x: 0, y: 0, width: 40, height: 20)])
        #expect(instances.map(\.score) == [0.926, 0.1])
        #expect(instances[0].extra == #"{"classifications": [["3", 0.9]]}"#)
        #expect(instances[1].extra == nil)
        let (names, run, configuration) = try folder.catalog.read { reader in
            let run = try reader.run(named: "md")
            return (
                try reader.categories(of: reader.dataset(named: "traps").id).map(\.name), run,
                try reader.configuration(ofRun: run.id) ?? ""
            )
        }
        #expect(names == ["animal", "person"])
        #expect(run.kind == .predictions)
        #expect(configuration.contains("typical_detection_threshold"))
    }

    @Test func `boxes of a turned picture are turned back to the stored pixels`() throws {
        try folder.picture("pictures/1.jpg", orientation: 6)
        _ = try take(#"{"file": "1.jpg", "detections": [{"category": "1", "conf": 1, "bbox": [0, 0, 0.5, 0.25]}]}"#)
        // Shown as 20 x 40; the upper left of what is shown is the lower left of what is stored.
        #expect(try folder.instances().map(\.box) == [Box(x: 0, y: 10, width: 10, height: 10)])
    }

    @Test func `no detections, no processing and no file are three things`() throws {
        try folder.picture("pictures/1.jpg")
        try folder.picture("pictures/2.jpg")
        let report = try take(
            #"""
            {"file": "1.jpg", "detections": []},
            {"file": "2.jpg", "detections": null, "failure": "Failure image access"},
            {"file": "3.jpg", "detections": [{"category": "1", "conf": 0.5, "bbox": [0, 0, 1, 1]}]},
            {"file": "../x.jpg", "detections": []}, {"detections": []}, 7
            """#)
        #expect((report.empty, report.failed, report.instances) == (1, 1, 0))
        #expect(
            report.problems.map(\.message) == [
                "MegaDetector could not process it: Failure image access",
                "there is no file \(folder.path)/pictures/3.jpg", "the name leaves the folder of the images",
                "there is no “file”", report.problems.last?.message,
            ])
    }

    @Test func `unsound detections are reported and the others taken`() throws {
        try folder.picture("pictures/1.jpg")
        let report = try take(
            #"""
            {"file": "1.jpg", "detections": [{"category": "9", "conf": 0.5, "bbox": [0, 0, 1, 1]},
              {"category": "1", "conf": 1.5, "bbox": [0, 0, 1, 1]}, {"category": "1", "conf": 0.5, "bbox": [0, 0, 1]},
              {"conf": 0.5, "bbox": [0, 0, 1, 1]}, [], {"category": 1, "conf": 0.5, "bbox": [0, 0, 1, 1]}]}
            """#)
        #expect((report.instances, report.skipped, report.problemCount) == (1, 5, 5))
        #expect(throws: FormatError.self) {
            try take(#"{"file": "1.jpg", "detections": [{}]}"#) { ($0.isStrict, $0.run) = (true, "strict") }
        }
        #expect(try folder.catalog.read { try $0.runs().map(\.name) } == ["md"])
    }

    @Test func `the same file again changes nothing, and scores can be cut`() throws {
        try folder.picture("pictures/1.jpg")
        let images =
            #"{"file": "1.jpg", "detections": [{"category": "1", "conf": 0.19, "bbox": [0, 0, 1, 1]},"#
            + #" {"category": "1", "conf": 0.2, "bbox": [0, 0, 1, 1]}]}"#
        let first = try take(images) { $0.minimumScore = 0.2 }
        #expect((first.instances, first.belowScore) == (1, 1))
        let again = try take(images)
        #expect(again.wasPresent && again.instances == 0)
        #expect(try folder.instances().count == 1)
    }

    @Test func `detections in clips go to the frames that were taken`() throws {
        try folder.catalog.write(command: "frames") { writer in
            let dataset = try writer.addDataset(named: "traps", format: "frames")
            let root = try writer.root(folder: folder.path)
            let video = try writer.add(VideoRecord(rootID: root, path: "site/clip.avi"))
            try writer.link(video: video, to: dataset, selection: "1s")
            var frame = MediumRecord(rootID: root, path: "ab/cd.png", width: 100, height: 50)
            (frame.videoID, frame.frameIndex) = (video, 30)
            try MediumInserter(writer).link(try MediumInserter(writer).add(frame).id, to: dataset, sourceID: nil)
        }
        let report = try take(
            #"""
            {"file": "site/clip.avi", "frame_rate": 30, "frames_processed": [0, 30], "detections": [
              {"category": "1", "conf": 0.5, "bbox": [0, 0, 0.5, 1], "frame_number": 30},
              {"category": "1", "conf": 0.5, "bbox": [0, 0, 0.5, 1], "frame_number": 31}]}
            """#
        ) { $0.images = nil }
        #expect(report.instances == 1)
        #expect(try folder.instances().map(\.box) == [Box(x: 0, y: 0, width: 50, height: 50)])
        #expect(
            report.problems.map(\.message).first?.hasPrefix("frame 31 of site/clip.avi is not in the catalog") == true)
    }

    @Test func `pictures are found by the end of their path`() throws {
        try folder.picture("pictures/north/1.jpg")
        try folder.picture("pictures/south/1.jpg")
        let detections = #""detections": [{"category": "1", "conf": 0.5, "bbox": [0, 0, 1, 1]}]"#
        _ = try take(#"{"file": "north/1.jpg", "detections": []}, {"file": "south/1.jpg", "detections": []}"#)
        let report = try take(
            #"{"file": "D:\\card\\south\\1.jpg", \#(detections)}, {"file": "1.jpg", \#(detections)}"#
        ) { ($0.images, $0.run) = (nil, "other") }
        #expect(report.instances == 1 && report.problemCount == 1)
        #expect(try folder.instances().map(\.mediumID) == [2])
    }

    @Test(arguments: [
        "{}", "[]", "", "{\"images\": []}", "{\"images\": [], \"detection_categories\": 3}", "{\"images\": [",
    ])
    func `other files are refused with a sentence`(text: String) throws {
        let file = try folder.write(text, as: "md.json")
        #expect(throws: FormatError.self) { try MegaDetectorReader(path: file) }
    }
}
