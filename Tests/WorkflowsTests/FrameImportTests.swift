import Catalog
import Foundation
import Hashing
import Imaging
import Testing

@testable import Workflows

@Suite struct FrameImportTests {
    let folder: TrapFolder

    init() throws { folder = try TrapFolder() }

    private func take(
        _ clips: [String], every: String = "1s", dataset: String = "traps",
        _ change: (inout FrameImport.Options) -> Void = { _ in }
    ) async throws -> FrameImport.Report {
        var options = FrameImport.Options(dataset: dataset, every: every)
        change(&options)
        return try await FrameImport.run(clips, into: folder.catalog, options: options, command: "import frames")
    }

    @Test func `frames get ordinals, ticks, keyframe flags and files named after their pixels`() async throws {
        let clip = try folder.clip("a.mkv")
        let report = try await take([clip], every: "500ms") { $0.site = "north" }
        #expect(report.added == 4)
        #expect(report.frames == folder.path + "/c.frames")
        let frames = try folder.frames(of: "traps")
        #expect(frames.map(\.frameIndex) == [0, 5, 10, 15])
        #expect(frames.map(\.pts) == [0, 500, 1000, 1500])
        #expect(frames.map(\.isKeyframe) == [true, true, true, true])
        for frame in frames {
            let picture = try Image(fileAt: "\(report.frames)/\(frame.path)")
            let digest = ContentHash.of(picture.bytes)
            #expect(frame.sha256 == digest.bytes)
            let name = digest.description
            #expect(frame.path == "\(name.prefix(2))/\(name.dropFirst(2)).png")
            #expect([frame.width, frame.height] == [64, 48])
            #expect(frame.infrared == false)
        }
        let video = try #require(try folder.catalog.read { try $0.videos() }.first)
        #expect(video.path == "a.mkv" && video.codec == "ffv1" && video.timeBase == "1/1000")
        #expect(video.sha256 == (try ContentHash.of(fileAt: clip)).bytes)
        #expect(video.problem == nil)
        #expect(try folder.catalog.read { try $0.sites().map(\.name) } == ["north"])
    }

    @Test func `the same import again adds nothing, a further selection only what is new`() async throws {
        let clip = try folder.clip("a.mkv")
        _ = try await take([clip], every: "10")
        let again = try await take([clip], every: "10")
        #expect(again.added == 0 && again.clips.map(\.isKnown) == [true])
        let more = try await take([clip], every: "5")
        #expect(more.added == 2)
        #expect(try folder.frames(of: "traps").map(\.frameIndex) == [0, 10, 5, 15])
        let operations = try folder.catalog.read { try $0.overview().operations }
        #expect(operations == 2)
        let other = try await take([clip], every: "10", dataset: "other")
        #expect(other.added == 2)
        #expect(try folder.catalog.read { try $0.overview().media } == 4)
    }

    @Test func `clips that are broken, empty or missing are reported and their problem is kept`() async throws {
        let whole = try folder.clip("whole.avi", frames: 30)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
        let cut = try folder.write(bytes.prefix(bytes.count / 2), as: "cut.avi")
        let empty = try folder.write([], as: "empty.avi")
        let gone = folder.path + "/gone.avi"
        let report = try await take([whole, cut, empty, gone], every: "all")
        #expect(report.problems.map(\.place) == ["cut.avi", "empty.avi", "gone.avi"])
        #expect(report.clips[0].added == 30)
        #expect((1..<30).contains(report.clips[1].added))
        #expect(report.clips[2].added == 0 && report.clips[3].added == 0)
        let problems = try folder.catalog.read { try $0.videos().map { $0.problem != nil } }
        #expect(problems == [false, true, true, true])
        #expect(report.problems[2].message == "\(gone): there is no such file, expected a video")

        let again = try await take([whole, cut, empty, gone], every: "all")
        #expect(again.added == 0 && again.problems == report.problems)

        try folder.write(bytes, as: "gone.avi")
        let found = try await take([gone], every: "all")
        #expect(found.added == 30 && found.problems.isEmpty)
        #expect(try folder.catalog.read { try $0.videos().map(\.problem) }.last == .some(nil))
    }

    @Test func `a strict import stops at the first defect and keeps the clips before it`() async throws {
        let clip = try folder.clip("a.mkv")
        let empty = try folder.write([], as: "empty.avi")
        await #expect(throws: VideoError.self) { _ = try await take([clip, empty]) { $0.isStrict = true } }
        #expect(try folder.catalog.read { try $0.videos().map(\.path) } == ["a.mkv"])
    }

    @Test func `a clip that was replaced after its frames were taken is refused`() async throws {
        let clip = try folder.clip("a.mkv")
        _ = try await take([clip])
        try folder.clip("a.mkv", source: "testsrc2")
        let report = try await take([clip])
        #expect(report.added == 0)
        #expect(report.problems.count == 1 && report.problems[0].message.contains("another than the one"))
    }

