// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
package import CallRecords

/// Where an intake finds and keeps its sources, files and calls, and where a run counts what there is.
///
/// ``Ledger`` is the one that lasts. All methods block; none may be called from the cooperative pool's threads for long.
package protocol CallStore: Sendable {
    /// The source with a key prefix, made with `keyRule` if it is new.
    ///
    /// A source that exists is returned as it is: comparing the rules is the caller's business.
    func source(keyPrefix: String, keyRule: String) throws(LedgerFault) -> LedgerSource

    /// All sources that have a row, in the order of their rows.
    func sources() throws(LedgerFault) -> [LedgerSource]

    /// Whether any call of the source is stored.
    func hasCalls(sourceID: Int64) throws(LedgerFault) -> Bool

    /// The files of a source that were read before, the one last seen at `path` first, then the newest; at most 100.
    func files(sourceID: Int64, path: String) throws(LedgerFault) -> [LedgerFile]

    /// The end of the newest leg of a source, in seconds since 1970; `nil` before the first one.
    func newestLeg(sourceID: Int64) throws(LedgerFault) -> Int64?

    /// What the legs of earlier runs share with those that may still come for their calls.
    func marks(sourceID: Int64) throws(LedgerFault) -> [LedgerMark]

    /// Lets the commits of an intake return before they survive a power cut: the files can be read again.
    ///
    /// Waiting for the disk at each of 50,000 small files took five of eight minutes on a busy machine.
    func beginReading() throws(LedgerFault)

    /// Makes all that was committed survive a power cut, and from now on each commit when it returns.
    func endReading() throws(LedgerFault)

    /// Runs one batch of intake in a transaction: all of it is stored, or nothing.
    func intake<Result>(
        _ body: (any IntakeTransaction) throws -> Result
    ) throws(LedgerFault) -> Result

    /// The call with a key or alias; `nil` when there is none.
    func call(key: String) throws(LedgerFault) -> LedgerCall?

    /// The calls of a state in the order of their starts.
    ///
    /// - Parameters:
    ///   - cursor: Only calls after this place.
    ///   - latestStart: Only calls that began by then, in seconds since 1970.
    func calls(
        in state: CallState, after cursor: DeliveryCursor, latestStart: Int64, limit: Int
    ) throws(LedgerFault) -> [LedgerCall]

    /// How many calls there are in each state but `delivered` and `deliveredByOthers`, by their reasons; without a reason under the
    /// empty text.
    func openCounts() throws(LedgerFault) -> [CallState: [String: Int]]

    /// How many of the calls that nothing was sent for yet belong to each extension.
    ///
    /// - Parameter limit: How many calls are looked at, the oldest first.
    func extensionsToSend(limit: Int) throws(LedgerFault) -> [String: Int]

    /// Counts the calls that nothing was sent for yet.
    func addCallsToSend(to counts: inout NeedsCounts) throws(LedgerFault)

    /// How many calls are whole and neither delivered nor given up.
    func deliverableCount() throws(LedgerFault) -> Int

    /// Whether there are calls of a source of which the portal has nothing, those that wait for a person included.
    func hasUnsent(sourceID: Int64) throws(LedgerFault) -> Bool

    /// How many calls of a source wait to be sent that an earlier run has read.
    ///
    /// - Parameter runID: This run.
    func pendingCount(sourceID: Int64, readBefore runID: Int64) throws(LedgerFault) -> Int

    /// Whether anything ever left for any call.
    func hasDelivered() throws(LedgerFault) -> Bool

    /// How many calls of a source that nothing was sent for began before `limit`, with the start of the oldest of them;
    /// both in seconds since 1970.
    ///
    /// - Returns: `nil` when there are none.
    func pendingBefore(_ limit: Int64, sourceID: Int64) throws(LedgerFault) -> (count: Int, oldest: Int64)?

    /// What needs a person, and nobody has dealt with.
    func attention() throws(LedgerFault) -> LedgerAttention

    /// Rejected records of a source that nobody has dealt with, the newest first, at most `limit` of those with a higher row
    /// than `after`.
    func openRejects(sourceID: Int64, after: Int64, limit: Int) throws(LedgerFault) -> [LedgerReject]

    /// How a file of a source was read last; `nil` when it was not.
    func reading(sourceID: Int64, path: String) throws(LedgerFault) -> LedgerReading?

    /// How the file system described files that were read to their end by some rules, when they were last seen at some
    /// paths.
    ///
    /// - Returns: One for each path, in their order; `nil` where no such file was seen.
    func stamps(
        sourceID: Int64, rules: String, paths: some Collection<String>
    ) throws(LedgerFault) -> [FileStamp?]

    /// Whether a file of so many bytes may have been read to its end; `nil` for any file.
    func hasWholeFile(sourceID: Int64, size: Int64?) throws(LedgerFault) -> Bool

    /// A file with a content that was read to its end by some rules, wherever it was then; `nil` when there is none.
    func wholeFile(
        sourceID: Int64, size: Int64, content: [UInt8], rules: String
    ) throws(LedgerFault) -> LedgerWholeFile?

    /// Replaces the rule that makes the keys of a source, of which no call is stored.
    func change(keyRule: String, sourceID: Int64) throws(LedgerFault)

    /// A fact that is known about the store or its portal.
    func fact(_ fact: LedgerFact) throws(LedgerFault) -> String?

    /// Forgets everything that was read, as long as nothing ever left.
    ///
    /// - Returns: Whether it was forgotten; `false` when a call is beyond `pending`, or where nothing lasts anyway.
    @discardableResult
    func forgetIntake() throws(LedgerFault) -> Bool

    /// Ends the use of the store.
    func close() throws(LedgerFault)
}

