// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CallLifecycle
import CallRecords

/// Commands that ask the portal's statistics for calls, and the reading of what they answer.
package struct LookUp: Sendable {
    /// What a look-up showed.
    package enum Finding: Sendable, Equatable {
        /// Keys (lower case) and CALL_IDs with the row that was found for them; whatever else was asked has no row.
        case rows(keys: [String: Int64], callIDs: [String: Int64])
        /// More rows than one page: which of the calls without a row really have none is not known yet.
        case incomplete(keys: [String: Int64], callIDs: [String: Int64])
        /// No usable answer.
        case failed(RequestVerdict)
        /// The calling user may not read the statistics.
        case noRight
    }

    /// A command together with what it asks for.
    private enum Question: Sendable {
        case keys(String, Set<String>)
        case callIDs(String, Set<String>)
    }

    /// The commands, each for up to 50 keys or CALL_IDs.
    package private(set) var commands: [Command] = []
    private var questions: [Question] = []

    /// Asks for calls by their keys, up to 50 a command.
    ///
    /// - Parameters:
    ///   - name: The beginning of the commands' names in the batch.
    ///   - calls: The calls; none gives no command.
    package init(_ name: String, keysOf calls: some Collection<TrackedCall>) {
        add(name, keysOf: Array(calls))
    }

    /// Asks for calls by their keys and by their CALL_IDs: in one filter the two would be and-ed.
    package init(_ name: String, keysAndCallIDsOf calls: some Collection<TrackedCall>) {
        add(name + "k", keysOf: Array(calls))
        for (index, chunk) in Array(calls).compactMap(\.progress.portalCallID).chunks(of: StatisticQuery.pageSize)
            .enumerated()
        {
            guard let query = StatisticQuery.byCallIDs(chunk) else { continue }
            let key = "\(name)c\(index)"
            commands.append(query.command(key: key))
            questions.append(.callIDs(key, Set(chunk.map { $0.lowercased() })))
        }
    }

    private mutating func add(_ name: String, keysOf calls: [TrackedCall]) {
        for (index, chunk) in calls.map(\.call.key).chunks(of: StatisticQuery.pageSize).enumerated() {
            guard let query = StatisticQuery.byExternalCallIDs(chunk) else { continue }
            let key = "\(name)\(index)"
            commands.append(query.command(key: key))
            questions.append(.keys(key, Set(chunk.map { $0.lowercased() })))
        }
    }

    /// Reads the answers.
    ///
    /// Every row is compared with what was asked: the portal drops what it does not understand of a filter and then
    /// answers with strangers' rows.
    ///
    /// - Parameter keepsKeys: Whether the portal is known to keep EXTERNAL_CALL_ID. Where it is not, rows without one
    ///   mean that it knows no such filter; a question for keys then shows nothing, and CALL_IDs still do.
    package func read(_ reply: BatchReply, keepsKeys: Bool = false) -> Finding {
        var keys: [String: Int64] = [:]
        var callIDs: [String: Int64] = [:]
        var isComplete = true
        for question in questions {
            let name: String
            switch question {
            case .keys(let key, _), .callIDs(let key, _): name = key
            }
            switch reply.outcomes[name] {
            case .succeeded(let answer):
                // Why it cannot be read helps nobody: what came is no statistics.
                guard let rows = try? StatisticRow.rows(answer.result) else {
                    return .failed(.unknown("the reply is not a call statistics"))
                }
                if !keepsKeys, case .keys = question, !rows.isEmpty, rows.allSatisfy(\.hasNoKey) { continue }
                if answer.next != nil {
                    guard rows.count >= StatisticQuery.pageSize else { return .failed(.endlessPages) }
                    isComplete = false
                }
                for row in rows {
                    guard note(row, of: question, keys: &keys, callIDs: &callIDs) else {
                        return .failed(.nonsense("the portal's statistics returned a call that was not requested"))
                    }
                }
            case .failed(let error) where error.kind == .accessDenied || error.kind == .insufficientScope:
                return .noRight
            case .failed(let error):
                return .failed(RequestVerdict(error))
            case .missing, nil:
                return .failed(.unknown("the reply lacks the result of a command"))
            }
        }
        return isComplete ? .rows(keys: keys, callIDs: callIDs) : .incomplete(keys: keys, callIDs: callIDs)
    }

    private func note(
        _ row: StatisticRow, of question: Question, keys: inout [String: Int64], callIDs: inout [String: Int64]
    ) -> Bool {
        switch question {
        case .keys(_, let asked):
            guard let key = row.externalCallID?.lowercased(), asked.contains(key) else { return false }
            keys[key] = row.id
        case .callIDs(_, let asked):
            guard let id = row.callID?.lowercased(), asked.contains(id) else { return false }
            callIDs[id] = row.id
        }
        return true
    }
}

extension StatisticRow {
    fileprivate var hasNoKey: Bool { externalCallID?.isEmpty ?? true }
}

extension LookUp.Finding {
    /// The row that was found for a call, by its key or by its CALL_ID.
    func row(of call: TrackedCall) -> Int64? {
        switch self {
        case .rows(let keys, let callIDs), .incomplete(let keys, let callIDs):
            keys[call.call.key.lowercased()] ?? call.progress.portalCallID.flatMap { callIDs[$0.lowercased()] }
        case .failed, .noRight: nil
        }
    }
}

extension Array {
    /// The elements in runs of at most `size`, which is at least 1.
    package func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
