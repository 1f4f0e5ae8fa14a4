import Foundation
import Subprocess

/// Takes frames of a video that is being written.
public struct VideoSink: Sendable {
    public let width, height: Int
    private let writer: StandardInputWriter

    fileprivate init(width: Int, height: Int, writer: StandardInputWriter) {
        (self.width, self.height, self.writer) = (width, height, writer)
    }

    /// - Parameter image: 8-bit RGB of the video's size.
    /// - Throws: `ImageError` for an image of another kind, or what writing to ffmpeg throws when it has ended.
    public func write(_ image: Image) async throws {
        guard image.width == width, image.height == height, image.channels == 3, image.bitDepth == 8 else {
            throw ImageError(
                "frame",
                .mismatch(
                    "\(image.width)x\(image.height) of \(image.channels) channels, expected \(width)x\(height) of 3"))
        }
        _ = try await writer.write(image.bytes)
    }
}

extension VideoEncoding {
    /// Writes frames, as they come, as H.264 in an MP4 file that any player shows; with loss, hardly visible. The file
    /// appears whole or not at all.
    /// - Parameters:
    ///   - rate: frames a second.
    ///   - body: hands the frames over.
    /// - Throws: `VideoError`, or what `body` throws.
    public static func write(
        width: Int, height: Int, rate: Rational, to path: String, programs: VideoPrograms = VideoPrograms(),
        _ body: (VideoSink) async throws -> Void
    ) async throws {
        let draft = path + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        let arguments = [
            "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size",
            "\(width)x\(height)", "-framerate", "\(rate)", "-i", "pipe:0",
            // 4:2:0 needs even sides.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p",
            "-movflags", "+faststart", "-f", "mp4", "file:\(draft)",
        ]
        var failure: (any Error)?
        let status: (isSuccess: Bool, log: String)
        do {
            let result = try await run(
                VideoProcess.executable(programs.ffmpeg), arguments: Arguments(arguments),
                environment: VideoProcess.environment, input: .inputWriter, output: .discarded,
                error: .string(limit: 1 << 20)
            ) { execution in
                do {
                    try await body(VideoSink(width: width, height: height, writer: execution.standardInputWriter))
                } catch { failure = error }
            }
            status = (result.terminationStatus.isSuccess, result.standardError)
        } catch {
            throw VideoProcess.error(from: error, program: programs.ffmpeg)
        }
        // When ffmpeg ends before its input does, what it says is the reason and the broken pipe its consequence.
        guard status.isSuccess else {
            let reason = status.log.split(separator: "\n").first.map(String.init) ?? "it gives no reason"
            throw VideoError.programFailed(name: programs.ffmpeg, reason: "\(path): \(reason)")
        }
        if let failure { throw failure }
        guard rename(draft, path) == 0 else {
            throw VideoError.programFailed(
                name: programs.ffmpeg, reason: "\(path) cannot be written (\(String(cString: strerror(errno))))")
        }
    }
}
