// SPDX-License-Identifier: Apache-2.0

/// A portal's REST interface: batches and single calls, each sent once.
///
/// It neither waits nor repeats; pace and repetition are decided by whoever calls.
package struct Portal: Sendable {
    /// The most commands that a batch may contain; the portal refuses those beyond.
    package static let batchLimit = 50

    private let transport: any PortalTransport
    private let timeout: Duration

    /// - Parameter timeout: How long a reply is waited for; longer than the portal's own limit on a request, so that
    ///   a late regular answer is not mistaken for a failure.
    package init(transport: any PortalTransport, timeout: Duration) {
        self.transport = transport
        self.timeout = timeout
    }

    /// Sends up to fifty commands in one request; they are executed in order, each judged by itself.
    ///
    /// - Parameter timeout: Replaces the portal's usual time for a reply.
    package func batch(_ commands: [Command], timeout: Duration? = nil) async -> BatchOutcome {
        precondition(commands.count <= Self.batchLimit, "\(commands.count) commands in one batch")
        precondition(Set(commands.map(\.key)).count == commands.count, "two commands of a batch share a key")
        var body = JSONText()
        body.raw(#"{"halt":0,"cmd":"#)
        body.object(commands, key: \.key) { $1.text($0.text) }
        body.raw("}")
        switch await reply(to: "batch", body: body.bytes, timeout: timeout) {
        case .result(let envelope, let elapsed):
            let time = ServerTime(envelope["time"])
            guard let result = envelope["result"],
                let reply = BatchReply(result, commands: commands, elapsed: elapsed, time: time)
            else { return .unknown("the reply to a batch is incomplete", elapsed: elapsed) }
            return .answered(reply)
        case .refused(let error): return .refused(error)
        case .neverSent(let failure): return .neverSent(failure)
        case .moved(let host): return .moved(newHost: host)
        case .unknown(let reason, let elapsed): return .unknown(reason, elapsed: elapsed)
        }
    }

    /// Calls one method in a request of its own.
    package func call(
        _ method: String, _ parameters: [Parameter] = [], timeout: Duration? = nil
    ) async -> CallOutcome {
        var body = JSONText()
        Parameter.json(parameters, to: &body)
        switch await reply(to: method, body: body.bytes, timeout: timeout) {
        case .result(let envelope, let elapsed):
            let reply = CommandReply(
                result: envelope["result"] ?? .null, total: envelope["total"]?.integer.map(Int.init),
                next: envelope["next"]?.integer.map(Int.init), time: ServerTime(envelope["time"]))
            return .answered(reply, elapsed: elapsed)
        case .refused(let error): return .refused(error)
        case .neverSent(let failure): return .neverSent(failure)
        case .moved(let host): return .moved(newHost: host)
        case .unknown(let reason, let elapsed): return .unknown(reason, elapsed: elapsed)
        }
    }

    /// Calls the method of a command in a request of its own.
    package func call(_ command: Command, timeout: Duration? = nil) async -> CallOutcome {
        await call(command.method, command.parameters, timeout: timeout)
    }

    private func reply(to method: String, body: [UInt8], timeout: Duration?) async -> Reply {
        let request = PortalRequest(method: method, body: body, timeout: timeout ?? self.timeout)
        switch await transport.send(request) {
        case .answered(let answer): return Reply(answer)
        case .neverSent(let failure): return .neverSent(failure)
        case .unknown(let failure, let elapsed): return .unknown(failure.description, elapsed: elapsed)
        }
    }
}
