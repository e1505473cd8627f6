// SPDX-License-Identifier: Apache-2.0

/// What is known after a batch was sent.
package enum BatchOutcome: Sendable, Equatable {
    /// The portal answered, command by command.
    case answered(BatchReply)
    /// The portal refused the request as a whole; nothing was executed.
    case refused(PortalError)
    /// No byte of the request's body left this machine; nothing was executed.
    case neverSent(TransportFailure)
    /// The portal has another address now; nothing was executed. The new host is `nil` when it could not be read.
    case moved(newHost: String?)
    /// There is no reply that can be understood: the outcome of every command is unknown.
    case unknown(String, elapsed: Duration)
}

/// What is known after a single call.
package enum CallOutcome: Sendable, Equatable {
    /// The portal answered with a result.
    case answered(CommandReply, elapsed: Duration)
    /// The portal refused; nothing was executed.
    case refused(PortalError)
    /// No byte of the request's body left this machine.
    case neverSent(TransportFailure)
    /// The portal has another address now.
    case moved(newHost: String?)
    /// There is no reply that can be understood.
    case unknown(String, elapsed: Duration)
}

/// The portal's answer to a batch.
package struct BatchReply: Sendable, Equatable {
    /// The outcome of every command sent, by its key; none is left out.
    package var outcomes: [String: CommandOutcome]
    /// How long the request took, measured here.
    package var elapsed: Duration
    /// What the portal reports about the batch itself.
    package var time: ServerTime?

    package init(outcomes: [String: CommandOutcome], elapsed: Duration, time: ServerTime? = nil) {
        self.outcomes = outcomes
        self.elapsed = elapsed
        self.time = time
    }
}

/// What became of one command of an answered batch.
package enum CommandOutcome: Sendable, Equatable {
    /// It was executed.
    case succeeded(CommandReply)
    /// It failed; see ``PortalError/consequence`` for whether something may have been done.
    case failed(PortalError)
    /// The reply does not say, or contradicts itself: treat it as unknown.
    case missing
}

/// The result of one command or call.
package struct CommandReply: Sendable, Equatable {
    /// The method's result; any JSON value, `null` included.
    package var result: JSONValue
    /// The number of all rows, from methods that list rows.
    package var total: Int?
    /// The offset of the next page, when there is one.
    package var next: Int?
    /// What the portal reports about the time.
    package var time: ServerTime?

    package init(result: JSONValue, total: Int? = nil, next: Int? = nil, time: ServerTime? = nil) {
        self.result = result
        self.total = total
        self.next = next
        self.time = time
    }
}
