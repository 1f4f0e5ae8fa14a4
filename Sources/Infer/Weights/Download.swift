import Checkpoints
import Commands
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Fetches a file with curl; what came before an interruption is kept and gone on with.
struct Download {
    let url: String
    let path: String

    /// What curl exits with when a server cannot go on in the middle, or when nothing is left to fetch.
    private static let cannotResume: Set<Int32> = [22, 33, 36]

    /// - Throws: `CheckpointError`
    func run() async throws {
        let isPartial = FileManager.default.fileExists(atPath: path)
        var status = try await curl()
        if isPartial, Self.cannotResume.contains(status) {
            try? FileManager.default.removeItem(atPath: path)
            status = try await curl()
        }
        guard status == 0 else {
            throw CheckpointError(url, "the download failed (curl exit status \(status)); run it again to go on")
        }
    }

    private func curl() async throws -> Int32 {
        let scheme = url.hasPrefix("https:") ? "=https" : "=http,https"
        let arguments = [
            "--fail", "--location", "--proto", scheme, "--proto-redir", scheme, "--retry", "3", "--continue-at", "-",
            "--output", path,
        ]
        let progress = Terminal.errorIsInteractive ? ["--progress-bar"] : ["--silent", "--show-error"]
        do {
            // curl's own progress and messages go to the person.
            let result = try await Subprocess.run(
                .name("curl"), arguments: Arguments(arguments + progress + ["--", url]), output: .discarded,
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
            switch result.terminationStatus {
            case .exited(let code): return Int32(code)
            case .signaled(let code): throw CheckpointError(url, "the download was ended by signal \(code)")
            }
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw CheckpointError(url, "curl is not installed: apt install curl, or give the file with --from")
        }
    }
}