    @Test func `an import that was killed between files and rows goes on to the same catalog`() async throws {
        let clips = [try folder.clip("a.mkv"), try folder.clip("b.mkv", source: "testsrc2")]
        let other = try TrapFolder()
        // As after a kill: files of both clips are there, rows of the first only.
        var options = FrameImport.Options(dataset: "traps", every: "5")
        options.frames = other.path + "/c.frames"
        _ = try await FrameImport.run(clips, into: folder.catalog, options: options, command: "x")
        _ = try await FrameImport.run([clips[0]], into: other.catalog, options: options, command: "x")
        let report = try await FrameImport.run(clips, into: other.catalog, options: options, command: "x")
        #expect(report.clips.map(\.isKnown) == [true, false])
        let one = try folder.frames(of: "traps")
        let two = try other.frames(of: "traps")
        #expect(one.map(\.path) == two.map(\.path))
        #expect(one.map(\.sha256) == two.map(\.sha256))
        #expect(one.map(\.frameIndex) == two.map(\.frameIndex))
    }

    @Test func `sites come from the folders of the clips, and the clips from a folder`() async throws {
        try folder.clip("clips/north/a.mkv", frames: 3)
        try folder.clip("clips/south/b.mkv", frames: 3, source: "testsrc2")
        try folder.write([1], as: "clips/note.txt")
        let report = try await take([folder.path + "/clips"]) { $0.siteLevel = 1 }
        #expect(report.clips.map(\.path) == ["north/a.mkv", "south/b.mkv"])
        let sites = try folder.catalog.read { try $0.listSites() }
        #expect(sites.map(\.name) == ["north", "south"] && sites.map(\.media) == [1, 1])
    }

    @Test func `frames with the same pixels share one file`() async throws {
        let clip = try folder.clip("flat.mkv", frames: 5, source: "color")
        let report = try await take([clip], every: "all")
        #expect(report.added == 5)
        #expect(Set(try folder.frames(of: "traps").map(\.path)).count == 1)
    }

    @Test func `the container's clock gives the frames their times`() async throws {
        let clip = try folder.clip("a.mkv", "-metadata", "creation_time=2021-05-04T03:02:01Z")
        _ = try await take([clip])
        #expect(
            try folder.frames(of: "traps").map(\.capturedAt) == ["2021-05-04T03:02:01Z", "2021-05-04T03:02:02Z"])
        #expect(CaptureTime.iso8601("Sun Jun 22 10:00:09 2014\n") == "2014-06-22T10:00:09")
        #expect(CaptureTime.iso8601("2014:06:22 10:00:09") == "2014-06-22T10:00:09")
        #expect(CaptureTime.iso8601("1904-01-01T00:00:00.000000Z") == nil)
        #expect(CaptureTime.iso8601("yesterday") == nil)
    }
}

@Suite struct FrameRegenerationTests {
    let folder: TrapFolder

    init() throws { folder = try TrapFolder() }

    private func take(_ clip: String, quality: Int? = nil) async throws -> [MediumRecord] {
        var options = FrameImport.Options(dataset: "traps", every: "5")
        options.jpegQuality = quality
        _ = try await FrameImport.run([clip], into: folder.catalog, options: options, command: "import frames")
        return try folder.frames(of: "traps")
    }

    @Test(arguments: [nil, 80]) func `missing files are written again, byte for byte`(quality: Int?) async throws {
        let frames = try await take(try folder.clip("a.mkv"), quality: quality)
        let files = frames.map { "\(folder.path)/c.frames/\($0.path)" }
        let before = try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        for file in files[1...2] { try FileManager.default.removeItem(atPath: file) }
        let report = try await FrameRegeneration.run(on: folder.catalog)
        #expect(report.frames == 4 && report.present == 2 && report.written == 2 && report.problems.isEmpty)
        #expect(try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before)
        #expect(files[0].hasSuffix(quality == nil ? ".png" : ".q80.jpg"))
    }

    @Test func `other pixels are not written, and a missing clip is reported`() async throws {
        let clip = try folder.clip("a.mkv")
        let frames = try await take(clip)
        try FileManager.default.removeItem(atPath: "\(folder.path)/c.frames/\(frames[1].path)")
        try folder.clip("a.mkv", source: "testsrc2")
        let other = try await FrameRegeneration.run(on: folder.catalog)
        #expect(other.written == 0 && other.problems.count == 1)
        #expect(other.problems.first?.message.contains("frame 5 decodes to other pixels") == true)
        try FileManager.default.removeItem(atPath: clip)
        let gone = try await FrameRegeneration.run(on: folder.catalog)
        #expect(gone.written == 0 && gone.problems.first?.message.contains("there is no such file") == true)
    }
}
