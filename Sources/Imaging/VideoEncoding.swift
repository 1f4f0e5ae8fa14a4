import Foundation
import Subprocess

/// Writes frames as a video without loss, so that each is decoded again with the very same pixels.
public enum VideoEncoding {
    /// Encodes a file of raw frames (RGB, 8 bits, one after the other) as H.264 in an MP4 file, whose ticks count frames.
    /// The file appears whole or not at all.
    /// - Parameters:
    ///   - raw: path of the raw frames.
    ///   - rate: frames a second.
    /// - Throws: `VideoError`.
    public static func encode(
        raw: String, width: Int, height: Int, rate: Int, to path: String, programs: VideoPrograms = VideoPrograms()
    ) async throws(VideoError) {
        try VideoProcess.requireFile(raw)
        let draft = path + ".partial-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: draft) }
        let arguments = [
            "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24",
            "-video_size", "\(width)x\(height)", "-framerate", "\(rate)", "-protocol_whitelist", "file,pipe", "-i",
            "file:\(raw)", "-c:v", "libx264rgb", "-qp", "0", "-preset", "ultrafast", "-threads", "1",
            "-video_track_timescale", "\(rate)", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "mp4",
            "file:\(draft)",
        ]
        let isSuccess: Bool
        let log: String
        do {
            let result = try await run(
                VideoProcess.executable(programs.ffmpeg), arguments: Arguments(arguments),
                environment: VideoProcess.environment, output: .discarded, error: .string(limit: 1 << 20))
            (isSuccess, log) = (result.terminationStatus.isSuccess, result.standardError)
        } catch {
            throw VideoProcess.error(from: error, program: programs.ffmpeg)
        }
        guard isSuccess else {
            let reason = log.split(separator: "\n").first.map(String.init) ?? "it gives no reason"
            throw .programFailed(name: programs.ffmpeg, reason: "\(path): \(reason)")
        }
        guard rename(draft, path) == 0 else {
            throw .programFailed(
                name: programs.ffmpeg, reason: "\(path) cannot be written (\(String(cString: strerror(errno))))")
        }
    }
}
