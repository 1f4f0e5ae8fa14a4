internal import CSQLite
internal import GRDB

/// A prepared statement driven without boxing values: the bulk paths bind and read millions of columns.
///
/// Not Sendable: it lives and dies inside one `read` or `write`. SQLite copies blobs and text on `bind`, but for
/// `bindBorrowedBlob`.
final class Statement {
    private let handle: OpaquePointer
    private let db: Database

    init(_ db: Database, _ sql: String) throws {
        var handle: OpaquePointer?
        guard sqlite3_prepare_v3(db.sqliteConnection, sql, -1, 0, &handle, nil) == SQLITE_OK, let handle else {
            throw Statement.error(of: db, sql)
        }
        (self.handle, self.db) = (handle, db)
    }

    deinit { sqlite3_finalize(handle) }

    private static func error(of db: Database, _ sql: String) -> DatabaseError {
        let connection = db.sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }

    // MARK: Binding, by 1-based index

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }
    func bind(_ index: Int32, _ value: Int) { sqlite3_bind_int64(handle, index, Int64(value)) }
    func bind(_ index: Int32, _ value: Double) { sqlite3_bind_double(handle, index, value) }
    func bindNull(_ index: Int32) { sqlite3_bind_null(handle, index) }

    func bind(_ index: Int32, _ value: Int64?) { value.map { bind(index, $0) } ?? bindNull(index) }
    func bind(_ index: Int32, _ value: Int?) { value.map { bind(index, $0) } ?? bindNull(index) }
    func bind(_ index: Int32, _ value: Double?) { value.map { bind(index, $0) } ?? bindNull(index) }

    func bind(_ index: Int32, _ value: String?) {
        guard var value else { return bindNull(index) }
        value.withUTF8 { bindText(index, UnsafeRawBufferPointer($0)) }
    }

    func bindText(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        // A null pointer would bind NULL: an empty text needs an address.
        guard let text, bytes.count > 0 else {
            sqlite3_bind_text(handle, index, "", 0, Self.transient)
            return
        }
        sqlite3_bind_text(handle, index, text, Int32(bytes.count), Self.transient)
    }

    func bindBlob(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), Self.transient)
        }
    }

    /// Binds without a copy: `bytes` must stay where they are until the statement has been executed.
    func bindBorrowedBlob(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        if bytes.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), nil)
        }
    }

    func bindBlob(_ index: Int32, _ bytes: [UInt8]?) {
        guard let bytes else { return bindNull(index) }
        bytes.withUnsafeBytes { bindBlob(index, $0) }
    }

    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: Stepping

    /// Executes a statement that returns nothing, and makes it ready for the next values.
    func execute() throws {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw Statement.error(of: db, sql) }
    }

    /// Advances to the next row; false at the end, after which the statement is ready for new values.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default:
            let error = Statement.error(of: db, sql)
            sqlite3_reset(handle)
            throw error
        }
    }

    func reset() { sqlite3_reset(handle) }

    private var sql: String { sqlite3_sql(handle).map { String(cString: $0) } ?? "" }

    // MARK: Columns, by 0-based index

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }
    func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }
    func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }
    func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : int(column) }
    func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }

    func text(_ column: Int32) -> String? {
        sqlite3_column_text(handle, column).map { String(cString: $0) }
    }

    /// The bytes of a blob or text column; valid until the next step.
    func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
        let pointer = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: pointer, count: pointer == nil ? 0 : count))
    }

    func bytes(_ column: Int32) -> [UInt8]? {
        isNull(column) ? nil : withBytes(column) { Array($0) }
    }
}
