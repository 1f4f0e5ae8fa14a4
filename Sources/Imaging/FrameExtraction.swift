import Subprocess

/// Decodes a video and hands selected frames on, one at a time.
///
/// ffmpeg decodes in another process, reads no other file and no network, applies the rotation, and writes RGB to a
/// pipe; times come from its log. At most one frame and a pipe's content are in memory. The conversion to RGB is
/// bit-exact, so the same file gives the same pixels again. Where a stream changes its size midway, numbers and times go
/// on, and the selection starts anew.
public struct FrameExtraction: Sendable {
    public let path: String
    public let selection: FrameSelection
    public var programs = VideoPrograms()

    /// What a run has done.
    public struct Summary: Hashable, Sendable {
        /// Frames decoded, selected or not.
        public let decoded: Int
        /// Frames handed on.
        public let delivered: Int
        /// ffmpeg's words on damage that it could conceal.
        public let complaints: [String]
    }

    public init(path: String, selection: FrameSelection, programs: VideoPrograms = VideoPrograms()) {
        self.path = path
        self.selection = selection
        self.programs = programs
    }

    /// Calls `body` with each selected frame, in order of presentation; decoding waits for it.
    /// - Throws: `VideoError`; for a video that breaks off, after all frames before the break were handed on. Whatever
    ///   `body` throws ends the decoding and is thrown on.
    @discardableResult
    public func forEachFrame(_ body: (VideoFrame) async throws -> Void) async throws -> Summary {
        let info = try await VideoInfo.probe(path, programs: programs)
        let outcome = try await decode(
            info, expression: selection.expression(timeBase: info.timeBase), limit: nil, body)
        let summary = outcome.summary
        guard summary.decoded > 0 else {
            throw VideoError.noFrames(path: path, reason: outcome.reason ?? "ffmpeg gives no reason")
        }
        if let reason = outcome.breakReason(info) {
            throw VideoError.broken(path: path, frames: summary.decoded, reason: reason)
        }
        guard outcome.announced == summary.delivered else {
            throw VideoError.programFailed(
                name: programs.ffmpeg,
                reason: "it announced \(outcome.announced) frames of \(path) and gave \(summary.delivered)")
        }
        if case .interval = selection, summary.delivered == 0 { throw VideoError.noTimes(path: path) }
        if case .rate = selection, summary.delivered == 0 { throw VideoError.noTimes(path: path) }
        return summary
    }

    /// Decodes one frame again, with the pixels that any extraction gives it.
    /// - Parameter ordinal: its number among all frames, from 0.
    /// - Throws: `VideoError`.
    public static func frame(
        ordinal: Int, of path: String, programs: VideoPrograms = VideoPrograms()
    ) async throws -> VideoFrame {
        try await single(
            "eq(n,\(max(ordinal, -1)))", ordinal: ordinal, named: "number \(ordinal)", of: path, programs)
    }

    /// Decodes one frame again, with the pixels that any extraction gives it.
    /// - Parameter tick: its presentation time in ticks of the stream's time base.
    /// - Throws: `VideoError`.
    public static func frame(
        tick: Int, of path: String, programs: VideoPrograms = VideoPrograms()
    ) async throws -> VideoFrame {
        try await single("eq(pts,\(tick))", ordinal: nil, named: "presentation tick \(tick)", of: path, programs)
    }

    /// From the start of the file, not by seeking: only so are references, and with them pixels, sure to be the same.
    private static func single(
        _ expression: String, ordinal: Int?, named name: String, of path: String, _ programs: VideoPrograms
    ) async throws -> VideoFrame {
        let info = try await VideoInfo.probe(path, programs: programs)
        let extraction = FrameExtraction(path: path, selection: .all, programs: programs)
        var found: VideoFrame?
        let outcome = try await extraction.decode(info, expression: expression, limit: 1) { found = $0 }
        if let found, ordinal == nil || found.ordinal == ordinal { return found }
        if let reason = outcome.breakReason(info) {
            throw VideoError.broken(path: path, frames: outcome.summary.decoded, reason: reason)
        }
        throw VideoError.frameMissing(path: path, frame: name)
    }

