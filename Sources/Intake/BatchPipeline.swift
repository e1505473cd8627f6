// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Ledger

/// Records of a file on their way to a mapper.
struct RecordWork: Sendable {
    var records: RecordBatch
    /// How far the file was taken in, with the last records.
    var file: LedgerFile?
    /// Whether these are the last records.
    var isLast = false
}

/// Has the batches of one file mapped and stored, in their order.
protocol BatchPipeline: AnyObject {
    /// Takes the next batch.
    ///
    /// - Throws: What went wrong with an earlier one.
    func send(_ work: RecordWork) throws

    /// Waits until all is stored; nothing may be sent after that.
    func end() -> Result<BatchStorer, any Error>
}

/// Maps and stores on threads of its own, while the next records are found.
final class ThreadedPipeline: BatchPipeline {
    /// One is mapped while another one is mapped or waits to be stored; more would take memory and no time off.
    private static let batchesOnTheirWay = 2

    private let channel: OrderedChannel<RecordWork, MappedBatch>
    private let mappers: [OwnThread<Void>]
    private let storer: OwnThread<Result<BatchStorer, any Error>>

    /// - Parameter workers: Mappers that have begun the file.
    init(_ workers: some Collection<MappingWorker>, _ storer: BatchStorer) {
        let channel = OrderedChannel<RecordWork, MappedBatch>(capacity: Self.batchesOnTheirWay)
        self.channel = channel
        mappers = workers.map { worker in OwnThread("cdr24-map") { channel.work { worker.map($0) } } }
        self.storer = OwnThread("cdr24-store") {
            var storer = storer
            do {
                try storer.storeAll { try channel.receive() }
                return .success(storer)
            } catch {
                channel.fail(error)
                return .failure(error)
            }
        }
    }

    func send(_ work: RecordWork) throws { try channel.send(work) }

    func end() -> Result<BatchStorer, any Error> {
        channel.close()
        for mapper in mappers { mapper.join() }
        return storer.join()
    }
}

/// Maps and stores on the thread that sends: small files are done before other threads would have begun.
final class DirectPipeline: BatchPipeline {
    /// How many batches are stored in one transaction.
    private static let mostBatches = 4

    private let worker: MappingWorker
    private var storer: BatchStorer
    private var waiting: [RecordWork] = []
    private var fault: (any Error)?

    /// - Parameter worker: A mapper that has begun the file.
    init(_ worker: MappingWorker, _ storer: BatchStorer) {
        self.worker = worker
        self.storer = storer
    }

    func send(_ work: RecordWork) throws {
        waiting.append(work)
        if waiting.count >= Self.mostBatches { store() }
        if let fault { throw fault }
    }

    func end() -> Result<BatchStorer, any Error> {
        store()
        return fault.map { .failure($0) } ?? .success(storer)
    }

    private func store() {
        guard fault == nil else { return }
        var works = waiting[...]
        waiting = []
        do {
            try storer.storeAll { works.popFirst().map(worker.map) }
        } catch {
            fault = error
        }
    }
}
