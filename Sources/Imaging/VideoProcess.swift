import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// What runs of ffprobe and ffmpeg have in common.
enum VideoProcess {
    /// Containers of one file without references to others: no playlists, no concatenation scripts, no devices.
    private static let containers = [
        "apng", "asf", "av1", "avi", "dv", "flv", "gif", "h264", "hevc", "ivf", "m4v", "matroska", "webm", "mjpeg",
        "mov",
        "mp4", "mpeg", "mpegts", "mpegvideo", "mxf", "nut", "obu", "ogg", "rm", "vc1", "wtv", "yuv4mpegpipe", "wav",
        "mp3",
    ]

    /// Options before the input: no network, no stepping into other files.
    static let inputRestrictions = [
        "-protocol_whitelist", "file,pipe", "-format_whitelist", containers.joined(separator: ","),
    ]

    /// Colour codes, which a user's settings can force, would spoil the log.
    static let environment = Environment.inherit.updating(["AV_LOG_FORCE_COLOR": nil, "AV_LOG_FORCE_NOCOLOR": "1"])

    static func executable(_ name: String) -> Executable {
        name.contains("/") ? .path(FilePath(name)) : .name(name)
    }

    static func requireFile(_ path: String) throws(VideoError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            !path.utf8.contains(0)
        else { throw .fileMissing(path: path) }
    }

    static func error(from error: any Error, program: String) -> VideoError {
        if let error = error as? VideoError { return error }
        if let error = error as? SubprocessError, error.code == .executableNotFound {
            return .programMissing(name: program)
        }
        return .programFailed(name: program, reason: "\(error)")
    }
}
