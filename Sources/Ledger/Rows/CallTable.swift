// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords

/// The layout of the table `call`: every column is named here, once, and every statement is made of these groups.
///
/// The columns `id`, `source_id` and `changed_at` belong to no group.
enum CallTable {
    /// The call as it is sent; it no longer changes once something of it has left.
    static let content = ColumnGroup(
        Column("key", \PackedCall.key, as: String.self),
        Column("type", \.type),
        Column("start", \.start),
        Column("start_offset", \.startOffset),
        Column("end_at", \.end),
        Column("phone", \.phoneNumber, as: String.self),
        Column("extension", \.employeeExtension, as: String?.self),
        Column("line", \.line, as: String?.self),
        Column("call_list", \.callListID),
        Column("talk", \.talkSeconds),
        Column("status", \.status, as: StatusCode.self),
        Column("failed_reason", \.failedReason, as: String?.self),
        Column("details", \.details, as: CallDetails?.self)
    ) { key, type, start, offset, end, phone, employee, line, callList, talk, status, reason, details in
        Call(
            key: key, type: type, start: CallTime(epochSeconds: start, offsetSeconds: offset),
            end: CallTime(epochSeconds: end, offsetSeconds: offset), phoneNumber: phone, employeeExtension: employee,
            line: line, callListID: callList, talk: .seconds(talk), status: status, failedReason: reason,
            details: details ?? .none)
    }

    /// The legs of the call: whole while it can still grow.
    static let history = ColumnGroup(
        Column("legs", \PackedCall.legs, as: StoredBytes.self),
        Column("fingerprints", \.fingerprints, as: StoredFingerprints.self),
        Column("run_id", \.runID),
        Column("run_legs", \.runLegs),
        Column("is_new", \.isNew)
    ) { legs, fingerprints, runID, runLegs, isNew in
        LegHistory(
            legs: legs.bytes, fingerprints: fingerprints.values, runID: runID, runLegs: runLegs, isNew: isNew)
    }

    /// How far the call has come: what a transition changes.
    static let progress = ColumnGroup(
        Column("state", \DeliveryProgress.state),
        Column("reason", \.reason),
        Column("note", \.note),
        Column("portal_call_id", \.portalCallID),
        Column("statistic_id", \.statisticID),
        Column("found_there", \.wasFoundThere),
        Column("register_lost", \.lostRegister),
        Column("finish_lost", \.lostFinish),
        Column("not_found", \.isNotFound),
        Column("registrations", \.registrations),
        Column("unsettled_runs", \.unsettledRuns),
        Column("may_have_created", \.mayHaveCreated)
    ) {
        state, reason, note, callID, statisticID, wasFound, lostRegister, lostFinish, isNotFound, registrations, runs,
        mayHaveCreated in
        DeliveryProgress(
            stored: state, reason: reason, note: note, portalCallID: callID, statisticID: statisticID,
            wasFoundThere: wasFound, lostRegister: lostRegister, lostFinish: lostFinish, isNotFound: isNotFound,
            registrations: registrations, unsettledRuns: runs, mayHaveCreated: mayHaveCreated)
    }
}

/// The statements about calls with their legs.
extension CallTable {
    /// Selects calls with their legs, for ``ledgerCall(_:)``.
    static let selectWhole = """
        SELECT id, source_id, \(list(content.names + history.names + progress.names)) FROM call
        """

    /// Reads a row of ``selectWhole``.
    ///
    /// - Throws: `LedgerFault.damaged` when a value is none that any version has written.
    static func ledgerCall(_ row: RowCells) throws -> LedgerCall {
        try checked(row) { row in
            LedgerCall(
                id: row[0].integer, sourceID: row[1].integer, call: try content.read(row, from: 2),
                progress: try progress.read(row, from: 2 + content.count + history.count),
                history: try history.read(row, from: 2 + content.count))
        }
    }

    /// Everything of a call that its progress does not change, in the order of ``bind(_:now:to:)``.
    private static let read = content.names + history.names + ["source_id", "changed_at"]

    /// Inserts a call with its progress, unless its key is taken.
    static let insertIfNew = """
        INSERT INTO call (\(list(read + progress.names))) VALUES (\(marks(read.count + progress.count)))
        ON CONFLICT (key) DO NOTHING
        """

