import Catalog
import Foundation
import Hashing
import Imaging
import Testing

@testable import Training

@Suite struct MetricLogTests {
    /// A folder with a catalog and a run that has started.
    private final class Workplace {
        let folder: String
        let catalog: CatalogFile
        let run: Int64

        init() throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID())").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            catalog = try CatalogFile.create(at: folder + "/c.sqlite")
            run = try catalog.record { try $0.start(RunStart(name: "run", kind: .training)) }
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func log(resumingAt step: Int? = nil, interval: Double = 1000) throws -> MetricLog {
            try MetricLog(
                to: MetricLog.Destination(catalog: catalog, run: run), folder: folder + "/log", resumingAt: step,
                interval: interval)
        }

        func lines() throws -> [String] {
            try String(contentsOfFile: folder + "/log/metrics.jsonl", encoding: .utf8).split(separator: "\n")
                .map { String($0).replacing(#/,"time":[0-9.e+]+/#, with: "") }
        }

        func eventFiles() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder + "/log").filter { $0.hasPrefix("events") }
                .sorted().map { folder + "/log/" + $0 }
        }
    }

    /// The data of TFRecords, after their checks.
    private func records(_ path: String) throws -> [[UInt8]] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        var result: [[UInt8]] = []
        var at = 0
        while at < bytes.count {
            let length = Int(number(at..<at + 8))
            #expect(number(at + 8..<at + 12) == UInt64(TFRecord.maskedCheck(Array(bytes[at..<at + 8]))))
            let data = Array(bytes[at + 12..<at + 12 + length])
            #expect(number(at + 12 + length..<at + 16 + length) == UInt64(TFRecord.maskedCheck(data)))
            result.append(data)
            at += 16 + length
        }
        return result
    }

    @Test func `a record is framed as TFRecord says`() {
        // The check of eight zero bytes but the first, and of “123456789”, masked by hand.
        let framed = TFRecord.framed(Array("123456789".utf8))
        #expect(Array(framed[..<8]) == [9, 0, 0, 0, 0, 0, 0, 0])
        let check: UInt32 = 0xE306_9283
        let masked = (check >> 15 | check << 17) &+ 0xA282_EAD8
        #expect(Array(framed[21...]) == (0..<4).map { UInt8(truncatingIfNeeded: masked >> (8 * $0)) })
        #expect(framed.count == 25)
    }

    @Test func `values reach the catalog, the lines and the event file`() throws {
        let place = try Workplace()
        let log = try place.log()
        try log.log(["loss": 1.5, "val/ap": 0.1], step: 1, epoch: 0.25)
        try log.log(["loss": .nan], step: 2)
        #expect(try place.catalog.read { try $0.metrics(of: place.run).isEmpty })
        try log.close()
        #expect(
            try place.lines() == [
                #"{"step":1,"epoch":0.25,"loss":1.5,"val/ap":0.1}"#, #"{"step":2,"loss":"NaN"}"#,
            ])
        let series = try place.catalog.read { try $0.series(of: "loss", run: place.run) }
        #expect(series.points.map(\.step) == [1, 2] && series.points[0].epoch == 0.25)
        #expect(series.points[0].value == 1.5 && series.points[1].value.isNaN)

        let file = try #require(try place.eventFiles().first)
        #expect(file.contains("/events.out.tfevents."))
        let events = try records(file)
        #expect(events.count == 3)
        // wall_time is field 1 (9 bytes), step field 2.
        #expect(Array(events[0][9...]) == [0x10, 0, 0x1A, 13] + Array("brain.Event:2".utf8))
        let loss: [UInt8] = [0x0A, 0x0B, 0x0A, 4] + Array("loss".utf8) + [0x15, 0, 0, 0xC0, 0x3F]
        let ap: [UInt8] = [0x0A, 0x0D, 0x0A, 6] + Array("val/ap".utf8) + [0x15, 0xCD, 0xCC, 0xCC, 0x3D]
        #expect(Array(events[1][9...]) == [0x10, 1, 0x2A, UInt8(loss.count + ap.count)] + loss + ap)
    }

    @Test func `pictures and texts are in the event file`() throws {
        let place = try Workplace()
        let log = try place.log()
        let image = Image(width: 3, height: 2, color: Color(hex: 0x00FF00))
        try log.log(image, named: "sample", step: 300)
        try log.log(text: "{}", named: "configuration")
        try log.close()
        let events = try records(try #require(try place.eventFiles().first))
        let png = try image.pngBytes()
        let picture = [0x08, 2, 0x10, 3, 0x18, 3, 0x22] + varint(png.count) + png
        let entry: [UInt8] = [0x0A, 6] + Array("sample".utf8) + [0x22] + varint(picture.count) + picture
        let summary = [0x0A] + varint(entry.count) + entry
        #expect(Array(events[1][9...]) == [0x10, 0xAC, 0x02, 0x2A] + varint(summary.count) + summary)
        #expect(events[2].contains(Array("configuration/text_summary".utf8)))
    }

    private func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }

    @Test func `a resumed log drops what is about to be repeated, and a torn line`() throws {
        let place = try Workplace()
        let first = try place.log()
        for step in 1...5 { try first.log(["loss": Double(step)], step: step) }
        try first.close()
        let path = place.folder + "/log/metrics.jsonl"
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"step":6,"lo"#.utf8))
        try handle.close()

        try place.catalog.record { try $0.resume(place.run, atStep: 3) }
        let second = try place.log(resumingAt: 3)
        try second.log(["loss": 40], step: 4)
        try second.close()
        #expect(
            try place.lines() == (1...3).map { "{\"step\":\($0),\"loss\":\($0).0}" } + [#"{"step":4,"loss":40.0}"#])
        #expect(
            try place.catalog.read { try $0.series(of: "loss", run: place.run).points.map(\.value) } == [1, 2, 3, 40])
        let files = try place.eventFiles()
        #expect(files.count == 2)
        // Session start at step 4: TensorBoard forgets what the first file says from there on.
        #expect(try files.contains { try Array(records($0)[1][9...]) == [0x10, 4, 0x3A, 2, 0x08, 1] })
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder + "/log").count == 3)
    }

    @Test func `a step does not wait for a catalog that another command holds`() throws {
        let place = try Workplace()
        let log = try place.log(interval: 0)
        try place.catalog.write(command: "import") { _ in
            let start = Date()
            try log.log(["loss": 1], step: 1)
            #expect(Date().timeIntervalSince(start) < 30)
        }
        #expect(try place.catalog.read { try $0.metrics(of: place.run).isEmpty })
        try log.log(["loss": 2], step: 2)
        #expect(try place.catalog.read { try $0.metrics(of: place.run).map(\.count) } == [2])
    }

    @Test func `a folder that cannot be written, and names that the log uses, are refused`() throws {
        let place = try Workplace()
        try Data().write(to: URL(fileURLWithPath: place.folder + "/file"))
        #expect(throws: MetricLogError.self) { try MetricLog(to: nil, folder: place.folder + "/file/log") }
        let error = #expect(throws: MetricLogError.self) { try place.log().log(["step": 1], step: 1) }
        #expect("\(error!)".contains("a metric cannot be called “step”"))
    }
}
