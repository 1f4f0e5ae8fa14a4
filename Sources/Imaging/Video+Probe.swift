import Foundation
import Subprocess

extension VideoInfo {
    /// Asks ffprobe about a file. Other files and the network are out of its reach.
    /// - Throws: `VideoError`.
    public static func probe(
        _ path: String, programs: VideoPrograms = VideoPrograms()
    ) async throws(VideoError) -> VideoInfo {
        try VideoProcess.requireFile(path)
        let arguments =
            ["-hide_banner", "-loglevel", "level+error"] + VideoProcess.inputRestrictions
            + ["-select_streams", "V:0", "-show_streams", "-show_format", "-of", "json", "-i", "file:\(path)"]
        let output: [UInt8]
        let log: String
        let isSuccess: Bool
        do {
            let result = try await run(
                VideoProcess.executable(programs.ffprobe), arguments: Arguments(arguments),
                environment: VideoProcess.environment, output: .bytes(limit: 16 << 20), error: .string(limit: 16 << 20))
            (output, log, isSuccess) = (result.standardOutput, result.standardError, result.terminationStatus.isSuccess)
        } catch {
            throw VideoProcess.error(from: error, program: programs.ffprobe)
        }
        let reason = log.split(separator: "\n").lazy
            .compactMap { VideoLogLine.complaint(in: String($0), path: path) }.first
        guard isSuccess, let reply = try? JSONDecoder().decode(ProbeReply.self, from: Data(output)) else {
            throw .unreadable(path: path, reason: reason ?? "ffprobe gives no reason")
        }
        guard let stream = reply.streams?.first else { throw .noVideoStream(path: path) }
        guard let info = VideoInfo(path: path, stream: stream, format: reply.format) else {
            throw .unreadable(path: path, reason: reason ?? "the stream has no codec, size or time base")
        }
        return info
    }

    private init?(path: String, stream: ProbeReply.Stream, format: ProbeReply.Format?) {
        guard let codec = stream.codec_name, let width = stream.width, let height = stream.height, width > 0,
            height > 0, let timeBase = stream.time_base.flatMap(Rational.init(ratio:))
        else { return nil }
        let rotation = stream.side_data_list?.lazy.compactMap(\.rotation).first ?? 0
        let isTurned = abs(rotation.truncatingRemainder(dividingBy: 180)).rounded() == 90
        func rate(_ text: String?) -> Rational? {
            text.flatMap(Rational.init(ratio:)).flatMap { $0.numerator > 0 ? $0 : nil }
        }
        self.path = path
        self.container = format?.format_name ?? "unknown"
        self.codec = codec
        self.width = isTurned ? height : width
        self.height = isTurned ? width : height
        self.rotation = rotation
        self.timeBase = timeBase
        self.averageFrameRate = rate(stream.avg_frame_rate)
        self.realFrameRate = rate(stream.r_frame_rate)
        self.frameCount = stream.nb_frames.flatMap { Int($0) }
        self.duration =
            stream.duration_ts.flatMap { timeBase.multiplied(by: $0) }
            ?? format?.duration.flatMap(Rational.init(decimal:))
        self.startTick = stream.start_pts
        let tags = (format?.tags ?? [:]).merging(stream.tags ?? [:]) { _, ofStream in ofStream }
        self.tags = tags
        self.creationTime = tags["creation_time"] ?? tags["IDIT"] ?? tags["date"]
    }
}

/// The parts of ffprobe's JSON that are read; names are ffprobe's.
private struct ProbeReply: Decodable {
    struct Stream: Decodable {
        let codec_name: String?
        let width: Int?
        let height: Int?
        let time_base: String?
        let avg_frame_rate: String?
        let r_frame_rate: String?
        let nb_frames: String?
        let duration_ts: Int?
        let start_pts: Int?
        let side_data_list: [SideData]?
        let tags: [String: String]?
    }

    struct SideData: Decodable {
        let rotation: Double?
    }

    struct Format: Decodable {
        let format_name: String?
        let duration: String?
        let tags: [String: String]?
    }

    let streams: [Stream]?
    let format: Format?
}
