// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
import Delivery
import ExitCodes
import Importing

/// Asks the portal questions that change nothing, again where a question got no usable reply: the one way in which
/// commands other than `import` speak to it.
struct PortalProbe: Sendable {
    /// The host that names the portal.
    let host: String
    private let portal: Portal
    private let access: PortalAccess
    private let time: TimeSource
    private let patience: Duration

    /// Why the portal gave no usable reply in time.
    struct Failure: Error, Equatable, CustomStringConvertible {
        fileprivate let verdict: RequestVerdict
        private let access: PortalAccess

        fileprivate init(verdict: RequestVerdict, _ access: PortalAccess) {
            self.verdict = verdict
            self.access = access
        }

        /// The portal refused one command of a request.
        init(_ error: PortalError, _ access: PortalAccess) {
            self.init(verdict: RequestVerdict(error), access)
        }

        /// What happened and what to do, as a clause without a full stop.
        var description: String {
            switch verdict {
            case .ok: "the portal gave no usable reply; try again"
            case .rateLimited:
                "the portal's rate limit is exhausted; another program uses it, try again in a minute"
            case .operatingLimited: "the portal's operating limit is exhausted; try again in ten minutes"
            case .unreachable(let reason):
                "the portal cannot be reached: \(reason); check the network, the proxy and the address"
            case .unknown(let reason): "the portal gave no usable reply: \(reason); try again"
            case .rejected(let refusal): refusal.text(for: access)
            case .unsaved(let reason), .nonsense(let reason): reason
            }
        }
    }

    /// The pause between two requests: the portal grants two a second.
    private static let pause = Duration.milliseconds(500)

    /// - Parameter patience: How long pauses between repeated questions may take together; they are 1, 2, 4 … seconds.
    init(_ connection: PortalConnection, time: TimeSource, patience: Duration) {
        host = connection.host
        portal = connection.portal
        access = connection.access
        self.time = time
        self.patience = patience
    }

    /// Asks questions in one request.
    ///
    /// - Parameter judge: Says what a reply is worth; anything but ``RequestVerdict/ok`` may have it asked again.
    /// - Throws: ``Failure`` when the portal refuses, or has given no usable reply for too long.
    func ask(
        _ commands: [Command], judge: (BatchReply) -> RequestVerdict = { _ in .ok }
    ) async throws(Failure) -> BatchReply {
        var pause = Duration.seconds(1)
        var waited = Duration.zero
        while true {
            let (reply, _, verdict) = await portal.batch(commands).reading()
            let judgement = reply.map(judge) ?? verdict
            if let reply, judgement == .ok { return reply }
            guard judgement.mayPass, waited + pause <= patience, await sleeps(pause) else {
                throw Failure(verdict: judgement, access)
            }
            waited += pause
            pause *= 2
        }
    }

    /// Asks for a page of the statistics.
    ///
    /// - Throws: ``Failure``, also when the calling user may not read the statistics.
    func rows(_ query: StatisticQuery) async throws(Failure) -> [StatisticRow] {
        let name = "rows"
        let reply = try await ask([query.command(key: name)]) { $0.verdict(on: name) }
        return try rows(reply, name)
    }

    /// Asks for all rows of ours whose key begins with a prefix, page by page.
    ///
    /// - Parameters:
    ///   - since: Only calls that began at or after this moment, in seconds since 1970; `nil`: all.
    ///   - take: Called with each row, in ascending order of their IDs.
    func forEachRow(
        keyPrefix: String, since: Int64?, _ take: (StatisticRow) -> Void
    ) async throws(Failure) {
        var highest: Int64 = 0
        while true {
            let page = try await rows(
                .carrying(
                    prefix: keyPrefix + ":", beyond: highest, since: since.map { PortalDate(epochSeconds: $0) }))
            for row in page {
                guard row.id > highest else {
                    throw Failure(
                        verdict: .nonsense("the portal's statistics returned rows that were not requested"), access)
                }
                highest = row.id
                // The portal looks for the prefix anywhere in an ID, and drops a filter that it does not understand.
                let isOurs = row.externalCallID?.lowercased().hasPrefix(keyPrefix + ":") ?? false
                if isOurs, since.map({ (row.startEpoch ?? .max) >= $0 }) ?? true { take(row) }
            }
            guard page.count >= StatisticQuery.pageSize else { return }
            _ = await sleeps(Self.pause)
        }
    }

    /// Asks which cards of the CRM have a number.
    ///
    /// - Returns: Each as its kind and ID, such as `LEAD 12`.
    func cards(phone: String) async throws(Failure) -> [String] {
        let search = Command(
            key: "cards", method: "telephony.externalCall.searchCrmEntities",
            parameters: [Parameter("PHONE_NUMBER", .text(phone))])
        let reply = try await ask([search]) { $0.verdict(on: search.key) }
        guard case .succeeded(let answer)? = reply.outcomes[search.key] else { return [] }
        return (answer.result.elements ?? []).map {
            "\($0["CRM_ENTITY_TYPE"]?.text ?? "?") \($0["CRM_ENTITY_ID"]?.text ?? "?")"
        }
    }

    /// Asks for the rows of one call, by its key and by its CALL_ID: in one filter the two would be and-ed.
    ///
    /// - Returns: The rows, each once, in ascending order of their IDs.
    func rows(key: String, callID: String?) async throws(Failure) -> [StatisticRow] {
        let queries = [
            ("key", StatisticQuery.byExternalCallIDs([key])),
            ("call", StatisticQuery.byCallIDs([callID].compactMap(\.self))),
        ]
        let commands = queries.compactMap { name, query in query?.command(key: name) }
        let reply = try await ask(commands) { reply in
            commands.map { reply.verdict(on: $0.key) }.first { $0 != .ok } ?? .ok
        }
        var found: [Int64: StatisticRow] = [:]
        for command in commands {
            for row in try rows(reply, command.key)
            where row.externalCallID?.lowercased() == key.lowercased() || (callID != nil && row.callID == callID) {
                found[row.id] = row
            }
        }
        return found.values.sorted { $0.id < $1.id }
    }

    private func rows(_ reply: BatchReply, _ name: String) throws(Failure) -> [StatisticRow] {
        guard case .succeeded(let answer)? = reply.outcomes[name] else {
            throw Failure(verdict: reply.verdict(on: name), access)
        }
        do throws(UnreadableResult) {
            return try StatisticRow.rows(answer.result)
        } catch {
            throw Failure(verdict: .nonsense("\(error)"), access)
        }
    }

    /// Whether the pause was taken: a task that is cancelled asks nothing more.
    private func sleeps(_ duration: Duration) async -> Bool {
        do {
            try await time.sleep(time.monotonic() + duration)
            return true
        } catch {
            return false
        }
    }
}

extension BatchReply {
    /// What the outcome of one command is worth.
    fileprivate func verdict(on name: String) -> RequestVerdict {
        switch outcomes[name] {
        case .succeeded?: .ok
        case .failed(let error)?: RequestVerdict(error)
        case .missing?, nil: .unknown("the reply lacks the result of a command")
        }
    }
}

extension RequestVerdict {
    /// Whether the same question may get another reply a little later.
    fileprivate var mayPass: Bool {
        switch self {
        case .rateLimited, .operatingLimited, .unreachable, .unsaved, .unknown: true
        case .ok, .rejected, .nonsense: false
        }
    }
}
