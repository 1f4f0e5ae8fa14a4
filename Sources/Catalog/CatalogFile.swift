internal import CSQLite
import Foundation
internal import GRDB

/// One SQLite file that holds every label, where it came from, and how to take it back.
///
/// Readers see a consistent snapshot and never wait. Each `write` is one transaction, made by one process at a time.
public final class CatalogFile: Sendable {
    /// Absolute path of the SQLite file.
    public let path: String
    private let queue: DatabaseQueue
    private let isWritable: Bool

    private init(path: String, queue: DatabaseQueue, isWritable: Bool) {
        (self.path, self.queue, self.isWritable) = (path, queue, isWritable)
    }

    /// Makes an empty catalog.
    /// - Throws: `CatalogError.exists` when the path is taken, `.readOnly` when the folder cannot be written.
    public static func create(at path: String) throws -> CatalogFile {
        try create(at: path, upTo: migrator.migrations[migrator.migrations.count - 1])
    }

    /// As above; a `migration` before the last makes what an older release would have made.
    static func create(at path: String, upTo migration: String) throws -> CatalogFile {
        let path = absolute(path)
        guard !FileManager.default.fileExists(atPath: path) else { throw CatalogError.exists(path: path) }
        // Built under another name and then linked into place, so that no half-made catalog is ever seen.
        let draft = path + ".new-\(ProcessInfo.processInfo.processIdentifier)"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: draft + suffix) } }
        do {
            try wrapped(path) {
                let queue = try DatabaseQueue(path: draft, configuration: configuration(readOnly: false))
                try queue.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL")
                    try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                }
                try migrator.migrate(queue, upTo: migration)
                try queue.writeWithoutTransaction { db in
                    try db.execute(sql: "PRAGMA journal_mode = DELETE")
                }
                try queue.close()
            }
        } catch {
            guard FileManager.default.isWritableFile(atPath: folder(of: path)) else {
                throw CatalogError.readOnly(path: path)
            }
            throw error
        }
        guard link(draft, path) == 0 else { throw CatalogError.exists(path: path) }
        return try openAsIs(path)
    }

    /// Opens a catalog; an older one is migrated after a copy of it has been kept beside it.
    /// - Throws: `CatalogError.missing`, `.notACatalog`, `.newer`, `.failed`.
    public static func open(at path: String) throws -> CatalogFile {
        let catalog = try openAsIs(absolute(path))
        try catalog.migrate()
        return catalog
    }

    /// Opens a catalog in the version that it has.
    private static func openAsIs(_ path: String) throws -> CatalogFile {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CatalogError.missing(path: path)
        }
        guard !isFolder.boolValue else { throw CatalogError.notACatalog(path: path, reason: "it is a folder") }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw CatalogError.failed(path: path, reason: "the file cannot be read (permission denied)")
        }
        let isWritable =
            FileManager.default.isWritableFile(atPath: path)
            && FileManager.default.isWritableFile(atPath: folder(of: path))
        // Without a writable folder SQLite cannot make its shared-memory file: read the file as a constant.
        let location = isWritable ? path : "file:\(escaped(path))?immutable=1"
        let queue = try wrapped(path) {
            try DatabaseQueue(path: location, configuration: configuration(readOnly: !isWritable))
        }
        let catalog = CatalogFile(path: path, queue: queue, isWritable: isWritable)
        try catalog.verifyKind()
        try catalog.useWriteAheadLog()
        return catalog
    }

    /// Runs `body` over one consistent snapshot.
    public func read<T>(_ body: (CatalogReader) throws -> T) throws -> T {
        try Self.wrapped(path) {
            try queue.read { db in try body(CatalogReader(db: db, catalogPath: path)) }
        }
    }

    /// Runs `body` as one transaction that the history lists as one operation; nothing stays if it throws.
    /// - Parameters:
    ///   - command: what the user asked for, in words; `annotate history` shows it.
    ///   - isBulk: `body` gives every row the ids of rows that it has looked up or made itself, so that SQLite need not
    ///     look up each foreign key again (a third of the time of an import).
    ///   - operation: an operation of this process to go on with, so that long work in several transactions is one line
    ///     of the history and one step of undo.
    public func write<T>(
        command: String, isBulk: Bool = false, continuing operation: Int64? = nil,
        _ body: (CatalogWriter) throws -> T
    ) throws -> T {
        try write(command: command, isBulk: isBulk, continuing: operation, attaching: nil, body)
    }

    /// As above; `body` can read the catalog at `other` as the schema `other`.
    func write<T>(
        command: String, isBulk: Bool, continuing operation: Int64?, attaching other: String?,
        _ body: (CatalogWriter) throws -> T
    ) throws -> T {
        guard isWritable else { throw CatalogError.readOnly(path: path) }
        return try WriteLock.hold(catalog: path) {
            try Self.wrapped(path) {
                try queue.writeWithoutTransaction { db in
                    if let other { try db.execute(sql: "ATTACH ? AS other", arguments: [other]) }
                    defer { if other != nil { try? db.execute(sql: "DETACH other") } }
                    if isBulk { try db.execute(sql: "PRAGMA foreign_keys = OFF") }
                    defer { if isBulk { try? db.execute(sql: "PRAGMA foreign_keys = ON") } }
                    var result: T?
                    try db.inTransaction(.immediate) {
                        let writer = try CatalogWriter(
                            db: db, catalogPath: path, command: command, continuing: operation)
                        result = try body(writer)
                        try writer.finish()
                        return .commit
                    }
                    Self.checkpoint(db)
                    return result!
                }
            }
        }
    }

    /// Runs `body` as one transaction that writes facts of runs and leaves no line in the history.
    /// - Parameter timeout: seconds to wait for another command that writes.
    /// - Throws: `CatalogError.locked` after that; `.readOnly`.
    public func record<T>(waiting timeout: Double = 600, _ body: (RunRecorder) throws -> T) throws -> T {
        guard isWritable else { throw CatalogError.readOnly(path: path) }
        return try WriteLock.hold(catalog: path, timeout: timeout) {
            try Self.wrapped(path) {
                try queue.writeWithoutTransaction { db in
                    var result: T?
                    try db.inTransaction(.immediate) {
                        try db.execute(sql: "UPDATE current_operation SET logging = 0")
                        result = try body(RunRecorder(db: db, catalogPath: path))
                        try db.execute(sql: "UPDATE current_operation SET logging = 1")
                        return .commit
                    }
                    Self.checkpoint(db)
                    return result!
                }
            }
        }
    }

    /// Writes a compact, verified copy.
    /// - Throws: `CatalogError.exists` when `destination` is taken; `.failed` when the copy does not verify.
    public func backup(to destination: String) throws {
        let destination = Self.absolute(destination)
        guard !FileManager.default.fileExists(atPath: destination) else {
            throw CatalogError.exists(path: destination)
        }
        let draft = destination + ".part"
        try? FileManager.default.removeItem(atPath: draft)
        defer { try? FileManager.default.removeItem(atPath: draft) }
        try Self.wrapped(destination) {
            try queue.writeWithoutTransaction { db in try db.execute(sql: "VACUUM INTO ?", arguments: [draft]) }
            let copy = try DatabaseQueue(path: draft)
            let verdict = try copy.read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check") }
            try copy.close()
            guard verdict == "ok" else {
                throw CatalogError.failed(path: destination, reason: "the copy does not verify: \(verdict ?? "")")
            }
        }
        guard rename(draft, destination) == 0 else {
            throw CatalogError.failed(path: destination, reason: "the copy could not be moved into place")
        }
    }

    /// Version of the SQLite library in use.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }
}

