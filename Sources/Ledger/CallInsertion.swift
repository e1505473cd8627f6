// SPDX-License-Identifier: Apache-2.0

import CallRecords
internal import GRDB
private import GRDBSQLite

/// Stores new calls, one after the other, within one transaction.
///
/// It binds its values by SQLite's own functions: a call has twenty of them, and an object for each would take longer
/// than storing the row.
final class CallInsertion {
    private let db: Database
    private let statement: Statement
    private let aliasInsertion: Statement
    private let now: Int64
    /// The texts and blobs of the row while it is stored.
    private var room = UnsafeMutableRawPointer.allocate(byteCount: CallInsertion.usualRoom, alignment: 8)
    private var capacity = CallInsertion.usualRoom
    private var used = 0
    private static let usualRoom = 4096

    init(_ db: Database, now: Int64) throws {
        self.db = db
        self.now = now
        aliasInsertion = try db.cachedStatement(sql: "INSERT OR IGNORE INTO alias VALUES (?, ?)")
        statement = try db.cachedStatement(
            sql: """
                INSERT INTO call (key, source_id, state, reason, note, type, start, start_offset, end_at, phone,
                extension, line, call_list, talk, status, failed_reason, legs, fingerprints, run_id, run_legs, is_new,
                changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO NOTHING
                """)
    }

    deinit { room.deallocate() }

    /// Stores a call of which nothing has left, unless its key is taken.
    ///
    /// - Returns: The row; `nil` when the key is taken, and then nothing is stored.
    func insert(_ new: LedgerCall) throws -> Int64? {
        let handle = statement.sqliteStatement
        bind(new, to: handle)
        let code = sqlite3_step(handle)
        let stored = code == SQLITE_DONE && sqlite3_changes(db.sqliteConnection) > 0
        try end(handle, code)
        return stored ? db.lastInsertedRowID : nil
    }

    /// Stores a further key of a call; a key that is taken stays with its call.
    func addAlias(_ key: String, of row: Int64) throws {
        let handle = aliasInsertion.sqliteStatement
        used = 0
        text(key, 1, handle)
        sqlite3_bind_int64(handle, 2, row)
        try end(handle, sqlite3_step(handle))
    }

    /// Makes a statement ready for its next use.
    private func end(_ handle: OpaquePointer, _ code: Int32) throws {
        // Taken before the reset, which an error would make say the same again.
        let fault = code == SQLITE_DONE ? nil : message
        sqlite3_reset(handle)
        // The statement must not keep pointers into memory that the next row writes over.
        sqlite3_clear_bindings(handle)
        if let fault { throw DatabaseError(resultCode: ResultCode(rawValue: code), message: fault) }
    }

    private var message: String { String(cString: sqlite3_errmsg(db.sqliteConnection)) }

    private func bind(_ new: LedgerCall, to handle: OpaquePointer) {
        let call = new.call
        reserve(for: new)
        text(call.key, 1, handle)
        sqlite3_bind_int64(handle, 2, new.sourceID)
        sqlite3_bind_int64(handle, 3, Int64(new.state.rawValue))
        text(new.reason, 4, handle)
        text(new.note, 5, handle)
        sqlite3_bind_int64(handle, 6, Int64(call.type.rawValue))
        sqlite3_bind_int64(handle, 7, call.start.epochSeconds)
        sqlite3_bind_int64(handle, 8, Int64(call.start.offsetSeconds))
        sqlite3_bind_int64(handle, 9, call.end.epochSeconds)
        text(call.phoneNumber, 10, handle)
        text(call.employeeExtension, 11, handle)
        text(call.line, 12, handle)
        if let callListID = call.callListID { sqlite3_bind_int64(handle, 13, Int64(callListID)) }
        sqlite3_bind_int64(handle, 14, call.talk.components.seconds)
        text(call.status.rawValue, 15, handle)
        text(call.failedReason, 16, handle)
        if !new.legs.isEmpty { new.legs.withUnsafeBytes { blob($0, 17, handle) } }
        blob(new.fingerprints, 18, handle)
        sqlite3_bind_int64(handle, 19, new.runID)
        sqlite3_bind_int64(handle, 20, Int64(new.runLegs))
        sqlite3_bind_int64(handle, 21, new.isNew ? 1 : 0)
        sqlite3_bind_int64(handle, 22, now)
    }

    /// Makes room for all texts and blobs of a row at once: what is bound must not move before the row is stored.
    private func reserve(for new: LedgerCall) {
        used = 0
        let call = new.call
        var needed = call.key.utf8.count + call.phoneNumber.utf8.count + call.status.rawValue.utf8.count
        for text in [new.reason, new.note, call.employeeExtension, call.line, call.failedReason] {
            needed += text?.utf8.count ?? 0
        }
        needed += new.legs.count + new.fingerprints.count * 8
        guard needed > capacity else { return }
        room.deallocate()
        capacity = needed * 2
        room = .allocate(byteCount: capacity, alignment: 8)
    }

    private func text(_ value: String?, _ index: Int32, _ handle: OpaquePointer) {
        guard var value else { return }
        value.withUTF8 { bytes in
            let place = keep(UnsafeRawBufferPointer(bytes))
            sqlite3_bind_text(handle, index, place.assumingMemoryBound(to: CChar.self), Int32(bytes.count), nil)
        }
    }

    private func blob(_ bytes: UnsafeRawBufferPointer, _ index: Int32, _ handle: OpaquePointer) {
        sqlite3_bind_blob(handle, index, keep(bytes), Int32(bytes.count), nil)
    }

    private func blob(_ fingerprints: [UInt64], _ index: Int32, _ handle: OpaquePointer) {
        let start = used
        for fingerprint in fingerprints {
            withUnsafeBytes(of: fingerprint.littleEndian) { _ = keep($0) }
        }
        sqlite3_bind_blob(handle, index, room + start, Int32(fingerprints.count * 8), nil)
    }

    /// Copies bytes to where they stay until the row is stored.
    private func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutableRawPointer {
        let place = room + used
        if let source = bytes.baseAddress { place.copyMemory(from: source, byteCount: bytes.count) }
        used += bytes.count
        return place
    }
}
