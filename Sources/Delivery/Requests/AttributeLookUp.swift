// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
import CDRConfiguration
package import CallLifecycle
package import CallRecords

/// Commands that ask the portal's statistics for calls by what they are, where it does not keep what they are called:
/// number and start, and then type and employee.
package struct AttributeLookUp: Sendable {
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
    /// The same where every number is looked for in all its spellings: no list may have more than a page has rows.
    package static let callsPerSpeltCommand = StatisticQuery.pageSize / NumberSpelling.most

    private struct Question: Sendable {
        var key: String
        var numbers: Set<String>
        var starts: ClosedRange<Int64>

        func asksFor(_ row: StatisticRow) -> Bool {
            row.phoneNumber.map(numbers.contains) ?? false && row.startEpoch.map(starts.contains) ?? false
        }
    }

    /// The commands, one for each lot of calls.
    package private(set) var commands: [Command] = []
    private var questions: [Question] = []

    /// - Parameters:
    ///   - name: The beginning of the commands' names in the batch.
    ///   - calls: The calls in the order of their start; none gives no command.
    package init(_ name: String, _ calls: some Collection<TrackedCall>) {
        self.init(name, lots: Array(calls).chunks(of: Self.callsPerCommand), margin: 0, spelling: nil)
    }

    /// Asks for calls that others may have registered, with other clocks and other spellings of the numbers.
    ///
    /// - Parameters:
    ///   - lots: The calls of each command, at most ``callsPerSpeltCommand``.
    ///   - margin: How many seconds before the first and after the last call of a command rows may have begun.
    ///   - spelling: The spellings that are looked for; `nil`: the number alone.
    package init(_ name: String, lots: [[TrackedCall]], margin: Int64, spelling: NumberSpelling?) {
        for (index, lot) in lots.enumerated() {
            let starts = lot.map(\.call.start.epochSeconds)
            let numbers = Set(lot.flatMap { spelling?.spellings(of: $0.phoneNumber) ?? [$0.phoneNumber] })
            guard let first = starts.min().map({ $0 - margin }), let last = starts.max().map({ $0 + margin }),
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
        for finding in readEach(reply) {
            switch finding {
            case .rows(let rows): all += rows
            case .incomplete(let rows):
                all += rows
                isComplete = false
            case .failed, .noRight: return finding
            }
        }
        return isComplete ? .rows(all) : .incomplete(all)
    }

    /// Reads the answer to each command by itself, in their order.
    package func readEach(_ reply: BatchReply) -> [Finding] {
        questions.map { Self.read(reply.outcomes[$0.key], $0) }
    }

    private static func read(_ outcome: CommandOutcome?, _ question: Question) -> Finding {
        switch outcome {
        case .succeeded(let answer)?:
            // Why it cannot be read helps nobody: what came is no statistics.
            guard let rows = try? StatisticRow.rows(answer.result) else {
                return .failed(.unknown("the reply is not a call statistics"))
            }
            guard rows.allSatisfy(question.asksFor) else {
                return .failed(.nonsense("the portal's statistics returned a call that was not requested"))
            }
            guard answer.next != nil else { return .rows(rows) }
            return rows.count >= StatisticQuery.pageSize ? .incomplete(rows) : .failed(.endlessPages)
        case .failed(let error)? where error.kind == .accessDenied || error.kind == .insufficientScope:
            return .noRight
        case .failed(let error)?: return .failed(RequestVerdict(error))
        case .missing?, nil: return .failed(.unknown("the reply lacks the result of a command"))
        }
    }

    /// The CALL_IDs of the rows that a reply holds.
    func callIDs(_ reply: BatchReply) -> [String] {
        switch read(reply) {
        case .rows(let rows), .incomplete(let rows): rows.compactMap(\.callID)
        case .failed, .noRight: []
        }
    }
}
