// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
import CallRecords
package import Ledger

/// Commands that ask the portal's statistics for calls by what they are, where it does not keep what they are called:
/// number and start, and then type and employee.
package struct LikenessLookUp: Sendable {
    /// What the look-up showed.
    package enum Finding: Sendable, Equatable {
        /// Every row of one of the numbers in the time asked for.
        case rows([StatisticRow])
        /// More rows than one page: ask for fewer calls.
        case incomplete([StatisticRow])
        /// No usable answer.
        case failed(RequestVerdict)
        /// The calling user may not read the statistics.
        case noRight
    }

    /// The calls of one command: a number's other calls come with them, so there is room left on the page.
    package static let callsPerCommand = 25

    private struct Question: Sendable {
        var key: String
        var numbers: Set<String>
        var starts: ClosedRange<Int64>

        func asksFor(_ row: StatisticRow) -> Bool {
            row.phoneNumber.map(numbers.contains) ?? false && row.startEpoch.map(starts.contains) ?? false
        }
    }

    package private(set) var commands: [Command] = []
    private var questions: [Question] = []

    /// - Parameters:
    ///   - name: The beginning of the commands' names in the batch.
    ///   - calls: The calls in the order of their start; none gives no command.
    package init(_ name: String, _ calls: some Collection<LedgerCall>) {
        for (index, lot) in Array(calls).chunks(of: Self.callsPerCommand).enumerated() {
            let starts = lot.map(\.call.start.epochSeconds)
            let numbers = Set(lot.map(\.call.phoneNumber))
            guard let first = starts.min(), let last = starts.max(),
                let query = StatisticQuery.byNumbers(
                    numbers.sorted(), from: PortalDate(epochSeconds: first), to: PortalDate(epochSeconds: last))
            else { continue }
            let key = "\(name)\(index)"
            commands.append(query.command(key: key))
            questions.append(Question(key: key, numbers: numbers, starts: first...last))
        }
    }

    /// Reads the answers; a row that nobody asked for makes them worthless.
    package func read(_ reply: BatchReply) -> Finding {
        var all: [StatisticRow] = []
        var isComplete = true
        for question in questions {
            switch reply.outcomes[question.key] {
            case .succeeded(let answer):
                guard let rows = try? StatisticRow.rows(answer.result) else {
                    return .failed(.unknown("the portal's statistics could not be read"))
                }
                guard rows.allSatisfy(question.asksFor) else {
                    return .failed(.nonsense("the portal's statistics answered with a call that nobody asked for"))
                }
                if answer.next != nil { isComplete = false }
                all += rows
            case .failed(let error) where error.kind == .accessDenied || error.kind == .insufficientScope:
                return .noRight
            case .failed(let error):
                return .failed(RequestVerdict(error))
            case .missing, nil:
                return .failed(.unknown("the portal left a question unanswered"))
            }
        }
        return isComplete ? .rows(all) : .incomplete(all)
    }
}

/// Which of the portal's rows are which calls, where rows carry no key.
///
/// Number, type and the second of the start must be the same; the employee tells apart what is left. Every row is one
/// call's at most, so that two calls that are alike in everything need two rows.
package struct LikenessMatching: Sendable {
    /// What a call has at the portal.
    package enum Match: Sendable, Equatable {
        case row(StatisticRow)
        /// A row that differs in the employee only: it may be this call or another one.
        case ofAnotherEmployee
    }

    /// The calls that have something, by their rows in the ledger.
    package private(set) var matches: [Int64: Match] = [:]
    private var free: [StatisticRow]
    private let users: UserSettings

    /// - Parameters:
    ///   - rows: The portal's rows that no other call of the ledger has.
    package init(_ calls: [LedgerCall], rows: [StatisticRow], users: UserSettings) {
        var seen: Set<Int64> = []
        free = rows.filter { ($0.externalCallID ?? "").isEmpty && seen.insert($0.id).inserted }
        self.users = users
        // Certain matches first: who could be any of several rows takes what is left.
        for employeeMatters in [true, false] {
            for call in calls where matches[call.id] == nil { match(call, employeeMatters: employeeMatters) }
        }
        for call in calls where matches[call.id] == nil && free.contains(where: { $0.isLike(call.call) }) {
            matches[call.id] = .ofAnotherEmployee
        }
    }

    private mutating func match(_ call: LedgerCall, employeeMatters: Bool) {
        let own = users.employee(of: call.call)
        let index = free.firstIndex { row in
            guard row.isLike(call.call) else { return false }
            switch own {
            case .user(let id): return row.userID == id || (!employeeMatters && row.userID == users.substitute)
            // The portal knows whose extension it is, and we do not.
            case .inner, nil: return !employeeMatters
            }
        }
        if let index { matches[call.id] = .row(free.remove(at: index)) }
    }
}

extension StatisticRow {
    fileprivate func isLike(_ call: Call) -> Bool {
        phoneNumber == call.phoneNumber && type == call.type.rawValue && startEpoch == call.start.epochSeconds
    }
}
