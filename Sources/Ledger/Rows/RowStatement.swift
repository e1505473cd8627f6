// SPDX-License-Identifier: Apache-2.0

internal import GRDB
private import GRDBSQLite

/// A prepared statement whose values are bound and read by SQLite's own functions.
///
/// A call has thirty values; an object for each, as GRDB makes them, would take longer than storing the row. Each use
/// binds all parameters, so that nothing is left of the use before.
struct RowStatement {
    private let db: Database
    private let statement: Statement
    private let handle: OpaquePointer

    /// Prepares a statement, or takes the one that the connection has prepared before.
    init(_ db: Database, _ sql: String) throws {
        self.db = db
        statement = try db.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    /// Runs a statement that gives no rows.
    ///
    /// - Returns: How many rows it has changed.
    @discardableResult
    func run(_ bind: (RowSlots) -> Void) throws -> Int {
        bind(RowSlots(handle))
        defer { sqlite3_reset(handle) }
        guard sqlite3_step(handle) == SQLITE_DONE else { throw fault }
        return Int(sqlite3_changes(db.sqliteConnection))
    }

    /// What `read` makes of the first row; `nil` without a row.
    func first<Value>(_ bind: (RowSlots) -> Void, read: (RowCells) throws -> Value) throws -> Value? {
        bind(RowSlots(handle))
        defer { sqlite3_reset(handle) }
        return try step() ? try read(RowCells(handle)) : nil
    }

    /// Shows `body` each row, in their order, and keeps none.
    func each(_ bind: (RowSlots) -> Void, _ body: (RowCells) throws -> Void) throws {
        bind(RowSlots(handle))
        defer { sqlite3_reset(handle) }
        while try step() { try body(RowCells(handle)) }
    }

    /// What `read` makes of each row, in their order.
    func all<Value>(_ bind: (RowSlots) -> Void, read: (RowCells) throws -> Value) throws -> [Value] {
        bind(RowSlots(handle))
        defer { sqlite3_reset(handle) }
        var values: [Value] = []
        while try step() { values.append(try read(RowCells(handle))) }
        return values
    }

    private func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: true
        case SQLITE_DONE: false
        default: throw fault
        }
    }

    /// Read before the statement is reset, which would make it say the same again.
    private var fault: DatabaseError {
        let connection = db.sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)))
    }
}

/// The parameters of a statement, from 1.
struct RowSlots {
    private let handle: OpaquePointer

    fileprivate init(_ handle: OpaquePointer) { self.handle = handle }

    subscript(index: Int) -> RowSlot { RowSlot(handle: handle, index: Int32(index)) }
}

/// One parameter of a statement.
struct RowSlot {
    fileprivate let handle: OpaquePointer
    fileprivate let index: Int32

    /// Makes SQLite copy what it is given, since it may be gone when the statement runs.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Binds nothing: SQL's NULL.
    func bindNull() { sqlite3_bind_null(handle, index) }

    /// Binds an integer.
    func bind(_ value: Int64) { sqlite3_bind_int64(handle, index, value) }

    /// Binds a text, which is copied.
    func bind(_ value: String) {
        var value = value
        value.withUTF8 { bytes in
            let start = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            sqlite3_bind_text(handle, index, start, Int32(bytes.count), Self.copied)
        }
    }

    /// Binds a text in UTF-8 that stays where it is until the statement has run.
    func bind(lastingText bytes: UnsafeRawBufferPointer) {
        sqlite3_bind_text(
            handle, index, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil)
    }

    /// Binds a blob that stays where it is until the statement has run.
    func bind(lastingBlob bytes: UnsafeRawBufferPointer) {
        // Without an address SQLite would take an empty blob for NULL.
        guard let start = bytes.baseAddress else { return bind(zeroBytes: ()) }
        sqlite3_bind_blob(handle, index, start, Int32(bytes.count), nil)
    }

    private func bind(zeroBytes: Void) { sqlite3_bind_zeroblob(handle, index, 0) }
}

/// The columns of a row that a statement gives, from 0.
struct RowCells {
    private let handle: OpaquePointer

    fileprivate init(_ handle: OpaquePointer) { self.handle = handle }

    subscript(index: Int) -> RowCell { RowCell(handle: handle, index: Int32(index)) }
}

/// One column of a row; it is gone when the statement goes on.
struct RowCell {
    fileprivate let handle: OpaquePointer
    fileprivate let index: Int32

    /// Whether it is SQL's NULL.
    var isNull: Bool { sqlite3_column_type(handle, index) == SQLITE_NULL }

    /// The integer; 0 for NULL.
    var integer: Int64 { sqlite3_column_int64(handle, index) }

    /// The text; empty for NULL.
    var text: String {
        // In this order: the text may be converted before it is measured.
        guard let start = sqlite3_column_text(handle, index) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, index))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The bytes of the blob or the text; `nil` for NULL.
    var optionalBlob: UnsafeRawBufferPointer? { isNull ? nil : blob }

    /// The bytes of the blob or the text; none for NULL.
    var blob: UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, index)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))
    }
}
