// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// Reading a ledger's first delivered calls back: does the portal keep EXTERNAL_CALL_ID, and does it show every call?
struct ReadBack: Sendable {
    /// How often the calls are read back: statistics lag a little.
    private static let mostReads = 4
    private static let keylessWarning =
        "the portal does not store EXTERNAL_CALL_ID; calls with the same number, type and employee are sent one after the other"
    private static let unseenWarning =
        "the first calls are not in the portal's statistics yet; calls with the same number, type and employee are "
        + "sent one after the other"

    private let calls: [TrackedCall]
    private var reads = 0

    /// - Parameter calls: The calls that were delivered.
    init(_ calls: [TrackedCall]) { self.calls = calls }

    /// The question for the calls.
    func lookUp(_ name: String) -> LookUp { LookUp(name, keysAndCallIDsOf: calls) }

    /// Takes in what became of a question.
    ///
    /// - Returns: What it means, and whether nothing more is to be read.
    mutating func received(
        _ outcome: BatchOutcome, to lookUp: LookUp, _ portal: PortalKnowledge
    ) -> (news: Consequences, isOver: Bool) {
        let (reply, _, verdict) = outcome.reading()
        let finding = reply.map { lookUp.read($0, keepsKeys: portal.keepsKeys == true) } ?? .failed(verdict)
        reads += 1
        let isLast = reads >= Self.mostReads
        var news = Consequences()
        switch finding {
        case .failed(let verdict): news.verdict = verdict
        case .noRight: news.portal.reading = PortalKnowledge.Reading.none
        case .rows(let keys, _), .incomplete(let keys, _):
            let shown = calls.count { finding.row(of: $0) != nil }
            guard shown == calls.count || (shown > 0 && isLast) else { break }
            news.portal.keepsKeys = !keys.isEmpty
            if shown < calls.count {
                news.warnings = [Self.partWarning(shown, calls.count)]
                if portal.reading == .all { news.portal.reading = .some }
            } else if keys.isEmpty {
                news.warnings = [Self.keylessWarning]
            }
            return (news, true)
        }
        if isLast { news.warnings = [Self.unseenWarning] }
        return (news, isLast)
    }

    private static func partWarning(_ shown: Int, _ all: Int) -> String {
        "the portal's statistics show only \(shown) of the first \(all) calls; a call whose reply is lost and that is not "
            + "in the statistics will be held, and a lost ledger could not be made good: check the permission to view the "
            + "calls of all employees"
    }
}