    private func arguments(expression: String, limit: Int?) -> [String] {
        let graph = [
            "\(VideoLogLine.decodedFilter)=checksum=0",
            "select='\(expression)'",
            "scale=flags=bicubic+accurate_rnd+full_chroma_int+bitexact",
            "format=rgb24",
            "\(VideoLogLine.selectedFilter)=checksum=0",
        ]
        return ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info"] + VideoProcess.inputRestrictions
            + ["-copyts", "-i", "file:\(path)", "-map", "0:V:0", "-vf", graph.joined(separator: ",")]
            // No frame twice or dropped, none scaled to the size of the first.
            + ["-fps_mode", "passthrough", "-noautoscale"] + (limit.map { ["-frames:v", "\($0)"] } ?? [])
            // Times of its own for the pipe: at a repeated one, ffmpeg would drop a frame whose line is already logged.
            + ["-bsf:v", "setts=ts=N", "-f", "rawvideo", "-c:v", "rawvideo", "pipe:1"]
    }

    private func decode(
        _ info: VideoInfo, expression: String, limit: Int?, _ body: (VideoFrame) async throws -> Void
    ) async throws -> DecodingOutcome {
        // An error of `body` must leave as it came, not as one of the process.
        var bodyError: (any Error)?
        do {
            let result = try await run(
                VideoProcess.executable(programs.ffmpeg),
                arguments: Arguments(arguments(expression: expression, limit: limit)),
                environment: VideoProcess.environment, input: .none, output: .sequence, error: .sequence
            ) { execution in
                let (notes, continuation) = AsyncStream.makeStream(of: SelectedFrame.self)
                return try await withThrowingTaskGroup(of: VideoLog.self) { group in
                    group.addTask {
                        defer { continuation.finish() }
                        var log = VideoLog(path: path, timeBase: info.timeBase)
                        for try await chunk in execution.standardError {
                            chunk.withUnsafeBytes { log.append($0) { continuation.yield($0) } }
                        }
                        return log
                    }
                    do {
                        var frames = FrameAssembler(notes: notes.makeAsyncIterator())
                        for try await chunk in execution.standardOutput {
                            try await frames.append(chunk) { frame in
                                do {
                                    try await body(frame)
                                } catch {
                                    bodyError = error
                                    throw error
                                }
                            }
                        }
                        let log = try await group.next()
                        return (frames.delivered, log)
                    } catch {
                        // Before the group waits for the log: ffmpeg may be stuck at a pipe that nobody reads any more.
                        try? execution.send(signal: .kill)
                        throw error
                    }
                }
            }
            // A cancelled reader ends early without an error, which must not pass for a damaged file.
            try Task.checkCancellation()
            let (delivered, log) = result.closureResult
            return DecodingOutcome(
                summary: Summary(
                    decoded: log?.decoded ?? 0, delivered: delivered, complaints: log?.complaints ?? []),
                announced: log?.selected ?? 0, isSuccess: result.terminationStatus.isSuccess)
        } catch {
            if let bodyError { throw bodyError }
            try Task.checkCancellation()
            throw VideoProcess.error(from: error, program: programs.ffmpeg)
        }
    }
}

/// How a run of ffmpeg ended.
private struct DecodingOutcome {
    let summary: FrameExtraction.Summary
    /// Selected frames in the log: each is paired with pixels in the order of both.
    let announced: Int
    let isSuccess: Bool

    var reason: String? { summary.complaints.first }

    /// Why the video is to be called broken off; nil where it is whole, or its damage was concealed.
    func breakReason(_ info: VideoInfo) -> String? {
        if !isSuccess { return reason ?? "ffmpeg failed without a reason" }
        guard let declared = info.frameCount else { return reason }
        guard summary.decoded < declared else { return nil }
        if let reason { return reason }
        // Edit lists of QuickTime leave declared frames out in sound files.
        return info.container.hasPrefix("mov") ? nil : "the file declares \(declared) frames"
    }
}
