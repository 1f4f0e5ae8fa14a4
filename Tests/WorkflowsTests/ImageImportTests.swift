import Catalog
import Foundation
import Imaging
import Testing
import Workflows

@Suite struct ImageImportTests {
    fileprivate final class Place {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("images-\(UUID())").path
        let catalog: CatalogFile

        init() throws {
            try FileManager.default.createDirectory(atPath: folder + "/in/north", withIntermediateDirectories: true)
            catalog = try CatalogFile.create(at: folder + "/c.sqlite")
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func picture(_ name: String, seed: Int, width: Int = 40, grey: Bool = false) throws {
            var bytes: [UInt8] = []
            for pixel in 0..<(width * 30) {
                let value = UInt8(truncatingIfNeeded: (pixel % width) * seed + pixel / width * 3)
                bytes += grey ? [value, value, value] : [value, 255 - value, 90]
            }
            try Image(width: width, height: 30, channels: 3, bytes: bytes).write(toFileAt: folder + "/in/" + name)
        }

        func run(_ change: (inout ImageImport.Options) -> Void = { _ in }) throws -> ImageImport.Report {
            var options = ImageImport.Options(dataset: "d")
            change(&options)
            return try ImageImport.run(folder: folder + "/in", into: catalog, options: options, command: "import")
        }
    }

    @Test func `pictures come in once, with size, site and light; the unreadable is reported`() throws {
        let place = try Place()
        try place.picture("a.png", seed: 3)
        try place.picture("north/b.png", seed: 5, grey: true)
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: place.folder + "/in/c.jpg"))
        let report = try place.run { $0.siteLevel = 1 }
        #expect((report.added, report.known) == (2, 0))
        #expect(report.problems.map(\.kind) == ["unreadable-file"])
        let rows = try place.catalog.read { try $0.listMedia(filter: nil) }
        #expect(rows.map(\.path) == ["a.png", "north/b.png"])
        #expect(rows.map(\.site) == [nil, "north"])
        #expect(rows.map(\.infrared) == [false, true])
        #expect(rows.map(\.width) == [40, 40])
        let again = try place.run { $0.siteLevel = 1 }
        #expect((again.added, again.known) == (0, 2))
    }

    @Test func `a picture beyond the limit is refused before it is decoded`() throws {
        let place = try Place()
        try place.picture("a.png", seed: 3)
        let report = try place.run { $0.limits = ImageLimits(maximumPixels: 100) }
        #expect(report.added == 0 && report.problems.count == 1)
    }

    @Test func `the check finds missing, changed, doubled, alike and unknown files`() throws {
        let place = try Place()
        try place.picture("a.png", seed: 3)
        try place.picture("b.png", seed: 3)
        try place.picture("c.png", seed: 7, width: 60)
        try place.picture("d.png", seed: 11)
        _ = try place.run()
        #expect(try place.check() == ["duplicate-picture": 1])
        try FileManager.default.removeItem(atPath: place.folder + "/in/c.png")
        try place.picture("d.png", seed: 12, width: 44)
        try place.picture("new.png", seed: 5)
        let counts = try place.check()
        #expect(counts["missing-file"] == 1)
        #expect(counts["image-size"] == 1)
        #expect(counts["orphan-file"] == 1)
    }
}

extension ImageImportTests.Place {
    fileprivate func check() throws -> [String: Int] {
        try CatalogCheck.run(on: catalog, options: CatalogCheck.Options(), command: "check").counts
    }
}
