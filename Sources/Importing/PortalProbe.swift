// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CallLifecycle
package import CallRecords
package import Clocks
package import Delivery

/// Asks the portal questions that change nothing, again where a question got no usable reply: the one way in which
/// commands other than `import` speak to it.
package struct PortalProbe: Sendable {
    /// The host that names the portal.
    package let host: String
    private let portal: Portal
    /// How the portal knows this program.
    package let access: PortalAccess
    private let time: TimeSource
    private let patience: Duration

    /// Why the portal gave no usable reply in time.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        fileprivate let verdict: RequestVerdict
        private let access: PortalAccess

        /// What a request's outcome means for whoever asked.
        package init(_ verdict: RequestVerdict, _ access: PortalAccess) {
            self.verdict = verdict
            self.access = access
        }

        /// The portal refused one command of a request.
        package init(_ error: PortalError, _ access: PortalAccess) {
            self.init(RequestVerdict(error), access)
        }

        /// Whether the same question may be answered later: nothing is known to be wrong with the access.
        package var mayPass: Bool { verdict.mayPass }

        /// What happened and what to do, as a clause without a full stop.
        package var description: String {
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
    /// The commands of one request that looks for calls by number and start.
    private static let lotsPerRequest = 20
    private static let noStatistics =
        "this user may not read the call statistics; grant the permission to read those of all employees"

    /// - Parameter patience: How long pauses between repeated questions may take together; they are 1, 2, 4 … seconds.
    package init(_ connection: PortalConnection, time: TimeSource, patience: Duration) {
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
    package func ask(
        _ commands: [Command], judge: (BatchReply) -> RequestVerdict = { _ in .ok }
    ) async throws(Failure) -> BatchReply {
        var pause = Duration.seconds(1)
        var waited = Duration.zero
        while true {
            let (reply, _, verdict) = await portal.batch(commands).reading()
            let judgement = reply.map(judge) ?? verdict
            if let reply, judgement == .ok { return reply }
            guard judgement.mayPass, waited + pause <= patience, await sleeps(pause) else {
                throw Failure(judgement, access)
            }
            waited += pause
            pause *= 2
        }
    }

    /// Asks one question in a request of its own.
    ///
    /// - Throws: ``Failure`` when the portal refuses, or has given no usable reply for too long.
    package func answer(to command: Command) async throws(Failure) -> CommandReply {
        try await answers(to: [command])[0]
    }

    /// Asks several questions in one request, each of which must be answered.
    ///
    /// - Returns: The answers in the order of the questions.
    /// - Throws: ``Failure`` when the portal refuses one, or has given no usable reply for too long.
    package func answers(to commands: [Command]) async throws(Failure) -> [CommandReply] {
        let reply = try await ask(commands) { reply in
            commands.map { reply.verdict(on: $0.key) }.first { $0 != .ok } ?? .ok
        }
        var answers: [CommandReply] = []
        for command in commands {
            guard case .succeeded(let answer)? = reply.outcomes[command.key] else {
                throw Failure(reply.verdict(on: command.key), access)
            }
            answers.append(answer)
        }
        return answers
    }

    /// Asks for a page of the statistics.
    ///
    /// - Throws: ``Failure``, also when the calling user may not read the statistics.
    package func rows(_ query: StatisticQuery) async throws(Failure) -> [StatisticRow] {
        let name = "rows"
        let reply = try await ask([query.command(key: name)]) { $0.verdict(on: name) }
        return try rows(reply, name)
    }

    /// Asks for several pages of the statistics in one request.
    ///
    /// - Returns: For each query its rows, and how many rows there are in all, where the portal says that.
    /// - Throws: ``Failure``, also when the calling user may not read the statistics.
    package func pages(
        _ queries: [StatisticQuery]
    ) async throws(Failure) -> [(rows: [StatisticRow], total: Int?)] {
        let commands = queries.enumerated().map { $1.command(key: "page\($0)") }
        let reply = try await ask(commands) { reply in
            commands.map { reply.verdict(on: $0.key) }.first { $0 != .ok } ?? .ok
        }
        var pages: [(rows: [StatisticRow], total: Int?)] = []
        for command in commands {
            var total: Int?
            if case .succeeded(let answer)? = reply.outcomes[command.key] { total = answer.total }
            pages.append((try rows(reply, command.key), total))
        }
        return pages
    }

    /// Asks for all rows that may be some calls, whoever wrote them: of one of their numbers, and begun at about their times.
    ///
    /// - Parameters:
    ///   - calls: The calls in the order of their starts.
    ///   - margin: How many seconds before the first and after the last call of a command rows may have begun.
    /// - Throws: ``Failure``, also when the calling user may not read the statistics.
    package func rows(
        like calls: [TrackedCall], margin: Int64, _ spelling: NumberSpelling
    ) async throws(Failure) -> [StatisticRow] {
        var open = Array(calls.chunks(of: AttributeLookUp.callsPerSpeltCommand).reversed())
        var rows: [StatisticRow] = []
        while !open.isEmpty {
            let lots = Array(open.suffix(Self.lotsPerRequest).reversed())
            open.removeLast(lots.count)
            let lookUp = AttributeLookUp("like", lots: lots, margin: margin, spelling: spelling)
            let reply = try await ask(lookUp.commands) { reply in
                if case .failed(let verdict) = lookUp.read(reply) { verdict } else { .ok }
            }
            for (lot, finding) in zip(lots, lookUp.readEach(reply)) {
                switch finding {
                // A busy number hides the rows of the others; alone it may fill a page.
                case .incomplete where lot.count > 1: open += lot.map { [$0] }
                case .rows(let found), .incomplete(let found): rows += found
                case .failed(let verdict): throw Failure(verdict, access)
                case .noRight: throw Failure(.nonsense(Self.noStatistics), access)
                }
            }
            if !open.isEmpty { _ = await sleeps(Self.pause) }
        }
        return rows
    }

    /// Whether the portal shows all calls to this user: only then a missing row means a missing call.
    package func seesAllCalls() async throws(Failure) -> Bool {
        let reply = try await ask([ProfileReply.command()]) { $0.verdict(on: "profile") }
        guard case .succeeded(let answer)? = reply.outcomes["profile"] else { return false }
        return ProfileReply(answer.result).isAdmin
    }

    /// Asks for all rows of ours whose key begins with a prefix, page by page.
    ///
    /// - Parameters:
    ///   - since: Only calls that began at or after this moment, in seconds since 1970; `nil`: all.
    ///   - take: Called with each row, in ascending order of their IDs.
    package func forEachRow(
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
                        .nonsense("the portal's statistics returned rows that were not requested"), access)
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
    package func cards(phone: String) async throws(Failure) -> [String] {
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
    package func rows(key: String, callID: String?) async throws(Failure) -> [StatisticRow] {
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
            throw Failure(reply.verdict(on: name), access)
        }
        do throws(UnreadableResult) {
            return try StatisticRow.rows(answer.result)
        } catch {
            throw Failure(.nonsense("\(error)"), access)
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
