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
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard isSuccess, let reply = try? decoder.decode(ProbeReply.self, from: Data(output)) else {
            throw .unreadable(path: path, reason: reason ?? "ffprobe gives no reason")
        }
        guard let stream = reply.streams?.first else { throw .noVideoStream(path: path) }
        guard let info = VideoInfo(path: path, stream: stream, format: reply.format) else {
            throw .unreadable(path: path, reason: reason ?? "the stream has no codec, size or time base")
        }
        return info
    }

    private init?(path: String, stream: ProbeReply.Stream, format: ProbeReply.Format?) {
        guard let codec = stream.codecName, let width = stream.width, let height = stream.height, width > 0,
            height > 0, let timeBase = stream.timeBase.flatMap(Rational.init(ratio:))
        else { return nil }
        let rotation = stream.sideDataList?.lazy.compactMap(\.rotation).first ?? 0
        let isTurned = abs(rotation.truncatingRemainder(dividingBy: 180)).rounded() == 90
        func rate(_ text: String?) -> Rational? {
            text.flatMap(Rational.init(ratio:)).flatMap { $0.numerator > 0 ? $0 : nil }
        }
        self.path = path
        self.container = format?.formatName ?? "unknown"
        self.codec = codec
        self.width = isTurned ? height : width
        self.height = isTurned ? width : height
        self.rotation = rotation
        self.timeBase = timeBase
        self.averageFrameRate = rate(stream.avgFrameRate)
        self.realFrameRate = rate(stream.rFrameRate)
        self.frameCount = stream.nbFrames.flatMap { Int($0) }
        self.duration =
            stream.durationTs.flatMap { timeBase.multiplied(by: $0) }
            ?? format?.duration.flatMap(Rational.init(decimal:))
        self.startTick = stream.startPts
        let tags = (format?.tags ?? [:]).merging(stream.tags ?? [:]) { _, ofStream in ofStream }
        self.tags = tags
        self.creationTime = tags["creation_time"] ?? tags["IDIT"] ?? tags["date"]
    }
}

/// The parts of ffprobe's JSON that are read; names are ffprobe's, without underscores.
private struct ProbeReply: Decodable {
    struct Stream: Decodable {
        let codecName: String?
        let width: Int?
        let height: Int?
        let timeBase: String?
        let avgFrameRate: String?
        let rFrameRate: String?
        let nbFrames: String?
        let durationTs: Int?
        let startPts: Int?
        let sideDataList: [SideData]?
        let tags: [String: String]?
    }

    struct SideData: Decodable {
        let rotation: Double?
    }

    struct Format: Decodable {
        let formatName: String?
        let duration: String?
        let tags: [String: String]?
    }

    let streams: [Stream]?
    let format: Format?
}
