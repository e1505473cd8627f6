// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle

/// What the portal is asked about calls of which it is not known whether they were finished.
///
/// They are looked up by key and by CALL_ID, and, where the portal is not known to keep keys, by what they are: another
/// ledger may have delivered them under other CALL_IDs.
struct SettlingQuestion: Sendable {
    /// What an answer showed.
    enum Answer: Sendable {
        /// What the portal has of calls, by their rows in the ledger; the others have nothing there if the answer is
        /// complete.
        case found([Int64: CallEvent], isComplete: Bool)
        /// No usable answer.
        case failed(RequestVerdict)
        /// The calling user may not read the statistics.
        case noRight
    }

    /// The question for keys and CALL_IDs.
    let lookUp: LookUp
    private let alike: AttributeLookUp?

    /// - Parameters:
    ///   - name: The beginning of the commands' names in the batch.
    ///   - calls: Up to 50 calls in the order of their start.
    init(_ name: String, _ calls: [TrackedCall], asksByAttributes: Bool) {
        lookUp = LookUp(name, keysAndCallIDsOf: calls)
        alike = asksByAttributes ? AttributeLookUp(name + "a", calls) : nil
    }

    /// The commands.
    var commands: [Command] { lookUp.commands + (alike?.commands ?? []) }

    /// The CALL_IDs of rows that are like the calls: whose they are only the store knows.
    func callIDs(_ reply: BatchReply) -> [String] { alike?.callIDs(reply) ?? [] }

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - owners: CALL_ID -> the row of the call that has it.
    ///   - keepsKeys: Whether the portal is known to keep EXTERNAL_CALL_ID.
    func read(
        _ reply: BatchReply, of calls: [TrackedCall], owners: [String: Int64], keepsKeys: Bool, users: UserSettings
    ) -> Answer {
        let finding = lookUp.read(reply, keepsKeys: keepsKeys)
        switch finding {
        case .failed(let verdict): return .failed(verdict)
        case .noRight: return .noRight
        case .rows, .incomplete: break
        }
        var isComplete = true
        if case .incomplete = finding { isComplete = false }
        var found: [Int64: CallEvent] = [:]
        for call in calls {
            if let row = finding.row(of: call) { found[call.id] = .foundAtPortal(statisticID: row) }
        }
        guard let alike else { return .found(found, isComplete: isComplete) }
        switch alike.read(reply) {
        case .failed(let verdict): return .failed(verdict)
        case .noRight: return .noRight
        case .incomplete(let rows):
            isComplete = false
            add(rows, of: calls, owners, users, to: &found)
        case .rows(let rows):
            add(rows, of: calls, owners, users, to: &found)
        }
        return .found(found, isComplete: isComplete)
    }

    /// Adds what is like the calls that were not found under their own names; a row of another call is nobody else's.
    private func add(
        _ rows: [StatisticRow], of calls: [TrackedCall], _ owners: [String: Int64], _ users: UserSettings,
        to found: inout [Int64: CallEvent]
    ) {
        let taken = Set(found.values.compactMap(\.statisticID))
        let free = rows.filter { row in
            guard let callID = row.callID, !taken.contains(row.id) else { return false }
            guard let owner = owners[callID] else { return true }
            return calls.contains { $0.id == owner }
        }
        let missing = calls.filter { found[$0.id] == nil }
        for (id, match) in AttributeMatching(missing, rows: free, users: users).matches { found[id] = match.event }
    }
}

extension CallEvent {
    fileprivate var statisticID: Int64? {
        if case .foundAtPortal(let id) = self { id } else { nil }
    }
}
