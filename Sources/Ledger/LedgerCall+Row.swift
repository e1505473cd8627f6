// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
internal import GRDB

extension LedgerCall {
    /// The columns of `call` in the order in which ``init(row:)`` and ``arguments`` use them.
    static let columns = """
        id, key, source_id, state, reason, note, type, start, start_offset, end_at, phone, extension, line, call_list, \
        talk, status, failed_reason, legs, fingerprints, run_id, run_legs, is_new, portal_call_id, statistic_id, \
        found_there, register_lost, finish_lost, not_found, registrations, unsettled_runs
        """

    /// Reads a row that was selected with ``columns``.
    ///
    /// - Throws: `LedgerFault.damaged` when a stored word is none that any version has written.
    init(row: Row) throws {
        let key: String = row[1]
        guard let state = CallState(rawValue: row[3]), let type = CallType(rawValue: row[6]),
            let status = StatusCode(rawValue: row[15])
        else {
            throw LedgerFault.damaged(path: "", reason: "the call \(key) has an unknown state, type or status")
        }
        let offset: Int32 = row[8]
        let call = Call(
            key: key, type: type, start: CallTime(epochSeconds: row[7], offsetSeconds: offset),
            end: CallTime(epochSeconds: row[9], offsetSeconds: offset), phoneNumber: row[10],
            employeeExtension: row[11], line: row[12], callListID: row[13], talk: .seconds(row[14] as Int64),
            status: status, failedReason: row[16])
        self.init(
            id: row[0], sourceID: row[2], call: call, state: state,
            legs: (row[17] as Data?).map { [UInt8]($0) } ?? [], fingerprints: Self.fingerprints(row[18]),
            runID: row[19], runLegs: row[20], isNew: row[21])
        reason = row[4]
        note = row[5]
        portalCallID = row[22]
        statisticID = row[23]
        wasFoundThere = row[24]
        lostRegister = row[25]
        lostFinish = row[26]
        isNotFound = row[27]
        registrations = row[28]
        unsettledRuns = row[29]
    }

    /// The values of all columns but `id`, in the order of ``columns``.
    var arguments: StatementArguments {
        [
            call.key, sourceID, state.rawValue, reason, note, call.type.rawValue, call.start.epochSeconds,
            call.start.offsetSeconds, call.end.epochSeconds, call.phoneNumber, call.employeeExtension, call.line,
            call.callListID, call.talk.components.seconds, call.status.rawValue, call.failedReason,
            legs.isEmpty ? nil : Data(legs), Self.data(fingerprints), runID, runLegs, isNew, portalCallID, statisticID,
            wasFoundThere, lostRegister, lostFinish, isNotFound, registrations, unsettledRuns,
        ]
    }

    private static func data(_ fingerprints: [UInt64]) -> Data {
        var data = Data(capacity: fingerprints.count * 8)
        for fingerprint in fingerprints {
            withUnsafeBytes(of: fingerprint.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    private static func fingerprints(_ data: Data) -> [UInt64] {
        stride(from: data.startIndex, to: data.endIndex - 7, by: 8).map { start in
            data[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
