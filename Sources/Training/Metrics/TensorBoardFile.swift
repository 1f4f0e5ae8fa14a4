import Foundation
import Imaging

/// An event file that TensorBoard finds by its name in a folder.
final class TensorBoardFile {
    private let file: AppendedFile

    /// - Parameter step: on resuming, TensorBoard forgets what earlier files say of later steps.
    /// - Throws: `MetricLogError`
    init(folder: String, resumingAt step: Int?) throws {
        let time = Date().timeIntervalSince1970
        let prefix =
            folder + "/events.out.tfevents." + String(format: "%010d", Int(time))
            + ".\(ProcessInfo.processInfo.hostName.split(separator: ".").first ?? "host").\(getpid())."
        // A process may log several runs, or one anew, within a second.
        let number = (0...).lazy.first { !FileManager.default.fileExists(atPath: prefix + "\($0)") }!
        file = try AppendedFile(path: prefix + "\(number)", isNew: true)
        try append(TensorBoardEvent(content: .version, step: 0, time: time))
        if let step { try append(TensorBoardEvent(content: .restart, step: step + 1, time: time)) }
        try flush()
    }

    func append(_ event: TensorBoardEvent) throws { file.append(TFRecord.framed(try event.message().bytes)) }

    func flush() throws { try file.flush() }
}
