// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Dispatch
import Ledger
import Reporting
import Synchronization

/// Stores batches of legs in the order of their turns, while the next ones are being read and mapped.
///
/// Several batches share a transaction, which waits for the next one as long as there may be one. Only a few batches are
/// on their way, which bounds the memory: whoever asks for one more turn waits.
final class BatchWriter: Sendable {
    /// What some records of a file have become.
    struct Batch: Sendable {
        /// The calls of a single leg.
        var calls: PackedCalls
        /// What there is of each key, in the order in which the keys were met.
        var groups: [LegGroup] = []
        var rejects: [LedgerReject] = []
        /// The end of the newest leg, in seconds since 1970.
        var newestLeg: Int64?
        /// How far the file was taken in, once it is read to its end.
        var file: LedgerFile?
        /// The account of the records that are no legs, and of all that were read.
        var tally = RecordTally()
        /// What else was noticed.
        var notes = MappingNotes()
    }

    /// What is known after the batches that were stored.
    struct State: Sendable {
        var keeper: GroupKeeper
        var tally: RecordTally
        var notes = MappingNotes()
        /// How many batches there were.
        fileprivate(set) var batches = 0
    }

    /// A batch's place in the order.
    struct Turn: Sendable {
        fileprivate var number: Int
    }

    /// The batches on their way.
    private struct Line {
        var nextTurn = 0
        var nextToStore = 0
        var waiting: [Int: Batch] = [:]
        var fault: (any Error)?
        /// Whether no more turns are given.
        var isClosed = false

        var isOver: Bool { isClosed && nextToStore == nextTurn }

        /// Takes out the batch whose turn it is, if it has come.
        mutating func next() -> Batch? {
            guard let batch = waiting.removeValue(forKey: nextToStore) else { return nil }
            nextToStore += 1
            return batch
        }
    }

    private let ledger: Ledger
    private let zoneCheck: ZoneCheck?
    private let state: Mutex<State>
    private let line = Mutex(Line())
    private let queue = DispatchQueue(label: "cdr24.intake")
    private let turns: DispatchSemaphore
    private let arrivals = DispatchSemaphore(value: 0)
    private let storing = DispatchGroup()

    /// How many records make a transaction, roughly: the pages that they change fit into the ledger's cache.
    private static let transactionRecords = 8_192

    /// - Parameters:
    ///   - zoneCheck: What the first batch must pass.
    ///   - mostOnTheirWay: How many batches may be mapped and stored at a time, at least 1.
    init(
        ledger: Ledger, keeper: GroupKeeper, tally: RecordTally, zoneCheck: ZoneCheck? = nil, mostOnTheirWay: Int = 2
    ) {
        self.ledger = ledger
        self.zoneCheck = zoneCheck
        turns = DispatchSemaphore(value: mostOnTheirWay)
        state = Mutex(State(keeper: keeper, tally: tally))
    }

    /// Waits until one more batch may be on its way, and gives it the next turn, which has to be used.
    ///
    /// - Throws: What went wrong with an earlier one; nothing is stored after it.
    func takeTurn() throws -> Turn {
        turns.wait()
        do {
            return try line.withLock { line in
                if let fault = line.fault { throw fault }
                if line.nextTurn == 0 { queue.async(group: storing) { self.storeAll() } }
                line.nextTurn += 1
                return Turn(number: line.nextTurn - 1)
            }
        } catch {
            turns.signal()
            throw error
        }
    }

    /// Has a batch stored once all batches before it are.
    func write(_ batch: Batch, in turn: Turn) {
        line.withLock { $0.waiting[turn.number] = batch }
        arrivals.signal()
    }

    /// Waits until all batches are stored.
    ///
    /// - Throws: What went wrong with one of them.
    func finish() throws -> State {
        wait()
        if let fault = line.withLock({ $0.fault }) { throw fault }
        return state.withLock { $0 }
    }

    /// Waits until all batches are stored that have a turn; no more turns are to be taken then.
    func wait() {
        line.withLock { $0.isClosed = true }
        arrivals.signal()
        storing.wait()
    }

    /// The next batch in the order; waits for it unless there will be none.
    private func next() -> Batch? {
        while true {
            let (batch, isOver) = line.withLock { ($0.next(), $0.isOver) }
            if let batch { return batch }
            if isOver { return nil }
            arrivals.wait()
        }
    }

    private func storeAll() {
        while let first = next() {
            do {
                try store(first)
            } catch {
                line.withLock { $0.fault = error }
                turns.signal()
                // Those that are on their way are dropped.
                while next() != nil { turns.signal() }
            }
        }
    }

    /// Stores batches in one transaction, beginning with one that is there.
    private func store(_ first: Batch) throws {
        var known = state.withLock { $0 }
        if known.batches == 0 { try zoneCheck?.run(first.notes.zoneEvidence) }
        try ledger.intake { writer in
            var batch = first
            var records = 0
            while true {
                try Self.take(batch, into: &known, writer: writer)
                records += batch.tally.records.read
                guard records < Self.transactionRecords, let more = next() else { return }
                batch = more
                turns.signal()
            }
        }
        state.withLock { $0 = known }
        turns.signal()
    }

    private static func take(_ batch: Batch, into known: inout State, writer: IntakeWriter) throws {
        known.batches += 1
        known.tally.add(batch.tally)
        known.notes.add(batch.notes)
        writer.expect(batch.calls)
        for group in batch.groups {
            try known.keeper.take(group, of: batch.calls, writer: writer, tally: &known.tally)
        }
        for reject in batch.rejects {
            known.tally.rejected(reject.reason, isNew: try writer.reject(reject))
        }
        if let newestLeg = batch.newestLeg {
            try writer.noteNewestLeg(newestLeg, sourceID: known.keeper.sourceID)
        }
        if let file = batch.file { _ = try writer.save(file) }
    }
}
