/// What a video file says of itself and its first moving-picture stream.
public struct VideoInfo: Hashable, Sendable {
    public let path: String
    /// ffmpeg's name of the container format, such as `avi` or `mov,mp4,m4a,3gp,3g2,mj2`.
    public let container: String
    /// ffmpeg's name of the codec, such as `h264`.
    public let codec: String
    /// Size in pixels as displayed: after rotation, and that of every extracted frame.
    public let width: Int
    public let height: Int
    /// The turn from stored to displayed picture in degrees, counter-clockwise, as the display matrix has it; 0 where
    /// there is none.
    public let rotation: Double
    /// Seconds a tick of the stream's presentation times.
    public let timeBase: Rational
    /// Frames a second over the whole stream; nil where unknown.
    public let averageFrameRate: Rational?
    /// The lowest rate that gives every frame a whole number of its periods; equal to the average for a constant rate.
    public let realFrameRate: Rational?
    /// As the container declares it; edit lists and damage can leave fewer to decode. Nil where it does not.
    public let frameCount: Int?
    /// Seconds; nil where unknown.
    public let duration: Rational?
    /// The tick at which the stream starts.
    public let startTick: Int?
    /// The container's text, mostly ISO 8601 in UTC. Camera clocks are often wrong, so it is not made a date here.
    public let creationTime: String?
    /// Tags of the container and, where both have a key, of the stream.
    public let tags: [String: String]
}

/// The programs that decode video. Each runs as another process, so that a damaged file cannot harm this one.
public struct VideoPrograms: Hashable, Sendable {
    /// Names to look up on the PATH, or paths.
    public var ffmpeg: String
    public var ffprobe: String

    public init(ffmpeg: String = "ffmpeg", ffprobe: String = "ffprobe") {
        self.ffmpeg = ffmpeg
        self.ffprobe = ffprobe
    }
}

/// One decoded frame.
public struct VideoFrame: Hashable, Sendable {
    /// Size in pixels, as displayed.
    public let width: Int
    public let height: Int
    /// RGB, 8 bits each, row after row from the top: `3 * width * height` bytes.
    public let pixels: [UInt8]
    /// The frame's number among all that are decoded, from 0, in the order of presentation.
    public let ordinal: Int
    /// The presentation time in ticks of `timeBase`; nil where the file has none.
    public let tick: Int?
    /// Seconds a tick.
    public let timeBase: Rational
    /// Whether the frame is decoded without another.
    public let isKeyframe: Bool

    /// The presentation time in seconds, exact.
    public var time: Rational? { tick.flatMap { timeBase.multiplied(by: $0) } }
}
