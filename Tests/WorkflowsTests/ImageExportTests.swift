import Catalog
import Foundation
import Imaging
import Testing

@testable import Workflows

struct ImageExportTests {
    private func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    private func options(scrubs: Bool = false, overwrites: Bool = false) -> ImageExport.Options {
        var options = ImageExport.Options(selection: MediaSelection(dataset: "apes"))
        (options.scrubsLocation, options.overwrites) = (scrubs, overwrites)
        return options
    }

    @Test func `copies are the same bytes at the same paths`() throws {
        let catalog = try HandMadeCatalog()
        let picture = try jpegWithLocation()
        try catalog.add("site/a.jpg", bytes: picture)
        let out = catalog.folder + "/out"
        let report = try ImageExport.run(into: out, from: catalog.file, options: options())
        #expect((report.copied, report.scrubbed, report.bytes) == (1, 0, picture.count))
        #expect(try bytes(out + "/site/a.jpg") == picture)
        let again = try ImageExport.run(into: out, from: catalog.file, options: options())
        #expect((again.copied, again.present) == (0, 1))
    }

    @Test func `scrubbed copies have no position and the same pixels`() throws {
        let catalog = try HandMadeCatalog()
        let picture = try jpegWithLocation()
        let location = try #require(try ImageMetadata.read(picture).location)
        #expect((location.latitude, location.longitude) == (46.5, 7.25))
        try catalog.add("a.jpg", bytes: picture)
        let out = catalog.folder + "/out"
        let report = try ImageExport.run(into: out, from: catalog.file, options: options(scrubs: true))
        #expect((report.copied, report.scrubbed) == (1, 1))
        let copy = try bytes(out + "/a.jpg")
        #expect(try ImageMetadata.read(copy).location == nil)
        #expect(try Image(decoding: copy) == Image(decoding: picture))
        #expect(try bytes(catalog.pictures + "/a.jpg") == picture, "the original stays as it is")
    }

    @Test func `what cannot be scrubbed for certain is not copied`() throws {
        let catalog = try HandMadeCatalog()
        var png = try Image(width: 4, height: 4, color: .white).pngBytes()
        let text = Array("Raw profile type exif\0…".utf8)
        // Signature and header chunk are 33 bytes; its CRC is not looked at.
        png.insert(contentsOf: [0, 0, 0, UInt8(text.count)] + Array("tEXt".utf8) + text + [0, 0, 0, 0], at: 33)
        try catalog.add("a.png", bytes: png)
        try catalog.add("b.gif", bytes: Array("GIF89a".utf8))
        let out = catalog.folder + "/out"
        let report = try ImageExport.run(into: out, from: catalog.file, options: options(scrubs: true))
        #expect(report.copied == 0)
        #expect(report.problems.map(\.kind) == ["location", "location"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: out).isEmpty)
        #expect(try ImageExport.run(into: out, from: catalog.file, options: options()).copied == 2)
    }

    @Test func `paths that leave the folder, missing files and second files of a path are refused`() throws {
        let catalog = try HandMadeCatalog()
        try Data("secret".utf8).write(to: URL(fileURLWithPath: catalog.folder + "/secret.jpg"))
        try catalog.add("../secret.jpg")
        try catalog.add("missing.jpg")
        try catalog.add("a.jpg", bytes: [1])
        try catalog.add("a.jpg", bytes: [2], root: catalog.folder + "/more")
        let out = catalog.folder + "/out/deep"
        let report = try ImageExport.run(into: out, from: catalog.file, options: options())
        #expect(report.problems.map(\.kind) == ["path", "missing-file", "duplicate-path"])
        #expect(try bytes(out + "/a.jpg") == [1])
        #expect(!FileManager.default.fileExists(atPath: catalog.folder + "/out/secret.jpg"))
    }

    @Test func `files that differ are replaced only when asked, and originals never`() throws {
        let catalog = try HandMadeCatalog()
        try catalog.add("a.jpg", bytes: [1])
        let out = catalog.folder + "/out"
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        try Data([9]).write(to: URL(fileURLWithPath: out + "/a.jpg"))
        #expect(
            try ImageExport.run(into: out, from: catalog.file, options: options()).problems.map(\.kind) == ["exists"])
        #expect(try bytes(out + "/a.jpg") == [9])
        #expect(try ImageExport.run(into: out, from: catalog.file, options: options(overwrites: true)).copied == 1)
        #expect(try bytes(out + "/a.jpg") == [1])
        #expect(throws: OutputFolderError.self) {
            try ImageExport.run(into: catalog.pictures, from: catalog.file, options: options(overwrites: true))
        }
    }
}
