import Catalog
import Foundation
import Hashing
import Imaging

/// The frames of one clip, written to files, and what was learned on the way.
struct ClipExtraction: Sendable {
    /// One frame, its pixels already in a file.
    struct Frame: Sendable {
        let ordinal: Int
        let tick: Int?
        /// Seconds into the clip.
        let time: Double?
        let isKeyframe: Bool
        let width: Int
        let height: Int
        /// Nil for a frame that the catalog has.
        let file: FrameStore.File?
        let looks: UInt64
        let isGrey: Bool

        func medium(of video: VideoRecord, root: Int64) -> MediumRecord {
            var medium = MediumRecord(rootID: root, path: file?.path ?? "", width: width, height: height)
            (medium.bytes, medium.sha256) = (file?.bytes, file?.digest.bytes)
            (medium.perceptualHash, medium.infrared) = (Int64(bitPattern: looks), isGrey)
            medium.capturedAt = video.capturedAt.map { CaptureTime.adding(time ?? 0, to: $0) }
            (medium.siteID, medium.deploymentID, medium.videoID) = (video.siteID, video.deploymentID, video.id)
            (medium.frameIndex, medium.pts, medium.isKeyframe) = (ordinal, tick.map(Int64.init), isKeyframe)
            return medium
        }
    }

    var info: VideoInfo?
    var frames: [Frame] = []
    /// Why not all frames could be had.
    var problem: VideoError?
    var complaints: [String] = []
    private var bytes: Int?

    /// - Parameter known: ordinals of frames that the catalog has; their files are left alone.
    /// - Throws: `VideoError` for a program that is missing or cannot be run; defects of the clip are its `problem`.
    static func run(
        _ clip: ClipPlace, selection: FrameSelection, store: FrameStore, known: Set<Int>,
        progress: (Double, Double) -> Void
    ) async throws -> ClipExtraction {
        var result = ClipExtraction()
        result.bytes = (try? FileManager.default.attributesOfItem(atPath: clip.file)[.size] as? Int) ?? nil
        do {
            let info = try await VideoInfo.probe(clip.file)
            result.info = info
            let length = info.duration?.value ?? 0
            let start = info.startTick.flatMap { info.timeBase.multiplied(by: $0) }?.value ?? 0
            let summary = try await FrameExtraction(path: clip.file, selection: selection).forEachFrame { frame in
                let time = frame.time.map { $0.value - start }
                result.frames.append(
                    try Self.keep(frame, time: time, in: known.contains(frame.ordinal) ? nil : store))
                progress(time ?? 0, length)
            }
            result.complaints = summary.complaints
        } catch let error as VideoError {
            switch error {
            case .programMissing, .programFailed, .badSelection: throw error
            default: result.problem = error
            }
        }
        return result
    }

    private static func keep(_ frame: VideoFrame, time: Double?, in store: FrameStore?) throws -> Frame {
        guard let store else {
            return Frame(
                ordinal: frame.ordinal, tick: frame.tick, time: time, isKeyframe: frame.isKeyframe,
                width: frame.width, height: frame.height, file: nil, looks: 0, isGrey: false)
        }
        let picture = Image(width: frame.width, height: frame.height, channels: 3, bytes: frame.pixels)
        return Frame(
            ordinal: frame.ordinal, tick: frame.tick, time: time, isKeyframe: frame.isKeyframe,
            width: frame.width, height: frame.height, file: try store.store(frame),
            looks: PerceptualHash(of: picture).bits, isGrey: InfraredGuess.isColourless(picture))
    }

    /// Fills the columns of a clip.
    func describe(_ video: inout VideoRecord) {
        (video.bytes, video.problem) = (bytes, problem.map { "\($0)" })
        guard let info else { return }
        (video.codec, video.width, video.height) = (info.codec, info.width, info.height)
        video.timeBase = "\(info.timeBase.numerator)/\(info.timeBase.denominator)"
        video.frameRate = (info.averageFrameRate ?? info.realFrameRate).map { "\($0.numerator)/\($0.denominator)" }
        video.duration = info.duration?.value
        video.capturedAt = video.capturedAt ?? info.creationTime.flatMap(CaptureTime.iso8601)
    }
}

/// Times as cameras write them into containers.
enum CaptureTime {
    private static let zoneless = "yyyy-MM-dd'T'HH:mm:ss"

    /// ISO 8601 of a container's text: ISO 8601 itself, EXIF's `2014:06:22 10:00:00`, or C's `Sun Jun 22 10:00:00 2014`
    /// as AVI's IDIT has it. Nil where it is none of them, or the zero of QuickTime's clock.
    static func iso8601(_ text: String) -> String? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines.union(.controlCharacters))
        guard !text.hasPrefix("1904-01-01"), !text.hasPrefix("1970-01-01") else { return nil }
        if let (date, hasZone) = parsed(text) { return format(date, hasZone: hasZone) }
        for pattern in ["yyyy:MM:dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "EEE MMM d HH:mm:ss yyyy"] {
            if let date = formatter(pattern).date(from: text.split(separator: " ").joined(separator: " ")) {
                return format(date, hasZone: false)
            }
        }
        return nil
    }

    /// A time so many seconds later, whole; the text itself where it is no ISO 8601.
    static func adding(_ seconds: Double, to text: String) -> String {
        guard let (date, hasZone) = parsed(text), seconds.isFinite else { return text }
        // Other zones than UTC stay as they are written: a shift of seconds is not worth a wrong zone.
        if hasZone, !text.hasSuffix("Z") { return text }
        return format(date.addingTimeInterval(seconds.rounded(.down)), hasZone: hasZone)
    }

    private static func parsed(_ text: String) -> (date: Date, hasZone: Bool)? {
        if let date = formatter(zoneless).date(from: text) { return (date, false) }
        for pattern in ["yyyy-MM-dd'T'HH:mm:ssXXXXX", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXXXX"] {
            if let date = formatter(pattern).date(from: text) { return (date, true) }
        }
        return nil
    }

    private static func format(_ date: Date, hasZone: Bool) -> String {
        formatter(zoneless).string(from: date) + (hasZone ? "Z" : "")
    }

    private static func formatter(_ pattern: String) -> DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = pattern
        return formatter
    }
}
