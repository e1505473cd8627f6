// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Dispatch
import Ledger
import Synchronization

/// Stores batches of legs in the order in which they come, while the next one is being read.
///
/// At most one batch is on its way, which bounds the memory: whoever brings the next one waits.
final class BatchWriter: Sendable {
    /// What is stored in one transaction.
    struct Batch: Sendable {
        /// The legs of each key, in the order in which the keys were met.
        var groups: [[Leg]] = []
        var rejects: [LedgerReject] = []
        /// The end of the newest leg, in seconds since 1970.
        var newestLeg: Int64?
        /// How far the file was taken in, once it is read to its end.
        var file: LedgerFile?
        /// The account of the records that are no legs, and of all that were read.
        var tally = RecordTally()
    }

    /// What is known after the batches that were stored.
    struct State: Sendable {
        var keeper: GroupKeeper
        var tally: RecordTally
    }

    private let ledger: Ledger
    private let state: Mutex<(known: State, fault: (any Error)?)>
    private let queue = DispatchQueue(label: "cdr24.intake")
    private let turn = DispatchSemaphore(value: 1)

    init(ledger: Ledger, keeper: GroupKeeper, tally: RecordTally) {
        self.ledger = ledger
        state = Mutex((State(keeper: keeper, tally: tally), nil))
    }

    /// Begins to store a batch.
    ///
    /// - Throws: What went wrong with an earlier one; nothing is stored after it.
    func write(_ batch: Batch) throws {
        turn.wait()
        if let fault = state.withLock({ $0.fault }) {
            turn.signal()
            throw fault
        }
        queue.async {
            self.store(batch)
            self.turn.signal()
        }
    }

    /// Waits until all batches are stored.
    ///
    /// - Throws: What went wrong with one of them.
    func finish() throws -> State {
        wait()
        let (known, fault) = state.withLock { $0 }
        if let fault { throw fault }
        return known
    }

    /// Waits until nothing is on its way any more.
    func wait() {
        turn.wait()
        turn.signal()
    }

    private func store(_ batch: Batch) {
        var known = state.withLock { $0.known }
        do {
            try ledger.intake { writer in
                known.tally.add(batch.tally)
                for legs in batch.groups { try known.keeper.take(legs, writer: writer, tally: &known.tally) }
                for reject in batch.rejects {
                    known.tally.rejected(reject.reason, isNew: try writer.reject(reject))
                }
                if let newestLeg = batch.newestLeg {
                    try writer.noteNewestLeg(newestLeg, sourceID: known.keeper.sourceID)
                }
                if let file = batch.file { _ = try writer.save(file) }
            }
            let stored = known
            state.withLock { $0.known = stored }
        } catch {
            state.withLock { $0.fault = error }
        }
    }
}
