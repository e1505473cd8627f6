// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
import CallRecords
package import Ledger
import Synchronization

/// What a dry run takes files into: it sees a ledger beneath it, leaves it untouched, and leaves nothing behind.
///
/// A dry run takes the same way as an import. What it finds is kept in memory up to a bound, and beyond it in files
/// without names among the system's temporary files, which are gone when the process ends, however it ends.
package final class DryRunCallStore: CallStore {
    /// The ledger that is looked into for what the run has not met itself; only read.
    private let base: Ledger?
    /// What was asked for since the run has met it.
    private let own: Ledger
    /// The calls that nobody has asked for.
    let spilled: SpilledCalls
    private let rejects = CountedRejects()
    /// The rejected records of the ledger beneath whose place records of this run would take.
    private let replaced = Mutex<Set<Int64>>([])

    /// - Parameters:
    ///   - base: The ledger that an import would use, opened for reading; `nil` when there is none yet.
    ///   - wallClock: The wall clock in seconds since 1970.
    /// - Throws: ``LedgerFault`` when no temporary file can be made.
    package init(
        over base: Ledger?, wallClock: @escaping @Sendable () -> Int64 = Ledger.systemClock
    ) throws(LedgerFault) {
        self.base = base
        own = try Ledger.temporary(wallClock: wallClock)
        spilled = try SpilledCalls()
    }

    /// The source with a key prefix, as the ledger beneath knows it, else made with `keyRule` for this run.
    package func source(keyPrefix: String, keyRule: String) throws(LedgerFault) -> LedgerSource {
        // In the row that it has in the ledger, so that files and calls still refer to it.
        if try own.source(keyPrefix: keyPrefix) == nil, let known = try base?.source(keyPrefix: keyPrefix) {
            try own.add(known)
        }
        return try own.source(keyPrefix: keyPrefix, keyRule: keyRule)
    }

    /// All sources of the ledger beneath, and those of this run that it does not have.
    package func sources() throws(LedgerFault) -> [LedgerSource] {
        let known = try base?.sources() ?? []
        return try known + own.sources().filter { source in !known.contains { $0.keyPrefix == source.keyPrefix } }
    }

    /// Whether the run or the ledger beneath has any call of the source.
    package func hasCalls(sourceID: Int64) throws(LedgerFault) -> Bool {
        if spilled.counts[sourceID, default: 0] > 0 { return true }
        if try own.hasCalls(sourceID: sourceID) { return true }
        return try base?.hasCalls(sourceID: sourceID) ?? false
    }

    /// The files of a source that were read before, those of this run first; they have no rows.
    package func files(sourceID: Int64, path: String) throws(LedgerFault) -> [LedgerFile] {
        var files = try own.files(sourceID: sourceID, path: path)
        for var file in try base?.files(sourceID: sourceID, path: path) ?? [] {
            file.id = 0
            files.append(file)
        }
        return files
    }

    /// The end of the newest leg of a source, in seconds since 1970; `nil` before the first one.
    package func newestLeg(sourceID: Int64) throws(LedgerFault) -> Int64? { try own.newestLeg(sourceID: sourceID) }

    /// What the legs of earlier runs and of this one share with those that may still come.
    package func marks(sourceID: Int64) throws(LedgerFault) -> [LedgerMark] {
        try (base?.marks(sourceID: sourceID) ?? []) + own.marks(sourceID: sourceID)
    }

    /// Does nothing: nothing of this lasts.
    package func beginReading() {}

    /// Does nothing: nothing of this lasts.
    package func endReading() {}

    /// Sees the ledger beneath as it is when this begins.
    package func intake<Result>(
        _ body: (any IntakeTransaction) throws -> Result
    ) throws(LedgerFault) -> Result {
        guard let base else { return try intake(over: nil, body) }
        return try base.snapshot { try intake(over: $0, body) }
    }

    private func intake<Result>(
        over base: LedgerSnapshot?, _ body: (any IntakeTransaction) throws -> Result
    ) throws(LedgerFault) -> Result {
        try own.transaction {
            try body(
                DryRunTransaction(own: $0, base: base, spilled: spilled, rejects: rejects) { id in
                    self.replaced.withLock { $0.insert(id).inserted }
                })
        }
    }

    /// The call with a key or alias, of the run or of the ledger beneath; `nil` when there is none.
    package func call(key: String) throws(LedgerFault) -> LedgerCall? { try intake { try $0.call(key: key) } }

    /// Only calls that were asked for, and none of the ledger beneath.
    package func calls(
        in state: CallState, after cursor: DeliveryCursor, latestStart: Int64, limit: Int
    ) throws(LedgerFault) -> [LedgerCall] {
        try own.calls(in: state, after: cursor, latestStart: latestStart, limit: limit)
    }

    /// Only calls that the run has met.
    package func openCounts() throws(LedgerFault) -> [CallState: [String: Int]] {
        var counts = try own.openCounts()
        let spilled = spilled.count
        if spilled > 0 { counts[.pending, default: [:]]["", default: 0] += spilled }
        return counts
    }

    /// Only calls that the run has met.
    package func extensionsToSend(limit: Int) throws(LedgerFault) -> [String: Int] {
        var found = CountsByBytes<String>()
        var left = limit
        try spilled.forEach { call in
            left -= 1
            if let employee = call.employeeExtension { found.add(employee.utf8) }
            return left > 0
        }
        return try own.extensionsToSend(limit: limit).merging(found.counts, uniquingKeysWith: +)
    }

    /// Counts the calls that an import of the same files would send, those of the ledger beneath included.
    package func addCallsToSend(to counts: inout NeedsCounts) throws(LedgerFault) {
        try own.addCallsToSend(to: &counts)
        try spilled.forEach { call in
            counts.add(call)
            return true
        }
        try base?.addCallsToSend(to: &counts)
    }

    /// How many calls an import of the same files would have to deliver, those of the ledger beneath included.
    package func deliverableCount() throws(LedgerFault) -> Int {
        try own.deliverableCount() + spilled.count + (base?.deliverableCount() ?? 0)
    }

    /// Whether the ledger beneath has calls of a source of which the portal has nothing.
    package func hasUnsent(sourceID: Int64) throws(LedgerFault) -> Bool {
        try base?.hasUnsent(sourceID: sourceID) ?? false
    }

    /// How many calls of a source wait to be sent in the ledger beneath.
    package func pendingCount(sourceID: Int64, readBefore runID: Int64) throws(LedgerFault) -> Int {
        try base?.pendingCount(sourceID: sourceID, readBefore: runID) ?? 0
    }

    /// Whether anything ever left for any call of the ledger beneath.
    package func hasDelivered() throws(LedgerFault) -> Bool {
        if let base, try base.hasDelivered() { return true }
        return try own.hasDelivered()
    }

    /// How many calls of a source began before `limit`, with the start of the oldest of them; both in seconds since 1970.
    ///
    /// Only calls that the run has met.
    package func pendingBefore(
        _ limit: Int64, sourceID: Int64
    ) throws(LedgerFault) -> (count: Int, oldest: Int64)? {
        var found = try own.pendingBefore(limit, sourceID: sourceID)
        try spilled.forEach { call in
            if call.sourceID == sourceID, call.start < limit {
                found = ((found?.count ?? 0) + 1, min(found?.oldest ?? .max, call.start))
            }
            return true
        }
        return found
    }

    /// What would need a person after an import: what does in the ledger beneath, and what the run has met.
    package func attention() throws(LedgerFault) -> LedgerAttention {
        var attention = try own.attention()
        attention.add(rejects.attention)
        if let base { attention.add(try base.attention(withoutRejects: replaced.withLock { $0 })) }
        return attention
    }

    /// Only rejected records of the ledger beneath.
    package func openRejects(sourceID: Int64, after: Int64, limit: Int) throws(LedgerFault) -> [LedgerReject] {
        try base?.openRejects(sourceID: sourceID, after: after, limit: limit) ?? []
    }

    /// How a file was read by an import.
    package func reading(sourceID: Int64, path: String) throws(LedgerFault) -> LedgerReading? {
        try base?.reading(sourceID: sourceID, path: path)
    }

    /// How the file system described files that an import has read to their end by some rules.
    package func stamps(
        sourceID: Int64, rules: String, paths: some Collection<String>
    ) throws(LedgerFault) -> [FileStamp?] {
        try base?.stamps(sourceID: sourceID, rules: rules, paths: paths) ?? paths.map { _ in nil }
    }

    /// Whether an import may have read a file of so many bytes to its end.
    package func hasWholeFile(sourceID: Int64, size: Int64?) throws(LedgerFault) -> Bool {
        try base?.hasWholeFile(sourceID: sourceID, size: size) ?? false
    }

    /// A file with a content that an import has read to its end by some rules; `nil` when there is none.
    package func wholeFile(
        sourceID: Int64, size: Int64, content: [UInt8], rules: String
    ) throws(LedgerFault) -> LedgerWholeFile? {
        try base?.wholeFile(sourceID: sourceID, size: size, content: content, rules: rules)
    }

    /// Changes the rule for this run only.
    package func change(keyRule: String, sourceID: Int64) throws(LedgerFault) {
        try own.change(keyRule: keyRule, sourceID: sourceID)
    }

    /// A fact that the ledger beneath knows.
    package func fact(_ fact: LedgerFact) throws(LedgerFault) -> String? { try base?.fact(fact) }

    /// Does nothing and gives `false`: nothing lasts anyway.
    package func forgetIntake() -> Bool { false }

    /// Ends the use of this store and of the ledger beneath.
    package func close() throws(LedgerFault) {
        try own.close()
        try base?.close()
    }
}
