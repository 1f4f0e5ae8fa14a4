import Foundation

/// A temporary folder with clips that ffmpeg makes from its test pictures; removed with its last reference.
final class ClipFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("clips-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Runs ffmpeg, its last argument a name in the folder, and returns the path of what it made.
    func make(_ arguments: String...) throws -> String {
        let clip = "\(path)/\(arguments[arguments.count - 1])"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ffmpeg", "-v", "error", "-nostdin", "-y"] + arguments.dropLast() + [clip]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
        return clip
    }

    /// 64 x 48 test pictures, without loss: `frames` of them at `rate` a second, a keyframe every 5.
    func testClip(_ name: String, rate: String = "10", frames: Int = 20) throws -> String {
        try make(
            "-f", "lavfi", "-i", "testsrc=s=64x48:r=\(rate)", "-frames:v", "\(frames)", "-c:v", "ffv1", "-pix_fmt",
            "bgr0",
            "-g", "5", name)
    }

    func write(_ bytes: some Sequence<UInt8>, as name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// The first part of a file.
    func truncate(_ clip: String, to share: Double, as name: String) throws -> String {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: clip))
        return try write(bytes.prefix(Int(Double(bytes.count) * share)), as: name)
    }
}
