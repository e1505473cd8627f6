// SPDX-License-Identifier: Apache-2.0

/// How the legs of a call become one call.
package struct FoldRules: Sendable, Hashable {
    /// How the talk time of a call is made from that of its legs.
    package enum Talk: String, Sendable, Hashable, CaseIterable {
        /// The time during which at least one employee talked; a leg that repeats another is counted once.
        case union
        case sum
        /// That of the longest leg.
        case max
        case first
        case last
        /// From the first answer to the end of the last leg.
        case span
    }

    /// Which of the employees who answered the call belongs to, in the order of the legs.
    package enum Employee: String, Sendable, Hashable, CaseIterable {
        case first
        case last
        case longest
    }

    /// How talk time is made.
    package var talk = Talk.union
    /// Whom the call belongs to.
    package var employee = Employee.first

    /// Creates rules; those left out are as most formats have them.
    package init(talk: Talk = .union, employee: Employee = .first) {
        self.talk = talk
        self.employee = employee
    }

    /// The rules in words, for somebody who wonders where a call's talk time and employee come from.
    package var sentence: String {
        let time =
            switch talk {
            case .union: "while at least one employee talked"
            case .sum: "that of all answered records together"
            case .max: "that of the longest record"
            case .first: "that of the first answered record"
            case .last: "that of the last answered record"
            case .span: "from the first answer to the end of the last record"
            }
        return "talk is \(time) (fold.talk: \(talk.rawValue)), the employee the \(employee.rawValue) who answered "
            + "(fold.employee: \(employee.rawValue))"
    }
}

/// What the legs of one key are together.
package enum FoldedCall: Sendable, Hashable {
    /// The legs are this call.
    case call(Call)
    /// The legs are no call that the portal should see.
    case skipped(SkipReason)
}

