// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// Whether the portal shows rows that are known to be there.
///
/// A ledger that was lost can be made good from the statistics only if they show everything: not if they lag, show the
/// user's own calls alone, answer with nothing, or honour one value of a list.
struct WitnessCheck: Sendable {
    /// What an answer showed.
    enum Finding: Sendable {
        case allShown
        /// These are not shown.
        case missing([RowWitness])
        /// No usable answer.
        case again(RequestVerdict)
    }

    private static let keysName = "witnesskeys"
    private static let callIDsName = "witnesscalls"

    /// The key and the CALL_ID of no call.
    private static let nobody = "cdr24-no-call"

    private let witnesses: [RowWitness]
    /// The commands; none without witnesses.
    let commands: [Command]

    /// - Parameter witnesses: At most 50 rows.
    init(_ witnesses: [RowWitness]) {
        self.witnesses = witnesses
        // A portal that honours only the first value of a list would show a single row, too.
        let before = witnesses.count == 1 ? [Self.nobody] : []
        let keys = StatisticQuery.byExternalCallIDs(before + witnesses.map(\.key))
        let known = witnesses.compactMap(\.portalCallID)
        let callIDs = known.isEmpty ? nil : StatisticQuery.byCallIDs(before + known)
        commands = [keys?.command(key: Self.keysName), callIDs?.command(key: Self.callIDsName)].compactMap { $0 }
    }

    /// Reads an answer.
    func read(_ reply: BatchReply) -> Finding {
        var shown: [[StatisticRow]] = []
        for command in commands {
            switch reply.outcomes[command.key] {
            case .succeeded(let answer):
                // Why it cannot be read helps nobody: what came is no statistics.
                guard let rows = try? StatisticRow.rows(answer.result) else {
                    return .again(.unknown("the reply is not a call statistics"))
                }
                shown.append(rows)
            case .failed(let error) where error.kind == .accessDenied || error.kind == .insufficientScope:
                return .missing(witnesses)
            case .failed(let error): return .again(RequestVerdict(error))
            case .missing, nil: return .again(.unknown("the reply lacks the result of a command"))
            }
        }
        let missing = missing(shown)
        return missing.isEmpty ? .allShown : .missing(missing)
    }

    /// Why nothing is sent where rows are not shown.
    ///
    /// - Parameter remedy: What a person can do, as a clause.
    static func complaint(about rows: [RowWitness], remedy: String) -> String {
        let names = rows.prefix(3).map { "\($0.key) (row \($0.id))" }.joined(separator: ", ")
        return """
            this machine has delivered calls to the portal of which this ledger does not know, and the portal's statistics \
            do not show them: \(names)\(rows.count > 3 ? " and \(rows.count - 3) more" : ""). To send calls now could \
            duplicate them: \(remedy)
            """
    }

    /// A portal that keeps keys must show all rows by their keys, since calls are looked up by them; another one by their
    /// CALL_IDs.
    private func missing(_ shown: [[StatisticRow]]) -> [RowWitness] {
        let keys = Set(witnesses.map { $0.key.lowercased() })
        let byKey = (shown.first ?? []).filter { row in
            row.externalCallID.map { keys.contains($0.lowercased()) } ?? false
        }
        let rows = byKey.isEmpty ? shown.dropFirst().first ?? [] : byKey
        let ids = Set(rows.map(\.id))
        return witnesses.filter { !ids.contains($0.id) }
    }
}
