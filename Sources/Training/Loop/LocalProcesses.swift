import Dispatch
import Foundation
import Tensors

/// Runs this program several times on this machine as one data-parallel training.
///
/// Small networks on a CPU learn faster so than with the threads of one process: small operations do not split well, pictures do.
/// A signal goes on to all of them. A launcher that is killed outright leaves them to finish.
public enum LocalProcesses {
    /// Starts `count` copies of this program with its own arguments and a `Rendezvous` in the environment, and waits.
    /// - Returns: the first exit status that is not 0, in the order of the ranks.
    /// - Throws: when a process cannot be started; those that run already are ended.
    public static func run(_ count: Int) throws -> Int32 {
        let threads = max(1, ProcessInfo.processInfo.activeProcessorCount / count)
        var environment = ProcessInfo.processInfo.environment
        environment["MASTER_ADDR"] = "127.0.0.1"
        environment["MASTER_PORT"] = String(try freePort())
        environment["WORLD_SIZE"] = String(count)
        // Waiting threads must not take a core from the other processes.
        for (name, value) in [
            ("OMP_NUM_THREADS", String(threads)), ("OPENBLAS_NUM_THREADS", String(threads)),
            ("OMP_WAIT_POLICY", "passive"),
        ] where environment[name] == nil {
            environment[name] = value
        }
        var running: [Process] = []
        do {
            for rank in 0..<count {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
                process.arguments = Array(CommandLine.arguments.dropFirst())
                environment["RANK"] = String(rank)
                environment["LOCAL_RANK"] = String(rank)
                process.environment = environment
                try process.run()
                running.append(process)
            }
        } catch {
            for process in running { process.terminate() }
            throw error
        }
        let identifiers = running.map(\.processIdentifier)
        let forwarded = [SIGINT, SIGTERM, SIGUSR1].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: DispatchQueue(label: "forward-signal"))
            source.setEventHandler { for identifier in identifiers { kill(identifier, number) } }
            source.resume()
            return source
        }
        defer { for source in forwarded { source.cancel() } }
        for process in running { process.waitUntilExit() }
        return running.map { $0.terminationReason == .exit ? $0.terminationStatus : 128 + $0.terminationStatus }
            .first { $0 != 0 } ?? 0
    }

    /// A port that nobody listens at.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) | getsockname(descriptor, generic, &length)
            }
        }
        guard descriptor >= 0, status == 0 else { throw TorchError("there is no free port for several processes") }
        return UInt16(bigEndian: address.sin_port)
    }
}
