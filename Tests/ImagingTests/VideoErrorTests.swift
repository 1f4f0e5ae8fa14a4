import Foundation
import Imaging
import Testing

@Suite struct VideoErrorTests {
    let folder: ClipFolder

    init() throws { folder = try ClipFolder() }

    @Test func `a video that breaks off gives its frames and then the break`() async throws {
        let whole = try folder.make(
            "-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=4", "-c:v", "mpeg4", "-movflags", "+faststart", "whole.mp4")
        for (clip, share) in [(whole, 0.6), (try folder.testClip("whole.avi"), 0.7)] {
            let broken = try folder.truncate(clip, to: share, as: "broken.\(clip.suffix(3))")
            var ordinals: [Int] = []
            do {
                try await FrameExtraction(path: broken, selection: .all).forEachFrame { ordinals.append($0.ordinal) }
                Issue.record("\(broken) was taken for whole")
            } catch let error as VideoError {
                guard case .broken(let path, let frames, let reason) = error else { throw error }
                #expect(path == broken)
                #expect(frames == ordinals.count)
                #expect(!reason.isEmpty)
            }
            #expect(ordinals.count > 5 && ordinals.count < 40)
            #expect(ordinals == Array(0..<ordinals.count))
        }
    }

    @Test func `files that are no videos are refused in ffmpeg's words`() async throws {
        let text = try folder.write("hello, this is no video\n".utf8, as: "text.txt")
        await #expect(
            throws: VideoError.unreadable(path: text, reason: "Invalid data found when processing input")
        ) { try await VideoInfo.probe(text) }

        let empty = try folder.write([], as: "empty.avi")
        await #expect(throws: VideoError.self) { try await VideoInfo.probe(empty) }
        await #expect(throws: VideoError.self) {
            try await FrameExtraction(path: empty, selection: .all).forEachFrame { _ in }
        }

        let headless = try folder.truncate(
            folder.make("-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=4", "-c:v", "mpeg4", "w.mp4"), to: 0.5, as: "h.mp4"
        )
        await #expect(throws: VideoError.unreadable(path: headless, reason: "moov atom not found")) {
            try await VideoInfo.probe(headless)
        }

        let sound = try folder.make("-f", "lavfi", "-i", "sine=d=0.2", "sound.wav")
        await #expect(throws: VideoError.noVideoStream(path: sound)) { try await VideoInfo.probe(sound) }

        let missing = folder.path + "/missing.avi"
        await #expect(throws: VideoError.fileMissing(path: missing)) { try await VideoInfo.probe(missing) }
        await #expect(throws: VideoError.fileMissing(path: folder.path)) { try await VideoInfo.probe(folder.path) }
    }

    @Test func `a playlist cannot reach other files`() async throws {
        let clip = try folder.make("-f", "lavfi", "-i", "testsrc=s=64x48:r=10:d=1", "-c:v", "mpeg2video", "part.ts")
        let list = try folder.write(
            "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n\(clip)\n#EXT-X-ENDLIST\n".utf8, as: "list.m3u8")
        await #expect(
            throws: VideoError.unreadable(
                path: list, reason: "its container format is not one of those read here")
        ) { try await VideoInfo.probe(list) }
    }

    @Test func `a missing ffmpeg is named`() async throws {
        let clip = try folder.testClip("a.avi", frames: 2)
        let noProbe = VideoPrograms(ffprobe: "ffprobe-that-is-nowhere")
        await #expect(throws: VideoError.programMissing(name: "ffprobe-that-is-nowhere")) {
            try await VideoInfo.probe(clip, programs: noProbe)
        }
        let noDecoder = VideoPrograms(ffmpeg: "ffmpeg-that-is-nowhere")
        await #expect(throws: VideoError.programMissing(name: "ffmpeg-that-is-nowhere")) {
            try await FrameExtraction(path: clip, selection: .all, programs: noDecoder).forEachFrame { _ in }
        }
    }
}
