import Annotations
import Catalog
import Foundation
import Imaging

/// A catalog in a temporary folder with pictures in `pictures`, made row by row.
final class HandMadeCatalog {
    let folder: String
    let file: CatalogFile
    private(set) var media: [String: Int64] = [:]

    var pictures: String { folder + "/pictures" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("workflows-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder + "/pictures", withIntermediateDirectories: true)
        file = try CatalogFile.create(at: folder + "/c.sqlite")
        try file.write(command: "test") { writer in
            _ = try writer.addDataset(named: "apes", format: "test")
            _ = try writer.addRun(named: "labels", kind: .import)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Adds a medium, and its file where there are bytes.
    func add(
        _ path: String, width: Int? = 300, height: Int? = 200, orientation: Int = 1, bytes: [UInt8]? = nil,
        root: String? = nil
    ) throws {
        if let bytes {
            let url = URL(fileURLWithPath: (root ?? pictures) + "/" + path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        try file.write(command: "test") { writer in
            var medium = MediumRecord(
                rootID: try writer.root(folder: root ?? pictures), path: path, width: width, height: height)
            medium.orientation = orientation
            let inserter = try MediumInserter(writer)
            let id = try inserter.add(medium).id
            try inserter.link(id, to: try writer.dataset(named: "apes").id, sourceID: nil)
            media[path] = id
        }
    }

    func label(
        _ path: String, category: String = "chimpanzee", box: Box?, area: Double? = nil, score: Double? = nil,
        run: String = "labels", parts: InstanceParts = InstanceParts(), points: Int = 0
    ) throws {
        try file.write(command: "test") { writer in
            let dataset = try writer.dataset(named: "apes").id
            let run =
                try writer.runs().first { $0.name == run }?.id
                ?? writer.addRun(named: run, kind: run == "labels" ? .import : .predictions)
            var record = InstanceRecord(
                datasetID: dataset, runID: run, mediumID: media[path]!,
                categoryID: try writer.category(named: category, in: dataset))
            (record.box, record.area, record.score, record.points) = (box, area, score, points)
            try InstanceInserter(writer).add(record, parts)
        }
    }
}

/// Dense points as the catalog stores them.
func densePoints(x: [Double], y: [Double], charts: [Double]) -> DensePointsRecord {
    var data: [UInt8] = []
    for column in [x, y, charts, x.map { _ in 0.5 }, x.map { _ in 0.5 }] {
        let blob = NumberListBlob.packed([column])
        precondition(blob.count < 128, "longer lengths take more than one byte of varint")
        data += [UInt8(blob.count)] + blob
    }
    return DensePointsRecord(columns: "x y I U V", mesh: nil, data: data)
}

/// A JPEG of one colour with a GPS position in its EXIF: 46.5 north, 7.25 east.
func jpegWithLocation() throws -> [UInt8] {
    let jpeg = try Image(width: 32, height: 24, color: Color(hex: 0x336699)).jpegBytes()
    func two(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
    func four(_ value: Int) -> [UInt8] { two(value & 65_535) + two(value >> 16) }
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
        two(tag) + two(type) + four(count) + value
    }
    // TIFF header, one entry that points to the GPS directory at 26, its four entries, the rationals at 80.
    var tiff: [UInt8] = [0x49, 0x49, 42, 0] + four(8) + two(1) + entry(0x8825, 4, 1, four(26)) + four(0)
    tiff += two(4)
    tiff += entry(1, 2, 2, [78, 0, 0, 0]) + entry(2, 5, 3, four(80))
    tiff += entry(3, 2, 2, [69, 0, 0, 0]) + entry(4, 5, 3, four(104)) + four(0)
    for (whole, below) in [(46, 1), (30, 1), (0, 1), (7, 1), (15, 1), (0, 1)] { tiff += four(whole) + four(below) }
    let payload = Array("Exif\0\0".utf8) + tiff
    let length = payload.count + 2
    return jpeg[..<2] + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload + jpeg[2...]
}