// MARK: - Opening

extension CatalogFile {
    /// Migrations are numbered and, once landed, never edited.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: Schema.version1)
            try db.execute(sql: History.triggers(in: db, for: Schema.undoableTables1))
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: Schema.version2)
            // They went with the table that was replaced.
            try db.execute(sql: History.triggers(in: db, for: ["run"]))
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3") { db in
            try db.execute(sql: Schema.version3)
            try db.execute(sql: History.triggers(in: db, for: Schema.undoableTables3))
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("4") { db in
            try db.execute(sql: Schema.version4)
            try db.execute(sql: History.triggers(in: db, for: Schema.undoableTables4))
            try db.execute(sql: "PRAGMA user_version = 4")
        }
        migrator.registerMigration("5") { db in
            try db.execute(sql: Schema.version5)
            try db.execute(sql: History.triggers(in: db, for: Schema.undoableTables5))
            try db.execute(sql: "PRAGMA user_version = 5")
        }
        return migrator
    }

    private static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            if !readOnly {
                // A reader that closes must not checkpoint: it does not hold the write lock.
                csqlite_disable_checkpoint_on_close(db.sqliteConnection)
            }
            try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -131072; PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    private func verifyKind() throws {
        let found: Int32
        do {
            found = try queue.read { db in try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0 }
        } catch let error as DatabaseError {
            throw CatalogError.notACatalog(path: path, reason: error.message ?? "SQLite cannot read it")
        }
        guard found == Schema.applicationID else {
            throw CatalogError.notACatalog(path: path, reason: "its application id is \(found)")
        }
    }

    private func migrate() throws {
        try Self.wrapped(path) {
            let migrator = Self.migrator
            let state = try queue.read { db in
                (
                    complete: try migrator.hasCompletedMigrations(db), newer: try migrator.hasBeenSuperseded(db),
                    applied: try migrator.appliedIdentifiers(db)
                )
            }
            guard !state.newer else {
                let unknown = state.applied.subtracting(migrator.migrations).sorted().joined(separator: ", ")
                throw CatalogError.newer(path: path, found: "migration \(unknown)")
            }
            if state.complete { return }
            guard isWritable else { throw CatalogError.readOnly(path: path) }
            try WriteLock.hold(catalog: path) {
                // Another process may have migrated it while this one waited.
                if try queue.read(migrator.hasCompletedMigrations) { return }
                try backup(to: Self.free("\(path).before-\(migrator.migrations.last ?? "")"))
                try migrator.migrate(queue)
            }
        }
    }

    /// The path, or one with a number where an earlier attempt has left its copy.
    private static func free(_ path: String) -> String {
        let candidates = sequence(first: 1) { $0 + 1 }.lazy.map { $0 == 1 ? path : "\(path)-\($0)" }
        return candidates.first { !FileManager.default.fileExists(atPath: $0) }!
    }

    private func useWriteAheadLog() throws {
        guard isWritable else { return }
        try Self.wrapped(path) {
            try queue.writeWithoutTransaction { db in
                if try String.fetchOne(db, sql: "PRAGMA journal_mode") != "wal" {
                    try db.execute(sql: "PRAGMA journal_mode = WAL")
                }
            }
        }
    }

    /// Moves the write-ahead log into the main file, so that copying that one file copies everything. Readers in the
    /// way are left alone: the next writer does it.
    private static func checkpoint(_ db: Database) {
        sqlite3_busy_timeout(db.sqliteConnection, 0)
        defer { sqlite3_busy_timeout(db.sqliteConnection, 5000) }
        sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }

    /// Gives SQLite's errors the catalog's name and plain words.
    private static func wrapped<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw CatalogError.locked(path: path)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN: throw CatalogError.readOnly(path: path)
            case .SQLITE_FULL: throw CatalogError.failed(path: path, reason: "the disk is full")
            case .SQLITE_NOTADB:
                throw CatalogError.notACatalog(path: path, reason: error.message ?? "SQLite cannot read it")
            case .SQLITE_CORRUPT:
                throw CatalogError.failed(
                    path: path, reason: "the file is damaged (\(error.message ?? "")); restore a backup")
            default: throw CatalogError.failed(path: path, reason: error.description)
            }
        }
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    private static func folder(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private static func escaped(_ path: String) -> String {
        path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    }
}
