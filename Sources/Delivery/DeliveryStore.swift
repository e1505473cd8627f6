// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
import CallLifecycle
package import Clocks
import Foundation
package import Ledger

/// How the values of a delivery are kept in a ledger.
extension DeliveryMemory {
    /// The most calls of a source that are looked up to see whether others have registered them, and how many of these
    /// follow each other where there are more.
    private static let neighbourSample = (most: 200, run: 10)

    /// Reads what a ledger remembers.
    ///
    /// - Parameter settings: What the delivery is told.
    init(_ ledger: Ledger, _ settings: DeliverySettings) throws(LedgerFault) {
        self.init()
        let checked = try ledger.fact(.neighboursChecked)?.split(separator: ",").map(String.init) ?? []
        neighboursChecked = Set(checked)
        neighbourOffset = try ledger.fact(.neighbourOffset).flatMap { Int64($0) }
        for (prefix, neighbours) in settings.neighbours.sorted(by: { $0.key < $1.key })
        where !checked.contains(prefix) {
            // A ledger of an earlier version has been delivering for long.
            if try ledger.hasDelivered(keyPrefix: prefix) {
                neighboursChecked.insert(prefix)
                mustRememberNeighbours = true
                continue
            }
            guard neighbours.policy == .stop else { continue }
            guard settings.keyPrefixes.contains(prefix) else {
                leftOut[prefix] = 0
                continue
            }
            let runs = try ledger.sampleOfPending(
                keyPrefix: prefix, most: Self.neighbourSample.most, run: Self.neighbourSample.run)
            if !runs.isEmpty { neighbourSamples.append(NeighbourSample(prefix: prefix, runs: runs)) }
        }
        try leaveOut(ledger, settings)
        deliverable = try ledger.deliverableCount() - leftOut.values.reduce(0, +)
        creating = try ledger.creationCount(
            CreationRules(settings.crm, recordsMayAsk: settings.recordsMayCreate), leavingOut: Set(leftOut.keys))
        lines = try ledger.linesToSend(leavingOut: Set(leftOut.keys))
        keepsKeys = try ledger.fact(.keepsExternalCallIDs).map { $0 == "yes" }
        highestStatisticID = try ledger.fact(.highestStatisticID).flatMap { Int64($0) }
        firstContact = try ledger.fact(.firstContact).flatMap { Int64($0) }
        sequence = try ledger.fact(.sequence).flatMap { Int64($0) } ?? 0
        pace = try PaceMemory(ledger)
    }

    /// Counts the calls that are left alone.
    private mutating func leaveOut(_ ledger: Ledger, _ settings: DeliverySettings) throws(LedgerFault) {
        let configured = Set(settings.keyPrefixes).union(settings.neighbours.keys)
        for source in try ledger.sources() {
            let isConfigured = configured.contains(source.keyPrefix)
            guard !isConfigured || leftOut[source.keyPrefix] != nil else { continue }
            leftOut[source.keyPrefix] = try ledger.pendingCount(sourceID: source.id)
            if !isConfigured, try ledger.hasDelivered(keyPrefix: source.keyPrefix) {
                abandoned.insert(source.keyPrefix)
            }
        }
        leftOut = leftOut.filter { $0.value > 0 }
    }
}

extension LedgerFact {
    /// The facts as a ledger keeps them; of two values of one fact the later one counts.
    static func values(of facts: [DeliveryFact]) -> [LedgerFact: String] {
        var values: [LedgerFact: String] = [:]
        for fact in facts {
            switch fact {
            case .portalHost(let host): values[.portalHost] = host
            case .keepsKeys(let keeps): values[.keepsExternalCallIDs] = keeps ? "yes" : "no"
            case .highestStatisticID(let id): values[.highestStatisticID] = String(id)
            case .sequence(let number): values[.sequence] = String(number)
            case .firstContact(let seconds): values[.firstContact] = String(seconds)
            case .neighboursChecked(let prefixes):
                values[.neighboursChecked] = Set(prefixes).sorted().joined(separator: ",")
            case .neighbourOffset(let seconds): values[.neighbourOffset] = String(seconds)
            case .pace(let memory): values[.pace] = memory.text
            }
        }
        return values
    }
}

extension Ledger {
    /// For how many of the calls that wait to be registered something may be created in the CRM.
    fileprivate func creationCount(
        _ rules: CreationRules, leavingOut leftOut: Set<String>
    ) throws(LedgerFault) -> Int {
        guard rules.isPossible else { return 0 }
        var count = 0
        var cursor = DeliveryCursor.beginning
        while true {
            let calls = try trackedCalls(in: .pending, after: cursor, limit: 5_000)
            guard let last = calls.last else { return count }
            count += calls.count {
                $0.adoptableCallID == nil && rules.creates($0) && !leftOut.contains($0.keyPrefix)
            }
            cursor = DeliveryCursor(after: last)
        }
    }

    /// Answers what a delivery asks about an outcome.
    func answer(_ question: FactRequest) throws(LedgerFault) -> StoreFacts {
        var facts = StoreFacts()
        if !question.portalCallIDs.isEmpty { facts.owners = try owners(ofPortalCallIDs: question.portalCallIDs) }
        for key in question.keys { facts.calls[key] = try trackedCall(key: key) }
        if let rivals = question.rivals {
            facts.rivals = try undeliveredCalls(starts: rivals.starts, numbers: rivals.numbers)
        }
        for call in question.lookAlikesOf where try hasLookAlike(of: call) { facts.withLookAlike.insert(call.id) }
        return facts
    }
}

extension PaceMemory {
    /// What the last run left; `nil` when there is nothing, or nothing that can be read, which only makes the start slower.
    package init?(_ ledger: any CallStore) throws(LedgerFault) {
        guard let text = try ledger.fact(.pace),
            // Another version may have written it.
            let memory = try? JSONDecoder().decode(PaceMemory.self, from: Data(text.utf8))
        else { return nil }
        self = memory
    }

    /// The form in which the ledger keeps it.
    var text: String {
        // Its values are numbers and words: the encoder has nothing to refuse. Without it the next run starts slowly.
        (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

extension DeliveryPace {
    /// The pace that the last run left in the ledger, or that of an unknown portal.
    ///
    /// - Throws: `LedgerFault` when the ledger cannot be read.
    package init(settings: PortalSettings, ledger: any CallStore, time: TimeSource) throws(LedgerFault) {
        self.init(
            settings: settings, epoch: time.wall() - time.monotonic().inSeconds, memory: try PaceMemory(ledger))
    }
}