/// Makes one call of the legs that share a key.
///
/// The result does not depend on the order in which the legs are given, and giving a leg twice changes nothing. The
/// earliest leg with a party outside gives direction, number and line; see ``fold(_:)``.
package struct CallFolder: Sendable {
    private let rules: FoldRules

    /// Prepares to fold by some rules.
    package init(rules: FoldRules) { self.rules = rules }

    /// Prepares to fold by the rules of a format.
    package init(format: FormatDefinition) { rules = format.foldRules }

    /// Folds the legs of one call.
    ///
    /// - Incoming calls: every leg that a person answered counts, inside ones too, because a queue or a ring group
    ///   reaches the employee over inside legs; but not what tells of the same talk and of waiting beside it. If no
    ///   employee answered, the call belongs to the only extension that was rung, or to nobody.
    /// - Outgoing calls: only legs with a party outside count, and inside ones in which the client was put through to
    ///   somebody; a talk between colleagues before a transfer is not talk with the client.
    /// - The start is that of the earliest leg, the end that of the last one.
    ///
    /// - Parameter legs: At least one leg; none gives ``SkipReason/notACall``.
    package func fold(_ legs: [Leg]) -> FoldedCall {
        legs.count == 1 ? fold(alone: legs[0]) : foldSeveral(Self.inOrder(legs))
    }

    /// Folds a call of a single leg: the same as ``fold(_:)``, without the work that several legs make.
    package func fold(alone leg: Leg) -> FoldedCall {
        switch judge(alone: LegFacts(leg)) {
        case .skipped(let reason): return .skipped(reason)
        case .call(let call):
            // Nothing else is a call.
            guard case .number(let number) = leg.external else { return .skipped(.notACall) }
            return .call(call.call(of: leg, number: number))
        }
    }

    /// What a leg is that makes a call of its own: what ``fold(alone:)`` gives, without the leg's texts.
    package func judge(alone leg: LegFacts) -> LoneLeg {
        guard leg.direction != .internal else { return .skipped(.internalCall) }
        switch leg.party {
        case .number: break
        case .hidden: return .skipped(.hiddenNumber)
        case .none: return .skipped(.internalCall)
        }
        let talk = min(Self.longestTalk, leg.isAnswered ? leg.talk : .zero)
        let isSuccess = isSuccess(isAnswered: leg.isAnswered, talk: talk)
        return .call(
            LoneCall(
                type: CallType(leg.direction, isRedirected: leg.isRedirected), talk: isSuccess ? talk : .zero,
                status: isSuccess ? .success : Self.failure(leg.status, leg.direction), keepsReason: !isSuccess))
    }

    /// Folds legs that are in order and all different.
    func foldSeveral(_ legs: [Leg]) -> FoldedCall {
        guard let opening = legs.first else { return .skipped(.notACall) }
        let outside = legs.filter { $0.direction != .internal }
        guard let primary = Self.primary(among: outside), case .number(let number) = primary.external else {
            return .skipped(outside.contains { $0.external == .hidden } ? .hiddenNumber : .internalCall)
        }

        let sameWay = outside.filter { $0.direction == primary.direction }
        let start = primary.direction == .incoming ? (sameWay.first ?? primary).start : opening.start
        let counted =
            primary.direction == .incoming
            ? Self.legs(legs, after: start) : Self.withClient(number, among: legs)
        let answered = counted.filter(\.isAnswered)
        let end = legs.lazy.map(\.end).max() ?? opening.end
        let talkers = self.talkers(among: answered, isIncoming: primary.direction == .incoming)
        let talk = min(Self.longestTalk, self.talk(of: talkers, endOfCall: end))
        // The exchange's own record, of a message for instance, does not tell why nobody talked.
        let telling = sameWay.last { !$0.isRelay } ?? sameWay.last ?? primary
        let outcome = outcome(of: telling, isAnswered: !answered.isEmpty, talk: talk)
        let details = CallDetails.folded(
            legs.map(\.details),
            isRedirected: (answered.isEmpty ? legs : answered).contains { $0.details.isRedirected })
        return .call(
            Call(
                key: opening.key, type: CallType(primary.direction, isRedirected: details.isRedirected), start: start,
                end: end, phoneNumber: number,
                employeeExtension: employee(primary: primary, counted: counted, talkers: talkers, legs: legs),
                line: line(primary: primary, sameWay: sameWay),
                callListID: legs.lazy.compactMap(\.callListID).first,
                talk: outcome.status == .success ? talk : .zero, status: outcome.status, failedReason: outcome.reason,
                details: details))
    }

    /// The portal takes no longer calls: one day.
    private static let longestTalk = Duration.seconds(86_400)

    /// Sorts legs into one order that depends on nothing but the legs, and drops repeated ones.
    private static func inOrder(_ legs: [Leg]) -> [Leg] {
        var seen: Set<UInt64> = []
        let sorted = legs.sorted { a, b in
            if a.start.epochSeconds != b.start.epochSeconds { return a.start.epochSeconds < b.start.epochSeconds }
            if a.sequence != b.sequence { return a.sequence < b.sequence }
            if a.fingerprint != b.fingerprint { return a.fingerprint < b.fingerprint }
            return a.encoded().lexicographicallyPrecedes(b.encoded())
        }
        return sorted.filter { $0.fingerprint == 0 || seen.insert($0.fingerprint).inserted }
    }

    /// The leg that gives the call its direction and number: the earliest with a party outside. Of several numbers that were
    /// called one after the other it is the first that somebody answered.
    private static func primary(among outside: [Leg]) -> Leg? {
        let known = outside.filter { if case .number = $0.external { true } else { false } }
        guard let earliest = known.first, earliest.direction == .outgoing, !earliest.isAnswered else {
            return known.first
        }
        return known.first { $0.direction == .outgoing && $0.isAnswered } ?? earliest
    }

    /// The legs of an incoming call as far as they lie after the client's call: an employee who opened a conference room
    /// was alone in it before.
    private static func legs(_ legs: [Leg], after start: CallTime) -> [Leg] {
        guard legs.contains(where: { $0.isAnswered && $0.answer < start.epochSeconds }) else { return legs }
        return legs.map { leg in
            guard leg.isAnswered, leg.answer < start.epochSeconds else { return leg }
            var rest = leg
            rest.isAnswered = leg.end.epochSeconds > start.epochSeconds
            rest.talk = .seconds(max(0, leg.end.epochSeconds - start.epochSeconds))
            return rest
        }
    }

    /// The legs of an outgoing call that tell of a talk with the client.
    ///
    /// An employee who puts the client through talks with a colleague first. That talk has a leg of its own, which ends in the
    /// phone system itself; the client's talk with the colleague begins at its end. Nobody talks with a client who has not
    /// answered: an employee whom the phone system called first waited.
    private static func withClient(_ number: String, among legs: [Leg]) -> [Leg] {
        let begin = legs.lazy.filter { $0.direction != .internal && $0.isAnswered }.map(\.answer).min()
        return legs.compactMap { leg in
            guard leg.direction == .internal else { return leg }
            guard leg.external == .number(number), leg.isAnswered, !leg.isRelay, let begin, begin < leg.end.epochSeconds
            else { return nil }
            var leg = leg
            if leg.answer < begin { leg.talk = .seconds(leg.end.epochSeconds - begin) }
            let consultation = legs.filter {
                $0.isRelay && $0.isAnswered && $0.end.epochSeconds > leg.answer
                    && $0.end.epochSeconds + chanceOverlap < leg.end.epochSeconds
            }
            guard let end = consultation.map(\.end.epochSeconds).max() else { return leg }
            var rest = leg
            rest.talk = .seconds(leg.end.epochSeconds - end)
            return rest
        }
    }

    /// The answered legs in which people talked.
    ///
    /// A leg that ends in the phone system itself tells of waiting as well, and so does a queue's or a menu's leg beside that
    /// of the employee. Where nothing else tells of the talk they count. Legs whose talk is added up follow each other, though
    /// all may have the start of the call.
    private func talkers(among answered: [Leg], isIncoming: Bool) -> [Leg] {
        var talkers = answered
        if talkers.contains(where: { !$0.isRelay }) { talkers.removeAll { $0.isRelay } }
        if talkers.count > 1 {
            talkers = talkers.filter { leg in !talkers.contains { $0.tellsMore(closelyThan: leg) } }
        }
        let people = talkers.filter { $0.employeeExtension != nil }
        if isIncoming, rules.talk != .sum, !people.isEmpty, people.count < talkers.count {
            talkers.removeAll { leg in
                leg.employeeExtension == nil && people.contains { $0.overlap(with: leg) > Self.chanceOverlap }
            }
        }
        return talkers
    }

    /// Legs that follow each other may overlap by the seconds that their times are rounded by.
    private static let chanceOverlap: Int64 = 2

    private func employee(primary: Leg, counted: [Leg], talkers: [Leg], legs: [Leg]) -> String? {
        let talkers = talkers.filter { $0.employeeExtension != nil }
        let chosen: Leg? =
            switch rules.employee {
            case .first: talkers.first
            case .last: talkers.last
            case .longest: talkers.max { $0.talk < $1.talk }
            }
        if let chosen { return chosen.employeeExtension }
        guard primary.direction == .incoming else {
            if let known = primary.employeeExtension ?? counted.lazy.compactMap(\.employeeExtension).first {
                return known
            }
            // The exchange called for the only employee whom it rang as well.
            let rung = Set(legs.filter { $0.isAnswered && !$0.isRelay }.compactMap(\.employeeExtension))
            return rung.count == 1 ? rung.first : nil
        }
        let rung = Set(counted.compactMap(\.employeeExtension))
        // A machine or a mobile that took the call from the only employee who was rung took it for that employee.
        return rung.count == 1 ? rung.first : nil
    }

    /// An outgoing call may try one trunk after the other; the one that got through is its line.
    private func line(primary: Leg, sameWay: [Leg]) -> String? {
        if primary.direction != .incoming, let through = sameWay.first(where: { $0.isAnswered && $0.line != nil }) {
            return through.line
        }
        return primary.line ?? sameWay.lazy.compactMap(\.line).first
    }

    /// - Parameter last: The last leg that went the way of the call.
    private func outcome(of last: Leg, isAnswered: Bool, talk: Duration) -> (status: StatusCode, reason: String?) {
        isSuccess(isAnswered: isAnswered, talk: talk)
            ? (.success, nil) : (Self.failure(last.status, last.direction), last.failedReason)
    }

    private func isSuccess(isAnswered: Bool, talk: Duration) -> Bool {
        // Under the span rule the end of the call may be in a record that has not come: it was answered all the same.
        isAnswered && (talk > .zero || rules.talk == .span)
    }

    /// The outcome of a call in which nobody talked.
    ///
    /// - Parameters:
    ///   - status: That of the last leg.
    ///   - direction: That of the last leg.
    private static func failure(_ status: StatusCode, _ direction: LegDirection) -> StatusCode {
        guard status == .success else { return status }
        return direction == .incoming ? .missed : .cancelled
    }

    private func talk(of answered: [Leg], endOfCall: CallTime) -> Duration {
        guard !answered.isEmpty else { return .zero }
        switch rules.talk {
        case .sum: return answered.reduce(.zero) { $0 + $1.talk }
        case .max: return answered.map(\.talk).max() ?? .zero
        case .first: return answered.first?.talk ?? .zero
        case .last: return answered.last?.talk ?? .zero
        case .span:
            let begin = answered.map(\.answer).min() ?? endOfCall.epochSeconds
            return .seconds(max(0, endOfCall.epochSeconds - begin))
        case .union: return Self.unitedTalk(of: answered)
        }
    }

    private static func unitedTalk(of answered: [Leg]) -> Duration {
        if answered.count == 1 { return answered[0].talk }
        var total: Int64 = 0
        var covered = Int64.min
        var told: [Talk: Int64] = [:]
        for leg in answered.sorted(by: { ($0.answer, $0.sequence) < ($1.answer, $1.sequence) }) {
            // A queue's row and the agent's row tell of the same talk, sometimes from different starts.
            let talk = Talk(employee: leg.employeeExtension, length: leg.talk)
            if let end = told[talk], leg.answer < end { continue }
            told[talk] = leg.end.epochSeconds
            total += max(0, leg.end.epochSeconds - max(covered, leg.answer))
            covered = max(covered, leg.end.epochSeconds)
        }
        return .seconds(total)
    }

    private struct Talk: Hashable {
        var employee: String?
        var length: Duration
    }
}

extension Leg {
    /// When the talk of this leg began, in seconds since 1970.
    var answer: Int64 { end.epochSeconds - talk.components.seconds }

    /// Whether another leg of the same channels begins its talk earlier and ends with this one: a menu's time belongs to
    /// that one as well, from which a second record was forked when the menu was over.
    func tellsMore(closelyThan other: Leg) -> Bool {
        employeeExtension != nil && employeeExtension == other.employeeExtension && direction == other.direction
            && external == other.external && answer > other.answer + 1
            && start.epochSeconds > other.start.epochSeconds && abs(end.epochSeconds - other.end.epochSeconds) <= 1
    }

    /// For how many seconds people talked on both legs at a time.
    func overlap(with other: Leg) -> Int64 {
        min(end.epochSeconds, other.end.epochSeconds) - max(answer, other.answer)
    }
}

extension CallType {
    fileprivate init(_ direction: LegDirection, isRedirected: Bool) {
        switch direction {
        case .incoming: self = isRedirected ? .incomingRedirected : .incoming
        case .callback: self = .callback
        case .outgoing, .internal: self = .outgoing
        }
    }
}
