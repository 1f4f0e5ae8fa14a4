import Foundation
import Imaging
import Testing

@Suite struct FrameExtractionTests {
    let folder: ClipFolder

    init() throws { folder = try ClipFolder() }

    private func frames(_ path: String, _ selection: FrameSelection = .all) async throws -> [VideoFrame] {
        var frames: [VideoFrame] = []
        let summary = try await FrameExtraction(path: path, selection: selection).forEachFrame { frames.append($0) }
        #expect(summary.delivered == frames.count)
        #expect(summary.complaints.isEmpty)
        return frames
    }

    @Test func `a probe tells codec, size, rates, count, duration and tags`() async throws {
        let clip = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=64x48:r=30000/1001", "-frames:v", "60", "-c:v", "mpeg4", "-metadata",
            "creation_time=2021-05-04T03:02:01Z", "-metadata", "title=north trap", "a b.mp4")
        let info = try await VideoInfo.probe(clip)
        #expect(info.codec == "mpeg4")
        #expect(info.container == "mov,mp4,m4a,3gp,3g2,mj2")
        #expect(info.width == 64 && info.height == 48)
        #expect(info.rotation == 0)
        #expect(info.timeBase == Rational(1, 30000))
        #expect(info.averageFrameRate == Rational(30000, 1001))
        #expect(info.realFrameRate == Rational(30000, 1001))
        #expect(info.frameCount == 60)
        #expect(info.duration == Rational(60 * 1001, 30000))
        #expect(info.startTick == 0)
        #expect(info.creationTime == "2021-05-04T03:02:01.000000Z")
        #expect(info.tags["title"] == "north trap")
    }

    @Test func `all frames come with exact times, numbers, keyframe flags and the very pixels`() async throws {
        let clip = try folder.testClip("a.mkv")
        let raw = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=64x48:r=10", "-frames:v", "20", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "a.rgb")
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: raw)))
        let frames = try await frames(clip)
        #expect(frames.map(\.ordinal) == Array(0..<20))
        let ticks: [Int?] = (0..<20).map { $0 * 100 }
        #expect(frames.map(\.tick) == ticks)
        let times: [Rational?] = (0..<20).map { Rational($0, 10) }
        #expect(frames.map(\.time) == times)
        #expect(frames.filter(\.isKeyframe).map(\.ordinal) == [0, 5, 10, 15])
        #expect(frames.allSatisfy { $0.width == 64 && $0.height == 48 })
        #expect((frames.flatMap(\.pixels) == bytes) as Bool)
    }

    @Test func `selections take the frames that they name`() async throws {
        let clip = try folder.testClip("a.mkv")
        #expect(try await frames(clip, .everyNth(7)).map(\.ordinal) == [0, 7, 14])
        #expect(try await frames(clip, .keyframes).map(\.ordinal) == [0, 5, 10, 15])
        // 0, 0.25, 0.5, 0.75, … seconds: the first frame at or after each.
        #expect(
            try await frames(clip, .interval(seconds: Rational(1, 4)!)).map(\.ordinal) == [0, 3, 5, 8, 10, 13, 15, 18])
        #expect(try await frames(clip, .rate(perSecond: Rational(2)!)).map(\.ordinal) == [0, 5, 10, 15])
        #expect(try await frames(clip, .interval(seconds: Rational(1, 100)!)).count == 20)
        #expect(try await frames(clip, .interval(seconds: Rational(100)!)).map(\.ordinal) == [0])
    }

    @Test func `one frame a second of 29.97 is the first at or after each second`() async throws {
        let clip = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=64x48:r=30000/1001", "-frames:v", "100", "-c:v", "mpeg4", "n.mp4")
        let taken = try await frames(clip, .interval(seconds: Rational(1)!))
        #expect(taken.map(\.ordinal) == [0, 30, 60, 90])
        let times: [Rational?] = [0, 30, 60, 90].map { Rational($0 * 1001, 30000) }
        #expect(taken.map(\.time) == times)
    }

    @Test func `a variable frame rate keeps its times`() async throws {
        let clip = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=3,select='lt(n,5)+eq(n,12)+gt(n,26)'", "-fps_mode", "vfr",
            "-c:v",
            "mpeg4", "v.mkv")
        let all = try await frames(clip)
        let ticks: [Int?] = [0, 1, 2, 3, 4, 12, 27, 28, 29].map { $0 * 100 }
        #expect(all.map(\.tick) == ticks)
        let taken = try await frames(clip, .interval(seconds: Rational(1, 2)!))
        #expect(taken.map(\.ordinal) == [0, 5, 6])
    }

    @Test func `cuts are found`() async throws {
        let clip = try folder.make(
            "-f", "lavfi", "-i", "color=red:s=64x48:r=10:d=1[a];color=blue:s=64x48:r=10:d=1[b];[a][b]concat", "-c:v",
            "mpeg4", "-q:v", "2", "c.avi")
        #expect(try await frames(clip, .sceneChanges(threshold: 0.2)).map(\.ordinal) == [0, 10])
    }

    @Test func `a turned video is given upright and its size is told so`() async throws {
        let plain = try folder.make("-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=1", "-c:v", "mpeg4", "p.mp4")
        let clip = try folder.make("-i", plain, "-c", "copy", "-metadata:s:v", "rotate=90", "r.mp4")
        let info = try await VideoInfo.probe(clip)
        #expect(info.width == 48 && info.height == 64)
        #expect(info.rotation == 90)
        let stored = try #require(try await frames(plain, .everyNth(100)).first)
        let turned = try #require(try await frames(clip, .everyNth(100)).first)
        #expect(turned.width == 48 && turned.height == 64 && turned.pixels.count == 48 * 64 * 3)
        // Counter-clockwise: the stored right edge comes to lie at the top.
        var difference = 0
        for row in 0..<64 {
            for column in 0..<48 {
                for channel in 0..<3 {
                    let before = stored.pixels[3 * (column * 64 + 63 - row) + channel]
                    let after = turned.pixels[3 * (row * 48 + column) + channel]
                    difference += abs(Int(before) - Int(after))
                }
            }
        }
        #expect(difference / (3 * 64 * 48) < 10)
    }

    @Test func `a frame is decoded again with the same pixels, by number and by time`() async throws {
        let clip = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=66x50:r=25:d=1", "-c:v", "mpeg4", "-bf", "2", "b.mp4")
        let taken = try await frames(clip, .everyNth(9))
        #expect(taken.map(\.ordinal) == [0, 9, 18])
        for frame in taken {
            let tick = try #require(frame.tick)
            #expect((try await FrameExtraction.frame(ordinal: frame.ordinal, of: clip).pixels == frame.pixels) as Bool)
            #expect((try await FrameExtraction.frame(tick: tick, of: clip) == frame) as Bool)
        }
        await #expect(throws: VideoError.frameMissing(path: clip, frame: "number 25")) {
            try await FrameExtraction.frame(ordinal: 25, of: clip)
        }
    }

    @Test func `what the body throws ends the decoding`() async throws {
        struct Enough: Error {}
        let clip = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=4", "-c:v", "mpeg4", "-q:v", "2", "long.avi")
        var seen = 0
        await #expect(throws: Enough.self) {
            try await FrameExtraction(path: clip, selection: .all).forEachFrame { _ in
                seen += 1
                if seen == 2 { throw Enough() }
            }
        }
        #expect(seen == 2)
    }

    @Test func `times that start again and a change of size keep pixels and labels together`() async throws {
        let first = try folder.make("-f", "lavfi", "-i", "color=red:s=64x48:r=10:d=1", "-c:v", "mpeg2video", "1.ts")
        let second = try folder.make("-f", "lavfi", "-i", "color=blue:s=96x64:r=10:d=1", "-c:v", "mpeg2video", "2.ts")
        let bytes = try [first, second].flatMap { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        let both = try folder.write(bytes, as: "both.ts")
        var frames: [VideoFrame] = []
        // ffmpeg takes the seam for damage, which is as it may be.
        _ = try? await FrameExtraction(path: both, selection: .all).forEachFrame { frames.append($0) }
        #expect(frames.count >= 19)
        #expect(frames.map(\.ordinal) == Array(0..<frames.count))
        for frame in frames {
            #expect(frame.pixels.count == 3 * frame.width * frame.height)
            let middle = 3 * (frame.height / 2 * frame.width + frame.width / 2)
            #expect(frame.pixels[middle + (frame.width == 64 ? 0 : 2)] > 200)
        }
    }

    @Test func `a cancelled task ends as cancelled`() async throws {
        let clip = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=320x240:r=25:d=4", "-c:v", "mpeg4", "-q:v", "2", "long.avi")
        let task = Task {
            try await FrameExtraction(path: clip, selection: .all).forEachFrame { _ in
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
