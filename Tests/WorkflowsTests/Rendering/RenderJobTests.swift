import Catalog
import Foundation
import Imaging
import Testing

@testable import Workflows

struct RenderJobTests {
    private func catalog() throws -> HandMadeCatalog {
        let catalog = try HandMadeCatalog()
        let red = try Image(width: 300, height: 200, color: Color(hex: 0xC02020)).pngBytes()
        try catalog.add("site 1/a.png", bytes: red)
        try catalog.add("site 1/a.jpg", bytes: Array("no picture".utf8))
        try catalog.add("b.png")
        try catalog.label("site 1/a.png", box: Box(x: 50, y: 50, width: 100, height: 100))
        try catalog.label("b.png", box: Box(x: 10, y: 50, width: 100, height: 100), score: 0.5, run: "model")
        return catalog
    }

    private func options(_ change: (inout RenderJob.Options) -> Void = { _ in }) -> RenderJob.Options {
        var options = RenderJob.Options(selection: MediaSelection(dataset: "apes"))
        options.style.maximumSide = 150
        change(&options)
        return options
    }

    @Test func `every picture becomes a file, and unreadable ones are grey and reported`() throws {
        let catalog = try catalog()
        let out = catalog.folder + "/out"
        let report = try RenderJob.run(into: out, from: catalog.file, options: options())
        #expect((report.pictures, report.rendered, report.onGrey, report.labels) == (3, 3, 2, 1))
        #expect(report.problems.map(\.kind) == ["unreadable-file"])
        let files = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        #expect(files == ["b-3.png", "contact-sheet.png", "site_1_a-1.png", "site_1_a-2.png"])
        #expect(try Image(fileAt: out + "/site_1_a-1.png")[5, 95, 0] == 0xC0)
        #expect(try Image(fileAt: out + "/site_1_a-2.png")[5, 95, 0] == 0x80)
        #expect(try Image(fileAt: out + "/contact-sheet.png").width == 14 + 2 * (320 + 14))
    }

    @Test func `files that are there are written anew unless they shall be kept`() throws {
        let catalog = try catalog()
        let out = catalog.folder + "/out"
        _ = try RenderJob.run(into: out, from: catalog.file, options: options())
        let first = try Data(contentsOf: URL(fileURLWithPath: out + "/site_1_a-1.png"))
        try Data().write(to: URL(fileURLWithPath: out + "/b-3.png"))
        let again = try RenderJob.run(into: out, from: catalog.file, options: options { $0.keepsExisting = true })
        #expect((again.rendered, again.present) == (0, 3))
        let third = try RenderJob.run(into: out, from: catalog.file, options: options())
        #expect((third.rendered, third.present) == (3, 0))
        #expect(try Data(contentsOf: URL(fileURLWithPath: out + "/site_1_a-1.png")) == first, "the same bytes")
        #expect(try Image(fileAt: out + "/b-3.png").width == 150)
    }

    @Test func `a run chooses the pictures on which it has labels`() throws {
        let catalog = try catalog()
        let report = try RenderJob.run(
            into: catalog.folder + "/out", from: catalog.file, options: options { $0.selection.run = "model" })
        #expect((report.rendered, report.labels) == (1, 1))
        #expect(FileManager.default.fileExists(atPath: catalog.folder + "/out/b-3.png"))
    }

    @Test func `a filter, a limit and a split choose pictures`() throws {
        let catalog = try catalog()
        try catalog.file.write(command: "test") { writer in
            try writer.addSplit(named: "main", recipe: "{}", members: [(1, "train"), (3, "test")])
        }
        func paths(_ change: (inout MediaSelection) -> Void) throws -> [String] {
            var selection = MediaSelection(dataset: "apes")
            change(&selection)
            return try catalog.file.read { try selection.media($0).map(\.path) }
        }
        #expect(try paths { $0.limit = 2 } == ["site 1/a.png", "site 1/a.jpg"])
        #expect(try paths { $0.filter = "path ~ site" } == ["site 1/a.png", "site 1/a.jpg"])
        #expect(try paths { $0.split = "train" } == ["site 1/a.png"])
        #expect(try paths { $0.split = "main/test" } == ["b.png"])
        #expect(throws: CatalogError.self) { try paths { $0.split = "val" } }
    }

    @Test func `a folder of pictures is never written to`() throws {
        let catalog = try catalog()
        try FileManager.default.createSymbolicLink(
            atPath: catalog.folder + "/link", withDestinationPath: catalog.pictures)
        for folder in [catalog.pictures, catalog.pictures + "/new/out", catalog.folder + "/link/out"] {
            let error = #expect(throws: OutputFolderError.self) {
                try RenderJob.run(into: folder, from: catalog.file, options: options())
            }
            #expect(error == .insideMedia(folder: folder, root: catalog.pictures))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: catalog.pictures) == ["site 1"])
    }

    @Test func `nothing to render is an error`() throws {
        let catalog = try catalog()
        #expect(throws: CatalogError.self) {
            try RenderJob.run(
                into: catalog.folder + "/out", from: catalog.file, options: options { $0.selection.filter = "site = x" }
            )
        }
    }

    @Test(arguments: [
        ("../../etc/passwd", "etc_passwd-7.png"), ("día/ñ.jpg", "d_a__-7.png"), ("...", "picture-7.png"),
        ("a b/c-d.JPG", "a_b_c-d-7.png"), ("north/x.AVI frame 12", "north_x_AVI_frame_12-7.png"),
        (String(repeating: "x", count: 500), String(repeating: "x", count: 120) + "-7.png"),
    ])
    func `names of files are safe anywhere`(path: String, name: String) {
        #expect(RenderJob.fileName(path, id: 7, .png) == name)
    }
}
