/// Why a video could not be read, or not to its end. `reason` is ffmpeg's own word.
public enum VideoError: Error, Equatable, CustomStringConvertible {
    case programMissing(name: String)
    case programFailed(name: String, reason: String)
    case fileMissing(path: String)
    case unreadable(path: String, reason: String)
    case noVideoStream(path: String)
    case noFrames(path: String, reason: String)
    /// The first `frames` frames were decoded, and those selected were delivered.
    case broken(path: String, frames: Int, reason: String)
    case frameMissing(path: String, frame: String)
    case noTimes(path: String)
    case badSelection(text: String)

    public var description: String {
        switch self {
        case .programMissing(let name):
            "the program \(name) was not found, expected it on the PATH (Debian: apt install ffmpeg)"
        case .programFailed(let name, let reason):
            "the program \(name) could not be run: \(reason)"
        case .fileMissing(let path):
            "\(path): there is no such file, expected a video"
        case .unreadable(let path, let reason):
            "\(path): cannot be read as a video: \(reason)"
        case .noVideoStream(let path):
            "\(path): has no video stream, expected one"
        case .noFrames(let path, let reason):
            "\(path): no frame can be decoded: \(reason)"
        case .broken(let path, let frames, let reason):
            "\(path): is damaged, only the first \(frames) frames could be decoded: \(reason)"
        case .frameMissing(let path, let frame):
            "\(path): has no frame with \(frame)"
        case .noTimes(let path):
            "\(path): its frames have no presentation times, expected a selection by frame number"
        case .badSelection(let text):
            "'\(text)' selects no frames, expected all, keyframes, a count such as 10 (every tenth frame), "
                + "a time such as 1s, 0.5s or 500ms, a rate such as 2fps, or scene:0.3"
        }
    }
}
