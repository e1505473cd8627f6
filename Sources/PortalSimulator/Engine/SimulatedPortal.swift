// SPDX-License-Identifier: Apache-2.0

/// A portal's telephony REST interface in memory.
///
/// Hand it requests with ``handle(_:fault:)``; look at what came of them with ``audit(events:rows:)``. Requests are worked on side by
/// side, as a portal's server processes do: whatever is not one step here can interleave.
public actor SimulatedPortal {
    var options: PortalOptions
    let clock: any PortalClock
    var state = PortalState()
    var rateLimiter: RateLimiter
    var operatingLimiter: OperatingLimiter
    var faults: FaultPlan
    var tokenFaults: FaultPlan
    var log: RequestLog
    var stateFile: StateFile?

    /// Requests seen by this process; faults count by it.
    var requestNumber = 0
    var inFlight = 0
    /// Grows with every restart; work begun before it stops where it is.
    var epoch = 0
    /// Held requests, by number, waiting to be released.
    var held: [Int: CheckedContinuation<Void, Never>] = [:]
    var uploads: [String: UploadTicket] = [:]
    /// The host name that alone answers, once the portal is renamed.
    var newName: String?
    /// Requests to the authorization server seen by this process; its faults count by it.
    var tokenRequestNumber = 0
    /// Requests to the authorization server that are being worked on, by client id.
    var tokenRequestsInFlight: [String: Int] = [:]
    /// Client ids of applications that were removed.
    var uninstalled: Set<String> = []
    /// The changes that are not in the state file yet.
    var unsaved: [Change] = []
    var savedCounters = Counters()
    /// Set when the state file cannot be written any more.
    var stateFileFailed = false
    var lastCleaning: Double
    /// Finished calls that the documented duplicate rule still knows; kept in that mode only.
    var recentlyFinished: [LiveCall] = []
    /// What other integrations will write, the latest first.
    var neighbourRows: [StatisticsRow] = []

    /// Sets up a portal.
    ///
    /// - Parameters:
    ///   - options: How it behaves.
    ///   - clock: Where it takes the time from.
    ///   - stateFile: A file that keeps its memory; read first when it exists.
    ///   - requestLog: A file that gets one JSON line when a request arrives, is executed, and is answered.
    public init(
        options: PortalOptions = PortalOptions(), clock: any PortalClock = MachineClock(), stateFile: String? = nil,
        requestLog: String? = nil
    ) throws {
        self.options = options.scaled
        self.clock = clock
        rateLimiter = RateLimiter(options: options.scaled)
        operatingLimiter = OperatingLimiter(options: options.scaled)
        lastCleaning = clock.now()
        faults = options.faults
        tokenFaults = options.tokenFaults
        state.tokens = TokenStore(
            applications: options.applications, refreshDays: options.refreshDays, now: clock.now())
        log = try RequestLog(path: requestLog)
        for user in options.users { state.put(user) }
        if let stateFile { self.stateFile = try StateFile(path: stateFile, into: &state) }
        savedCounters = state.counters
    }

    /// Works on one request until it is done or the cap cuts it, even if the caller no longer waits.
    ///
    /// - Parameter fault: What goes wrong with this request; `nil` leaves that to the plan of ``PortalOptions/faults``.
    nonisolated public func handle(_ request: PortalRequest, fault: Fault? = nil) async -> PortalReply {
        // A task of its own: the caller's cancellation does not reach it.
        await Task(executorPreference: clock.executor) { await self.serve(request, fault: fault) }.value
    }

    /// Changes the memory and remembers to write the change down.
    func change(_ change: Change) {
        state.apply(change)
        if stateFile != nil { unsaved.append(change) }
    }

    /// Notes something that people or other applications would have seen.
    func note(_ kind: String, _ callID: String, _ detail: String) {
        change(.event(PortalEvent(kind: kind, callID: callID, detail: detail, at: clock.now())))
    }

    /// Writes down what changed, with the counts; called before every reply.
    func save() {
        guard stateFile != nil else { return }
        if state.counters != savedCounters {
            savedCounters = state.counters
            unsaved.append(
                .counters(
                    state.counters, methods: state.methods, nextFile: state.nextFile,
                    nextTranscript: state.nextTranscript))
        }
        saveChanges()
    }

    /// Writes down what changed; called after every command, since a sudden end must not undo what was done.
    func saveChanges() {
        guard let stateFile, !stateFileFailed, !unsaved.isEmpty else { return }
        do {
            try stateFile.append(unsaved)
            unsaved = []
        } catch {
            stateFileFailed = true
        }
    }
}
