// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CDRConfiguration
package import Clocks
import Delivery
import ExitCodes
package import Reporting

/// Asks the portal, in requests that change nothing, whether it would take the calls.
package struct PortalCheck {
    private let configuration: ImportConfiguration
    private let demand: CallDemand
    private let time: TimeSource

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(3)
    /// The greatest difference between two clocks that is not worth a word, in seconds.
    private static let clockTolerance: UInt64 = 60
    private static let statistics = "statistics"

    /// - Parameter demand: What the calls that are to be sent ask of the portal.
    package init(_ configuration: ImportConfiguration, _ demand: CallDemand, time: TimeSource) {
        self.configuration = configuration
        self.demand = demand
        self.time = time
    }

    /// Asks, and notes what was found.
    ///
    /// - Throws: ``PortalProbe/Failure`` when the portal refuses, or has given no usable reply for too long.
    package func run(
        _ connection: PortalConnection, _ report: inout CheckReport
    ) async throws(PortalProbe.Failure) {
        let probe = PortalProbe(connection, time: time, patience: Self.patience)
        let reply = try await probe.ask(commands)
        let subject = "portal \(connection.host)"
        let isOpen = judgeScope(reply.outcomes["scope"], connection, subject, &report)
        judgeCalls(reply.outcomes["calls"], connection, subject, &report)
        judgeRights(reply, connection, subject, &report)
        judgeClock(reply.outcomes["time"], subject, &report)
        guard isOpen else { return }
        LineCheck(configuration, demand).run(reply.outcomes["lines"], subject, &report)
        creation.run(reply, subject, &report)
        names.run(reply, connection, subject, &report)
        CallListCheck(configuration, demand).run(reply.outcomes["callLists"], connection, subject, &report)
        try await judgePeople(reply.outcomes["users"], probe, connection, subject, &report)
    }

    private var creation: CreationCheck { CreationCheck(demand) }

    private var names: CRMNamesCheck { CRMNamesCheck(configuration, demand) }

    private var commands: [Command] {
        let prefix = configuration.sources.first?.keyPrefix ?? SourceSettings.defaultKeyPrefix
        var commands = [
            ServerTimeReply.command(), ScopeReply.command(), ProfileReply.command(), LinesReply.command(),
            CallRightsProbe.command(),
            StatisticQuery.carrying(prefix: prefix + ":", beyond: 0).command(key: Self.statistics), UserPage.all(),
        ]
        if !configuration.callLists.isEmpty || !demand.callLists.isEmpty { commands.append(CallListsReply.command()) }
        return commands + creation.commands + names.commands
    }

    /// - Returns: Whether telephony methods are open to us, so that what they answer is worth reading.
    private func judgeScope(
        _ outcome: CommandOutcome?, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport
    ) -> Bool {
        let access = connection.access
        switch outcome {
        case .succeeded(let answer)?:
            do throws(UnreadableResult) {
                guard try ScopeReply(answer.result).scopes.contains("telephony") else {
                    report.fail(subject, PortalRefusal.lacksTelephony.text(for: access), exitStatus: .portalRefuses)
                    return false
                }
                report.fine(subject, "\(access.actor) has the permission \"telephony\"")
                judgeNotices(try ScopeReply(answer.result).scopes, access, subject, &report)
                return true
            } catch {
                report.fail(
                    subject, "\(error); check that \(access.setting) names a Bitrix24 portal",
                    exitStatus: .portalRefuses)
            }
        case .failed(let error)?:
            report.fail(subject, "\(PortalProbe.Failure(error, access))", exitStatus: .portalRefuses)
        case .missing?, nil: report.warn(subject, "the reply lacks the permissions; try again")
        }
        return false
    }

    /// Whether the users of the portal can be told how runs end.
    private func judgeNotices(
        _ scopes: Set<String>, _ access: PortalAccess, _ subject: String, _ report: inout CheckReport
    ) {
        guard !configuration.notify.portalUsers.isEmpty else { return }
        let scope = SystemNotification.scope
        if scopes.contains(scope) {
            report.fine(subject, "\(access.actor) has the permission \"\(scope)\"")
        } else {
            report.warn(
                subject,
                "\(access.actor) lacks the permission \"\(scope)\", so notify.portal tells nobody; \(access.remedyForScope)"
            )
        }
    }

    /// Whether register and finish are open to us: a portal may keep both for applications.
    private func judgeCalls(
        _ outcome: CommandOutcome?, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport
    ) {
        let actor = connection.access.actor
        switch CallRightsProbe(outcome) {
        case .allowed: report.fine(subject, "the portal accepts calls from \(actor)")
        case .refused(let error):
            // A missing permission is reported once.
            guard error.kind != .insufficientScope else { return }
            report.fail(subject, "\(PortalProbe.Failure(error, connection.access))", exitStatus: .portalRefuses)
        case .unknown: report.warn(subject, "the reply does not show whether the portal accepts calls from \(actor)")
        }
    }

    private func judgeRights(
        _ reply: BatchReply, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport
    ) {
        let access = connection.access
        if case .failed? = reply.outcomes[Self.statistics] {
            report.warn(
                subject,
                """
                \(access.owner) cannot read the call statistics, so a call whose reply is lost will be held; grant the \
                permission, or \(access.remedyForRights)
                """)
            return
        }
        guard case .succeeded(let answer)? = reply.outcomes["profile"] else { return }
        if ProfileReply(answer.result).isAdmin {
            report.fine(subject, "\(access.owner) is an administrator and can read all call statistics")
        } else {
            report.warn(
                subject,
                """
                \(access.owner) is not an administrator and may be unable to see all calls, so a call whose reply is \
                lost may be held; \(access.remedyForRights)
                """)
        }
    }

    private func judgeClock(_ outcome: CommandOutcome?, _ subject: String, _ report: inout CheckReport) {
        guard case .succeeded(let answer)? = outcome else { return }
        do throws(UnreadableResult) {
            let difference = (try ServerTimeReply(answer.result).date.epochSeconds - time.wallSeconds).magnitude
            if difference > Self.clockTolerance {
                report.warn(
                    subject,
                    "the clocks of this machine and of the portal differ by \(grouped(Int(difference))) seconds; check "
                        + "the clock of this machine")
            } else {
                report.fine(subject, "the clocks of this machine and of the portal agree")
            }
        } catch {
            report.warn(subject, "\(error)")
        }
    }

    private func judgePeople(
        _ first: CommandOutcome?, _ probe: PortalProbe, _ connection: PortalConnection, _ subject: String,
        _ report: inout CheckReport
    ) async throws(PortalProbe.Failure) {
        switch first {
        case .succeeded(let answer)?:
            let people = try await probe.people(after: answer)
            PeopleCheck(people, configuration.users, demand).run(subject, &report)
            for user in configuration.notify.portalUsers.map(\.id) where people.standing(ofUser: user) != .active {
                report.warn(subject, "notify.portal: the portal has no active user \(user); correct users")
            }
        case .failed(let error)? where error.consequence == .stop:
            report.warn(
                subject,
                """
                \(connection.access.actor) lacks the permission "user", so extensions and USER_IDs cannot be checked; \
                \(connection.access.remedyForScope)
                """)
        case .failed, .missing, nil:
            report.warn(subject, "the portal did not list its users, so extensions and USER_IDs cannot be checked")
        }
    }
}

extension PortalProbe {
    /// All employees of the portal, the dismissed ones included.
    ///
    /// - Parameter first: The portal's answer to `UserPage.all()`: the first page.
    /// - Throws: ``Failure`` when the portal refuses, or has given no usable reply for too long.
    fileprivate func people(after first: CommandReply) async throws(Failure) -> PortalPeople {
        var users = try page(first)
        let total = first.next == nil ? 0 : first.total ?? 0
        let starts = Array(stride(from: UserPage.size, to: total, by: UserPage.size))
        for place in stride(from: 0, to: starts.count, by: Portal.batchLimit) {
            let commands = starts[place..<min(place + Portal.batchLimit, starts.count)].map { start in
                UserPage.all(start: start, key: "users\(start)")
            }
            for answer in try await answers(to: commands) { users += try page(answer) }
        }
        return PortalPeople(users)
    }

    /// A page that is missing would make its people unknown.
    private func page(_ answer: CommandReply) throws(Failure) -> [PortalUser] {
        do throws(UnreadableResult) {
            return try UserPage(answer).users
        } catch {
            throw Failure(.nonsense("\(error)"), access)
        }
    }
}
