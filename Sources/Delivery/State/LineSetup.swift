// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration

/// The lines that calls name and that the portal must know before the first of them is sent: it would make unknown ones
/// itself, without a name, and a lead for every unknown client who calls on them.
///
/// Lines are made one by one, in one request after the other. One whose making was left without an answer is asked for
/// before it is made again, once the portal has surely stopped.
struct LineSetup: Sendable {
    /// What comes next; it stays the same until it has been done.
    enum Step: Sendable, Equatable {
        /// Ask the portal for its lines, no sooner than the moment.
        case ask(notBefore: Duration)
        /// Make a line.
        case add(ExternalLine)
        case done
    }

    private let policy: NewLines
    private let names: [String: String]
    /// LINE_NUMBER -> calls that name it.
    private let wanted: [String: Int]
    /// Until when a line that an earlier process has begun to make may still be made.
    private let othersMayWorkUntil: Duration
    /// Lines that have to be made, in order.
    private var missing: [String] = []
    /// When the portal can be asked what became of a line's making; `nil` when there is no such question.
    private var askFrom: Duration?
    /// Lines whose making was begun.
    private var begun: Set<String> = []
    /// Lines that calls are sent without.
    private(set) var omitted: Set<String> = []
    /// Lines that this run has made, in order.
    private(set) var created: [String] = []

    /// - Parameters:
    ///   - wanted: LINE_NUMBER -> calls that are still to be registered.
    ///   - names: LINE_NUMBER -> the name under which it is made.
    ///   - moment: Until when a request of an earlier process may be at work.
    init(_ policy: NewLines, wanted: [String: Int], names: [String: String], othersMayWorkUntil moment: Duration) {
        self.policy = policy
        othersMayWorkUntil = moment
        self.wanted = wanted
        self.names = names
    }

    /// Whether the portal's lines matter at all.
    var isNeeded: Bool { !wanted.isEmpty }

    /// What comes next.
    var step: Step {
        if let askFrom { return .ask(notBefore: askFrom) }
        return missing.first.map { .add(line($0)) } ?? .done
    }

    private func line(_ number: String) -> ExternalLine {
        ExternalLine(number: number, name: names[number] ?? number, createsCRM: false)
    }

    /// Takes in which lines the portal has.
    ///
    /// - Returns: How the run ends for it: by `new_lines: stop`; `nil` when it goes on.
    mutating func learned(_ reply: LinesReply, at now: Duration) -> DeliveryReport.End? {
        askFrom = nil
        let unknown = reply.unknown(among: wanted.keys)
        for number in missing where begun.contains(number) && !unknown.contains(number) { made(number) }
        guard !unknown.isEmpty else {
            missing = []
            return nil
        }
        switch policy {
        case .create:
            missing = unknown
            if othersMayWorkUntil > now { askFrom = othersMayWorkUntil }
        case .omit: omitted = Set(unknown)
        case .stop: return .misconfigured(complaint(unknown))
        }
        return nil
    }

    /// The making of a line has begun.
    mutating func begins(_ line: ExternalLine) { begun.insert(line.number) }

    /// A line was made.
    mutating func made(_ number: String) {
        missing.removeAll { $0 == number }
        created.append(number)
    }

    /// A line is there, and somebody else has made it.
    mutating func found(_ number: String) { missing.removeAll { $0 == number } }

    /// The making of a line was left without an answer.
    mutating func lost(askFrom moment: Duration) { askFrom = moment }

    /// What a person should know about lines that calls are sent without; `nil` when there are none.
    var warning: String? {
        guard !omitted.isEmpty else { return nil }
        return "the portal does not have these lines, so calls are sent without them: \(counts(omitted.sorted()))"
    }

    private func complaint(_ unknown: [String]) -> String {
        """
        the portal does not have these lines: \(counts(unknown)); create them with cdr24 lines --create, correct lines in \
        the configuration, or set new_lines: create or omit
        """
    }

    private func counts(_ numbers: [String]) -> String {
        numbers.map { "\($0) (\(wanted[$0] == 1 ? "1 call" : "\(wanted[$0] ?? 0) calls"))" }.joined(separator: ", ")
    }
}
