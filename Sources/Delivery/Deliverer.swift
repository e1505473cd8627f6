// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
import CallLifecycle
package import Clocks
package import Ledger
package import Logging

/// Runs a delivery: it asks ``DeliveryState`` for the next step, does it, and makes what came of it durable.
///
/// It decides nothing. Before a request leaves, its intents are on the disk, and so are all outcomes that came before; both
/// go there in one transaction. Before it waits, reads or ends, it saves the outcomes alone.
package actor Deliverer {
    private enum Event: Sendable {
        case answered(DeliveryRequest, BatchOutcome)
        case timer(Duration)
        case stopped
    }

    /// What a delivery waits for when it can do nothing more at once.
    private enum Awaited {
        /// An answer, or this moment if that comes first.
        case moment(Duration)
        case answer
        /// The run is over.
        case nothing
    }

    /// A request under way.
    private struct Departure {
        /// When it left, in milliseconds since 1970.
        let moment: Int64
        let exchanges: [CallExchange]
    }

    private let store: Ledger
    private let portal: Portal
    private let settings: DeliverySettings
    private let memoir: (any DeliveryMemoir)?
    private let time: TimeSource
    private let stop: StopSignal
    private let log: Logger
    private let onProgress: @Sendable (RunProgress) -> Void
    private var state: DeliveryState
    /// Requests that left and were not recorded yet, by their numbers.
    private var underWay: [Int: Departure] = [:]
    /// What is known of answers and not on the disk yet.
    private var unsaved = (commit: DeliveryCommit(), exchanges: [CallExchange]())
    private var hasReservedSpace = false
    /// The end of the wait that was announced last.
    private var announcedWait: Duration?

    /// A wait that a person who follows the run is told of.
    private static let longWait = Duration.seconds(60)

    /// - Parameters:
    ///   - ledger: Where calls are read from and progress is written to.
    ///   - memoir: Is told what leaves and what arrives, once the ledger knows of it.
    ///   - onProgress: Called after every answer and before every wait.
    package init(
        ledger: Ledger, portal: Portal, settings: DeliverySettings, memoir: (any DeliveryMemoir)? = nil,
        time: TimeSource, stop: StopSignal, log: Logger,
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) {
        store = ledger
        self.portal = portal
        self.settings = settings
        self.memoir = memoir
        self.time = time
        self.stop = stop
        self.log = log
        self.onProgress = onProgress
        state = DeliveryState(settings, memory: DeliveryMemory(), epoch: 0, at: .zero)
    }

    /// What the delivery has done until now.
    package var report: DeliveryReport { state.report }

    /// Delivers until nothing is left, the run is stopped, or the portal does not accept us.
    ///
    /// - Throws: `LedgerFault` when something could not be read or written; every request that was under way has been
    ///   awaited, and nothing was sent after it.
    package func run() async throws(LedgerFault) -> DeliveryReport {
        let now = time.monotonic()
        state = DeliveryState(
            settings, memory: try DeliveryMemory(store, settings), epoch: time.wall() - now.inSeconds, at: now)
        if let fault = await deliver() { throw fault }
        try save(checked { state throws(ImpossibleTransition) in try state.close(at: time.monotonic()) })
        return state.report
    }

    /// Does step after step until there is none; after a fault it only awaits what is on its way.
    private func deliver() async -> LedgerFault? {
        await withTaskGroup(of: Event.self) { group in
            group.addTask { [stop] in
                await stop.wait()
                return .stopped
            }
            defer { group.cancelAll() }
            var timer: Duration?
            var fault: LedgerFault?
            var isOver = false
            while true {
                do throws(LedgerFault) {
                    switch fault == nil ? try advance(in: &group) : try keepOutcomes() {
                    case .moment(let wake) where timer.map { wake < $0 } ?? true:
                        timer = wake
                        group.addTask { [time] in
                            // Cancelled when the run is over: then nobody waits any more.
                            try? await time.sleep(wake)
                            return .timer(wake)
                        }
                    case .moment, .answer: break
                    // A timer for something that has come meanwhile is not waited for.
                    case .nothing: isOver = true
                    }
                } catch {
                    // The intents that are durable make these calls unsettled in the next run.
                    fault = fault ?? error
                }
                guard !underWay.isEmpty || (fault == nil && !isOver && timer != nil) else { return fault }
                switch await group.next() {
                case .answered(let request, let outcome): fault = record(outcome, of: request) ?? fault
                case .timer(let moment): if timer == moment { timer = nil }
                case .stopped, nil: state.stop()
                }
            }
        }
    }

    /// Does everything that can be done now.
    ///
    /// - Returns: What is waited for.
    private func advance(in group: inout TaskGroup<Event>) throws(LedgerFault) -> Awaited {
        while true {
            if stop.isStopped { state.stop() }
            // A step may take time on the disk: each is chosen by the clock of its own moment.
            let now = time.monotonic()
            switch try checked({ state throws(ImpossibleTransition) in try state.next(at: now) }) {
            case .load(let page): try load(page)
            case .send(let request):
                try prepare(request)
                group.addTask { [portal] in .answered(request, await portal.batch(request.commands)) }
            case .wait(let until, let cause):
                try save()
                if underWay.isEmpty, let until {
                    onProgress(state.progress(at: now, waiting: (cause, until)))
                    announce(until, cause, at: now)
                }
                return until.map { .moment($0) } ?? .answer
            case .end:
                try save()
                return .nothing
            }
        }
    }

    /// Says that a run will be silent for long: minutes without a word look like a program that hangs.
    private func announce(_ until: Duration, _ cause: RunProgress.Wait.Cause, at now: Duration) {
        guard cause == .statistics, until - now >= Self.longWait, until != announcedWait else { return }
        announcedWait = until
        let end = UTCText.instant(Int64((time.wall() + (until - now).inSeconds).rounded(.up)))
        log.notice(
            """
            waiting until \(end) for what requests of an earlier run may still do at the portal; \
            portal.limits.request_cap_seconds decides how long that takes
            """)
    }

    /// After a fault nothing more is begun, but what is known is kept if that is possible.
    private func keepOutcomes() throws(LedgerFault) -> Awaited {
        try save()
        return .answer
    }

    private func load(_ page: CallPage) throws(LedgerFault) {
        try save()
        let calls = try store.trackedCalls(
            in: page.state, after: page.after.map { DeliveryCursor(after: $0) } ?? .beginning,
            latestStart: page.latestStart, limit: page.limit)
        let recorded = calls.compactMap(\.adoptableCallID)
        let owners = recorded.isEmpty ? [:] : try store.owners(ofPortalCallIDs: recorded)
        let now = time.monotonic()
        try save(
            checked { state throws(ImpossibleTransition) in
                try state.loaded(calls, for: page, owners: owners, at: now)
            })
    }

    /// Makes a request's intents durable; from the first one on the disk has room for all that will become of the calls.
    private func prepare(_ request: DeliveryRequest) throws(LedgerFault) {
        if !hasReservedSpace {
            try store.reserveSpace(forCalls: try store.deliverableCount())
            hasReservedSpace = true
        }
        let moment = wallMilliseconds
        let exchanges = request.exchanges(sentAt: moment)
        try save(request.intents, exchanges)
        underWay[request.id] = Departure(moment: moment, exchanges: exchanges)
    }

    private var wallMilliseconds: Int64 { Int64(time.wall() * 1_000) }

    private func record(_ outcome: BatchOutcome, of request: DeliveryRequest) -> LedgerFault? {
        let departure = underWay.removeValue(forKey: request.id)
        log(outcome, of: request)
        do throws(LedgerFault) {
            // An outcome before this one may be a part of the answer.
            try save()
            let facts = try store.answer(state.questions(about: outcome, for: request))
            let now = time.monotonic()
            unsaved.commit = try checked { state throws(ImpossibleTransition) in
                try state.received(outcome, for: request, knowing: facts, at: now)
            }
            unsaved.exchanges = request.exchanges(
                departure?.exchanges ?? [], sentAt: departure?.moment ?? 0, outcome: outcome, at: wallMilliseconds)
            onProgress(state.progress(at: now))
            return nil
        } catch {
            return error
        }
    }

    private func log(_ outcome: BatchOutcome, of request: DeliveryRequest) {
        log.info("\(RequestLines(request, outcome).summary)")
        guard log.logLevel <= .debug else { return }
        for line in RequestLines(request, outcome).commands { log.debug("\(line)") }
    }

    /// Makes what is known of answers durable, and what follows from it with it.
    private func save(
        _ next: DeliveryCommit = DeliveryCommit(), _ exchanges: [CallExchange] = []
    ) throws(LedgerFault) {
        let commit = unsaved.commit.followed(by: next)
        try store.save(
            progressOf: commit.progress, exchanges: unsaved.exchanges + exchanges,
            facts: LedgerFact.values(of: commit.facts))
        unsaved = (DeliveryCommit(), [])
        memoir?.saved(commit)
        for remark in commit.remarks {
            switch remark.level {
            case .info: log.info("\(remark.text)")
            case .notice: log.notice("\(remark.text)")
            }
        }
    }

    /// A call that cannot be where it is means that the ledger, or the program, is wrong: nothing more is sent.
    private func checked<T>(
        _ body: (inout DeliveryState) throws(ImpossibleTransition) -> T
    ) throws(LedgerFault) -> T {
        do throws(ImpossibleTransition) {
            return try body(&state)
        } catch {
            throw .damaged(path: store.path, reason: "\(error)")
        }
    }
}