extension CallStore {
    /// The first calls of a state in the order of their starts.
    package func calls(
        in state: CallState, after cursor: DeliveryCursor = .beginning, limit: Int
    ) throws(LedgerFault) -> [LedgerCall] {
        try calls(in: state, after: cursor, latestStart: .max, limit: limit)
    }
}

/// What one transaction of ``CallStore/intake(_:)`` may ask and change; it is not used after that.
package protocol IntakeTransaction: AnyObject {
    /// The call with a key, found by the key itself or by an alias; `nil` when there is none.
    func call(key: String) throws -> LedgerCall?

    /// Whether the call with a key, or an alias like it, is known to have all of some legs.
    ///
    /// - Parameter legs: Legs with one key, at least one.
    func knows(_ legs: [Leg]) throws -> Bool

    /// Whether the leg of a packed call is known; see ``knows(_:)``.
    func knows(_ calls: PackedCalls, _ index: Int) throws -> Bool

    /// Stores a call that is not stored yet, in whatever state, and returns its row.
    @discardableResult
    func insert(_ call: LedgerCall) throws -> Int64

    /// Stores a call unless its key, or an alias like it, is taken.
    ///
    /// - Parameter aliases: Further keys by which it will be found; one that is taken stays with its call.
    /// - Returns: Whether it was stored.
    func insertIfNew(_ call: LedgerCall, aliases: [String]) throws -> Bool

    /// Stores a packed call with its aliases unless its key is taken; see ``insertIfNew(_:aliases:)``.
    func insertIfNew(_ calls: PackedCalls, _ index: Int) throws -> Bool

    /// Stores packed calls without aliases, in their order, but those whose keys, or aliases like them, are taken.
    ///
    /// - Parameter places: The places of the calls.
    /// - Returns: The places of the calls whose keys are taken.
    func insertNew(_ calls: PackedCalls, _ places: [Int]) throws -> [Int]

    /// Says that some calls will be stored one after the other.
    func expect(_ calls: PackedCalls)

    /// Stores what changed of a call that is stored.
    func update(_ call: LedgerCall) throws

    /// Forgets a call, unless anything has left for it.
    func delete(_ call: LedgerCall) throws

    /// Remembers that a stored call is also known by other keys; a key that is taken stays with its call.
    func addAliases(_ keys: [String], to call: LedgerCall) throws

    /// Stores a record that cannot become a call.
    ///
    /// - Returns: Whether it is new: the same bytes are stored once, with the newest reason.
    func reject(_ reject: LedgerReject) throws -> Bool

    /// Notes that another record took the place of a rejected one.
    ///
    /// - Parameters:
    ///   - id: The row of the rejected record.
    ///   - key: The key of the call that the other record belongs to; `nil` for one that was skipped.
    /// - Returns: Whether nobody had dealt with the rejected one before.
    func replaceReject(_ id: Int64, by key: String?) throws -> Bool

    /// The rows of the rejected records of a source with these bytes that nobody has dealt with.
    func openRejects(sourceID: Int64, raw: [UInt8]) throws -> [Int64]

    /// Stores how a file was read.
    func save(_ reading: LedgerReading) throws

    /// Stores that a file was read to its end; it counts as soon as ``settleWholeFiles(sourceID:)`` is called.
    func save(_ file: LedgerWholeFile) throws

    /// Says that nothing of the files that were stored is undecided any more.
    func settleWholeFiles(sourceID: Int64) throws

    /// Forgets the files that a run has stored which was killed before it had decided about all their records.
    func forgetUnsettledFiles(sourceID: Int64) throws

    /// Stores how far a file was taken in, and returns its row.
    @discardableResult
    func save(_ file: LedgerFile) throws -> Int64

    /// Remembers marks for the next run, and forgets those of a source that ended too long before the newest of these.
    func save(_ marks: [LedgerMark], sourceID: Int64) throws

    /// Moves the silence alarm's mark of a source forward, at most ten minutes ahead of now: one record of a clock that
    /// was wrong would silence the alarm for good.
    ///
    /// - Parameter end: The end of a leg in seconds since 1970.
    func noteNewestLeg(_ end: Int64, sourceID: Int64) throws
}

extension IntakeTransaction {
    /// Stores a call that is known by one key only; see ``insertIfNew(_:aliases:)``.
    package func insertIfNew(_ call: LedgerCall) throws -> Bool { try insertIfNew(call, aliases: []) }
}
