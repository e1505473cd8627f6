// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// What may leave now, and what may leave later: the one place where that is worked out.
struct SendingOptions: Sendable {
    /// Something that can be done next, and from when on.
    struct Option: Sendable {
        enum Deed: Sendable {
            /// Ask what became of finishes.
            case ask
            case finish([TrackedCall])
            case register([TrackedCall])
            /// Nothing but looking again.
            case look
        }

        let deed: Deed
        /// The earliest moment; now or earlier means at once.
        let from: Duration
        /// What is waited for until then.
        let cause: RunProgress.Wait.Cause
    }

    /// The most urgent first: questions, then finishes, then registers.
    ///
    /// Finishes that do not fill a batch let registers go first where that saves a request and costs next to no time.
    private(set) var all: [Option] = []

    private let pace: DeliveryPace
    private let now: Duration
    /// How many calls are not over.
    private let left: Int

    /// - Parameters:
    ///   - nextQuestion: When the statistics are to be asked again; `nil` for never.
    ///   - looksUp: Whether registers carry a look-up of their keys.
    ///   - left: How many calls are not over, those included that are not in memory yet.
    init(
        _ choice: CallChoice, nextQuestion: Duration?, looksUp: Bool, _ traffic: Traffic, left: Int, at now: Duration
    ) {
        let (pace, requests) = (traffic.pace, traffic.requests)
        self.pace = pace
        self.now = now
        self.left = left
        let request = pace.earliest(at: now)
        let question = pace.earliestQuestion(at: now)
        if let nextQuestion {
            all.append(Option(deed: .ask, from: max(nextQuestion, question), cause: .statistics))
        }
        let finishes = choice.toFinish(most: pace.size(.finish))
        // What a register adds to the batch is there sooner than the portal would let another request through.
        let waits = finishes.count < pace.size(.finish) && pace.isRegisterQuickerThanRequest
        if !waits { add(.finish, finishes, from: request) }
        // Registering further ahead than one batch of finishes would only leave more live calls behind in a crash.
        if requests.count == 0 || choice.finishCount <= pace.size(.finish) {
            let calls = choice.toRegister(most: pace.size(.register), at: now)
            add(.register, calls, from: looksUp ? max(request, question) : request)
        }
        if waits, !requests.isRegistering { add(.finish, finishes, from: request) }
        if let certain = choice.nextCertainNumber(after: now) {
            all.append(Option(deed: .look, from: certain, cause: .statistics))
        }
    }

    /// What can be done at once, the most urgent first.
    var possible: [Option] { all.filter { $0.from <= now } }

    /// What becomes possible first; `nil` when nothing will.
    var next: Option? { all.filter { $0.from > now }.min { $0.from < $1.from } }

    /// Adds a batch: as many of the calls as operating time lets leave now, or all of them when it does.
    private mutating func add(_ phase: DeliveryPace.Phase, _ calls: [TrackedCall], from earliest: Duration) {
        guard !calls.isEmpty else { return }
        var from = earliest
        var count = calls.count
        switch pace.allowance(phase, wanted: calls.count, left: left, at: now) {
        case .now(let allowed): count = allowed
        case .wait(let until): from = max(from, until)
        }
        let chosen = Array(calls.prefix(count))
        let deed: Option.Deed =
            switch phase {
            case .finish: .finish(chosen)
            case .register: .register(chosen)
            }
        let cause: RunProgress.Wait.Cause =
            from > pace.earliest(at: now) ? .operatingTime : pace.isPaused(at: now) ? .portal : .requests
        all.append(Option(deed: deed, from: from, cause: cause))
    }
}
