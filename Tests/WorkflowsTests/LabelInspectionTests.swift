import Annotations
import Catalog
import Testing

@testable import Workflows

@Suite struct LabelInspectionTests {
    private func inspect(
        size: (Int, Int)? = (100, 50), _ change: (inout InstanceRecord, inout InstanceParts) throws -> Void
    ) rethrows -> LabelInspection {
        var record = InstanceRecord(datasetID: 1, runID: 1, mediumID: 1, categoryID: 1)
        record.box = Box(x: 10, y: 10, width: 20, height: 20)
        var parts = InstanceParts()
        try change(&record, &parts)
        var inspection = LabelInspection(record: record, parts: parts, size: size.map { (width: $0.0, height: $0.1) })
        inspection.inspect()
        return inspection
    }

    private func points(_ columns: [String: [Double]]) -> DensePointsRecord {
        var data: [UInt8] = []
        let names = ["x", "y", "I", "U", "V"].filter { columns[$0] != nil }
        for name in names {
            let blob = NumberListBlob.packed([columns[name]!])
            data.append(UInt8(blob.count))
            data += blob
        }
        return DensePointsRecord(columns: names.joined(separator: " "), mesh: nil, data: data)
    }

    @Test func `a sound label has no findings`() throws {
        let inspection = try inspect { record, parts in
            parts.mask = MaskRecord(polygons: [[10, 10, 30, 10, 30, 30]])
            record.points = 1
            parts.points = points(["x": [128], "y": [256], "I": [24], "U": [0], "V": [1]])
            let everything = try RunLengthMask(height: 256, width: 256, counts: [0, 65536])
            parts.partMasks = Array(
                "[[], {\"size\": [256, 256], \"counts\": \"\(everything.compressedString())\"}]".utf8)
        }
        #expect(inspection.findings.map(\.message) == [])
        #expect(inspection.repair == nil)
    }

    @Test func `a box outside is clipped, unless dense points hang on it`() {
        let loose = inspect { record, _ in record.box = Box(x: 90, y: -5, width: 20, height: 20) }
        #expect(loose.findings.map(\.kind) == ["box-outside"])
        #expect(loose.repair?.box == Box(x: 90, y: 0, width: 10, height: 15))
        let held = inspect { record, parts in
            record.box = Box(x: 90, y: -5, width: 20, height: 20)
            record.points = 1
        }
        #expect(held.findings.first?.isFixable == false)
        #expect(held.repair == nil)
        let gone = inspect { record, _ in record.box = Box(x: 200, y: 0, width: 20, height: 20) }
        #expect(gone.findings.first?.message.contains("does not touch it") == true)
        #expect(gone.repair == nil)
        #expect(inspect { record, _ in record.box = Box(x: -0.4, y: 0, width: 100.8, height: 50) }.findings.isEmpty)
    }

    @Test func `boxes without extent or absent are found`() {
        #expect(
            inspect { record, _ in record.box = Box(x: 1, y: 1, width: 0, height: 4) }.findings.map(\.kind) == [
                "empty-box"
            ])
        #expect(inspect { record, _ in record.box = nil }.findings.map(\.kind) == ["no-box"])
    }

    @Test func `polygons are looked at one by one, and an empty part is dropped`() {
        let inspection = inspect { _, parts in
            parts.mask = MaskRecord(polygons: [
                [0, 0, 10, 10, 10, 0, 0, 10], [1, 1, 5, 5, 9, 9], [1, 1, 200, 1, 200, 9],
            ])
        }
        #expect(inspection.findings.map(\.kind) == ["self-crossing", "empty-polygon", "mask-outside"])
        #expect(inspection.repair?.mask?.polygons?.count == 2)
        let single = inspect { _, parts in parts.mask = MaskRecord(polygons: [[1, 1, 5, 5, 9, 9]]) }
        #expect(single.findings.first?.isFixable == false)
        #expect(single.repair == nil)
    }

    @Test func `a run-length mask has the size of its picture`() throws {
        let swapped = try inspect { _, parts in
            parts.mask = MaskRecord(try RunLengthMask(height: 100, width: 50, counts: [5000]))
        }
        #expect(swapped.findings.map(\.kind) == ["mask-size"])
        #expect(swapped.findings[0].message.contains("[width, height]"))
        let right = try inspect { _, parts in
            parts.mask = MaskRecord(try RunLengthMask(height: 50, width: 100, counts: [5000]))
        }
        #expect(right.findings.isEmpty)
    }

    @Test func `points outside, on no chart, or beyond 0 and 1 are counted`() {
        let inspection = inspect { record, parts in
            record.points = 3
            parts.points = points([
                "x": [-1, 10, 300], "y": [0, 0, 0], "I": [0, 25, 3], "U": [0, 1.5, 1], "V": [0, 0, -0.25],
            ])
        }
        #expect(inspection.findings.map(\.kind) == ["point-outside", "unknown-chart", "uv-range", "uv-range"])
        #expect(inspection.findings[0].message.hasPrefix("2 of 3"))
        #expect(inspection.findings[1].message.hasPrefix("2 of 3"))
    }

    @Test func `points off the part masks are counted`() throws {
        let inspection = try inspect { record, parts in
            record.points = 2
            parts.points = points(["x": [0.5, 200], "y": [0.5, 200], "I": [1, 1], "U": [0, 0], "V": [0, 0]])
            let corner = try RunLengthMask(height: 256, width: 256, counts: [0, 1, 65535])
            parts.partMasks = Array("{\"size\": [256, 256], \"counts\": \"\(corner.compressedString())\"}".utf8)
        }
        #expect(inspection.findings.map(\.kind) == ["point-off-mask"])
        #expect(inspection.findings[0].message.hasPrefix("1 of 2"))
        let broken = inspect { record, parts in
            record.points = 1
            parts.points = points(["x": [1], "y": [1]])
            parts.partMasks = Array("[1]".utf8)
        }
        #expect(broken.findings.isEmpty)
    }
}