    /// Inserts a whole call for which nothing was sent, unless its key is taken; the defaults of the table say the rest.
    static let insertPendingIfNew = """
        INSERT INTO call (\(list(read)), state) VALUES \(pendingRow) ON CONFLICT (key) DO NOTHING
        """

    /// How many calls ``insertPendingGroup`` inserts.
    ///
    /// With 1, 8 and 32 calls in a statement, SQLite 3.40 takes 26,100, 18,500 and 17,000 instructions for each.
    static let groupSize = 32

    /// Inserts ``groupSize`` whole calls for which nothing was sent, but those whose keys are taken.
    static let insertPendingGroup = """
        INSERT INTO call (\(list(read)), state) VALUES \(list(Array(repeating: pendingRow, count: groupSize)))
        ON CONFLICT (key) DO NOTHING
        """

    private static let pendingRow = "(\(marks(read.count)), \(CallState.pending.rawValue))"

    /// Replaces everything of the call whose row the last parameter names.
    static let update = """
        UPDATE call SET (\(list(read + progress.names))) = (\(marks(read.count + progress.count))) WHERE id = ?
        """

    /// Binds everything of a call but its progress, for ``insertPendingIfNew`` and ``insertPendingGroup``.
    ///
    /// - Parameters:
    ///   - now: The wall clock in seconds since 1970.
    ///   - place: The place of the call in its statement, from 0.
    static func bind(_ call: PackedCall, now: Int64, to slots: RowSlots, at place: Int = 0) {
        let before = place * read.count
        content.bind(call, to: slots, from: before + 1)
        history.bind(call, to: slots, from: before + 1 + content.count)
        slots[before + read.count - 1].bind(call.sourceID)
        slots[before + read.count].bind(now)
    }

    /// Binds everything of a call, for ``insertIfNew`` and ``update``.
    ///
    /// - Parameter row: The last parameter of ``update``; `nil` for an insertion.
    static func bind(
        _ call: PackedCall, _ progress: DeliveryProgress, row: Int64?, now: Int64, to slots: RowSlots
    ) {
        bind(call, now: now, to: slots)
        self.progress.bind(progress, to: slots, from: read.count + 1)
        if let row { slots[read.count + self.progress.count + 1].bind(row) }
    }
}

/// The statements about calls on their way to the portal.
extension CallTable {
    /// Selects calls without their legs, for ``trackedCall(_:)``.
    static let selectTracked = "SELECT id, \(list(content.names + progress.names)) FROM call"

    /// Reads a row of ``selectTracked``; see ``ledgerCall(_:)``.
    static func trackedCall(_ row: RowCells) throws -> TrackedCall {
        try checked(row) { row in
            TrackedCall(
                id: row[0].integer, call: try content.read(row, from: 1),
                progress: try progress.read(row, from: 1 + content.count))
        }
    }

    /// Stores the progress of a call, and drops the legs of one that was registered or delivered.
    static let updateProgress = """
        UPDATE call SET (\(list(progress.names)), changed_at) = (\(marks(progress.count + 1))),
        legs = CASE WHEN ?1 IN (\(CallState.registered.rawValue), \(CallState.delivered.rawValue), \(CallState.deliveredByOthers.rawValue)) THEN NULL ELSE legs END
        WHERE id = ?
        """

    /// Binds the parameters of ``updateProgress``.
    ///
    /// - Parameter now: The wall clock in seconds since 1970.
    static func bind(_ call: TrackedCall, now: Int64, to slots: RowSlots) {
        progress.bind(call.progress, to: slots, from: 1)
        slots[progress.count + 1].bind(now)
        slots[progress.count + 2].bind(call.id)
    }
}

extension CallTable {
    /// The call with a key or an alias; of two, the one whose own key it is.
    static let withKey = """
         WHERE key = ?1 OR id = (SELECT call_id FROM alias WHERE key = ?1) ORDER BY key <> ?1 LIMIT 1
        """

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

    private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }

    private static func checked<Value>(_ row: RowCells, _ read: (RowCells) throws -> Value) throws -> Value {
        do {
            return try read(row)
        } catch let fault as UnknownColumnValue {
            throw LedgerFault.damaged(
                path: "",
                reason: "the call in row \(row[0].integer) has an unknown state, type or status: \(fault.value)")
        }
    }
}
