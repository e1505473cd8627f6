// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import Clocks
import Delivery
import ExitCodes
import Importing
import Reporting

/// Asks the portal, in one request that changes nothing, whether it would take calls.
struct PortalCheck {
    private let configuration: ImportConfiguration
    private let time: TimeSource

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(3)
    /// The greatest difference between two clocks that is not worth a word, in seconds.
    private static let clockTolerance: UInt64 = 60
    private static let statistics = "statistics"

    init(_ configuration: ImportConfiguration, time: TimeSource) {
        self.configuration = configuration
        self.time = time
    }

    func run(_ connection: PortalConnection, _ report: inout CheckReport) async {
        let subject = "portal \(connection.host)"
        let prefix = configuration.sources.first?.keyPrefix ?? SourceSettings.defaultKeyPrefix
        let commands = [
            ServerTimeReply.command(), ScopeReply.command(), ProfileReply.command(), LinesReply.command(),
            CallRightsProbe.command(),
            StatisticQuery.carrying(prefix: prefix + ":", beyond: 0).command(key: Self.statistics),
        ]
        do throws(PortalProbe.Failure) {
            let probe = PortalProbe(connection, time: time, patience: Self.patience)
            let reply = try await probe.ask(commands)
            judgeScope(reply.outcomes["scope"], connection, subject, &report)
            judgeCalls(reply.outcomes["calls"], connection, subject, &report)
            judgeRights(reply, connection, subject, &report)
            judgeClock(reply.outcomes["time"], subject, &report)
            judgeLines(reply.outcomes["lines"], subject, &report)
        } catch {
            report.fail(subject, "\(error)", exitStatus: .portalRefuses)
        }
    }

    private func judgeScope(
        _ outcome: CommandOutcome?, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport
    ) {
        switch outcome {
        case .succeeded(let answer)?:
            do throws(UnreadableResult) {
                if try ScopeReply(answer.result).scopes.contains("telephony") {
                    report.fine(subject, "\(connection.access.actor) has the permission \"telephony\"")
                } else {
                    report.fail(
                        subject,
                        "\(PortalRefusal.lacksTelephony.text(for: connection.access))",
                        exitStatus: .portalRefuses)
                }
            } catch {
                report.fail(
                    subject, "\(error); check that \(connection.access.setting) names a Bitrix24 portal",
                    exitStatus: .portalRefuses)
            }
        case .failed(let error)?: report.fail(subject, "\(PortalProbe.Failure(error, connection.access))", exitStatus: .portalRefuses)
        case .missing?, nil: report.warn(subject, "the reply lacks the permissions; try again")
        }
    }

    /// Whether register and finish are open to us: a portal may keep both for applications.
    private func judgeCalls(
        _ outcome: CommandOutcome?, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport
    ) {
        switch CallRightsProbe(outcome) {
        case .allowed: report.fine(subject, "the portal accepts calls from \(connection.access.actor)")
        case .refused(let error):
            // A missing permission is reported once.
            guard error.kind != .insufficientScope else { return }
            report.fail(subject, "\(PortalProbe.Failure(error, connection.access))", exitStatus: .portalRefuses)
        case .unknown:
            report.warn(subject, "the reply does not show whether the portal accepts calls from \(connection.access.actor)")
        }
    }

    private func judgeRights(
        _ reply: BatchReply, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport
    ) {
        if case .failed? = reply.outcomes[Self.statistics] {
            report.warn(
                subject,
                """
                \(connection.access.owner) cannot read the call statistics, so a call whose reply is lost will be held; grant \
                the permission, or \(connection.access.remedyForRights)
                """)
            return
        }
        guard case .succeeded(let answer)? = reply.outcomes["profile"] else { return }
        if ProfileReply(answer.result).isAdmin {
            report.fine(subject, "\(connection.access.owner) is an administrator and can read all call statistics")
        } else {
            report.warn(
                subject,
                """
                \(connection.access.owner) is not an administrator and may be unable to see all calls, so a call whose reply \
                is lost may be held; \(connection.access.remedyForRights)
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

    private func judgeLines(_ outcome: CommandOutcome?, _ subject: String, _ report: inout CheckReport) {
        guard case .succeeded(let answer)? = outcome else { return }
        do throws(UnreadableResult) {
            let known = try LinesReply(answer.result).numbers
            let unknown = Set(configuration.lines.values).subtracting(known).sorted()
            if unknown.isEmpty {
                report.fine(subject, "the portal has all lines of the configuration")
            } else {
                report.warn(
                    subject,
                    """
                    the portal does not have these lines and would create them with their first calls: \
                    \(unknown.joined(separator: ", ")); existing lines: \
                    \(known.isEmpty ? "none" : known.joined(separator: ", "))
                    """)
            }
        } catch {
            report.warn(subject, "\(error)")
        }
    }
}
