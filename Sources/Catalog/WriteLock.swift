import Foundation

/// One writer or checkpointer at a time, across processes.
///
/// SQLite 3.7.0 to 3.51.2 can damage a database when a write and a checkpoint on two connections meet (the WAL-reset
/// bug); Debian 12 ships 3.40.1. An advisory `flock` on a file beside the catalog keeps them apart; readers stay free.
enum WriteLock {
    /// Waits for the lock, up to `timeout` seconds, and runs `body` under it.
    /// - Throws: `CatalogError.locked` after that, `.readOnly` where no lock file can be made.
    static func hold<T>(catalog path: String, timeout: Double = 600, _ body: () throws -> T) throws -> T {
        let lockPath = path + ".lock"
        let descriptor = lockPath.withCString { open($0, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) }
        guard descriptor >= 0 else { throw CatalogError.readOnly(path: path) }
        // Closing the descriptor releases the lock.
        defer { close(descriptor) }
        let deadline = Date().addingTimeInterval(timeout)
        var announced = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard Date() < deadline else { throw CatalogError.locked(path: path) }
            if !announced, Date() > deadline.addingTimeInterval(1 - timeout) {
                FileHandle.standardError.write(Data("waiting for another command that writes to \(path)\n".utf8))
                announced = true
            }
            usleep(5000)
        }
        return try body()
    }
}
