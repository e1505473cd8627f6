// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// A ledger's first few calls, which are sent and read back before anything else leaves.
///
/// What is read back shows whether the portal keeps EXTERNAL_CALL_ID; until that is known, look-alikes are sent one after
/// the other.
struct FirstBatch: Sendable {
    /// What comes next.
    enum Step: Sendable {
        /// Choose the calls.
        case choose
        /// Look the chosen calls up by what they are: a ledger that was lost on a portal that keeps no keys shows in that.
        case verify(Verification)
        case register([TrackedCall])
        case finish
        /// Read delivered calls back, no sooner than the moment.
        case readBack([TrackedCall], notBefore: Duration)
        case done
    }

    /// The most calls of a ledger's first batch.
    static let size = 5
    /// How often the calls are read back: statistics lag a little.
    private static let mostReads = 4

    private(set) var step = Step.choose
    /// What a person should know about the portal, once it is known.
    private(set) var warning: String?
    private var reads = 0
    private var chosen: [TrackedCall] = []

    /// Whether the statistics have shown some of the calls and not the others, although they were read several times.
    private(set) var showsPart = false

    /// Whether calls were delivered that are to be read back: what a reply says about keys is no proof.
    var wasSent: Bool {
        if case .readBack = step { true } else { false }
    }

    /// The calls were chosen.
    ///
    /// - Parameter needsVerification: Whether they are looked up by what they are first.
    mutating func chose(_ calls: [TrackedCall], needsVerification: Bool) {
        chosen = calls
        let verification = Verification(of: calls, by: .attributes)
        step = calls.isEmpty ? .done : needsVerification ? .verify(verification) : .register(calls)
    }

    /// The verification goes on, or has come to its end and has shown nothing.
    mutating func verified(_ verification: Verification) {
        if case .done = verification.next { step = .register(chosen) } else { step = .verify(verification) }
    }

    /// A register was answered, or left without an answer.
    mutating func registered(wasAnswered: Bool) { step = wasAnswered ? .finish : .choose }

    /// Nothing can be finished: begin anew.
    mutating func startAgain() { step = .choose }

    /// A finish was answered; `delivered` are the calls that it has delivered.
    mutating func finished(_ delivered: [TrackedCall], at now: Duration) {
        step = delivered.isEmpty ? .choose : .readBack(delivered, notBefore: now)
    }

    private static let keylessWarning =
        "the portal does not store EXTERNAL_CALL_ID; calls with the same number, type and employee are sent one after the other"

    private static func partWarning(_ shown: Int, _ all: Int) -> String {
        "the portal's statistics show only \(shown) of the first \(all) calls; a call whose reply is lost and that is not "
            + "in the statistics will be held, and a lost ledger could not be made good: check the permission to view the "
            + "calls of all employees"
    }

    /// Reads what a reading of the delivered calls showed.
    ///
    /// - Returns: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while the reading does not show it.
    mutating func read(_ finding: LookUp.Finding, rereadAfter: Duration, at now: Duration) -> Bool? {
        guard case .readBack(let calls, _) = step else { return nil }
        reads += 1
        switch finding {
        case .rows(let keys, _), .incomplete(let keys, _):
            let shown = calls.count { finding.row(of: $0) != nil }
            guard shown == 0 || (shown < calls.count && reads < Self.mostReads) else {
                step = .done
                showsPart = shown < calls.count
                warning = showsPart ? Self.partWarning(shown, calls.count) : keys.isEmpty ? Self.keylessWarning : nil
                return !keys.isEmpty
            }
        case .failed, .noRight: break
        }
        if reads < Self.mostReads {
            step = .readBack(calls, notBefore: now + rereadAfter)
        } else {
            step = .done
            warning =
                "the first calls are not in the portal's statistics yet; calls with the same number, type and employee are "
                + "sent one after the other"
        }
        return nil
    }
}
