// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Reporting

/// Asks the portal, in one request that changes nothing, whether it would take our calls.
struct PortalCheck {
    private let configuration: Configuration
    private let time: TimeSource

    init(_ configuration: Configuration, time: TimeSource) {
        self.configuration = configuration
        self.time = time
    }

    func run(_ connection: PortalConnection, _ report: inout CheckReport) async {
        let subject = "portal \(connection.host)"
        let prefix = configuration.sources.first?.keyPrefix ?? SourceSettings.defaultKeyPrefix
        let commands = [
            ServerTimeReply.command(), ScopeReply.command(), ProfileReply.command(), LinesReply.command(),
            StatisticQuery.carrying(prefix: prefix + ":", beyond: 0).command(key: "statistics"),
        ]
        let (reply, _, verdict) = await connection.portal.batch(commands).reading()
        guard let reply else {
            report.fail(subject, Self.words(verdict), exitCode: 69)
            return
        }
        judgeScope(reply.outcomes["scope"], subject, &report)
        judgeRights(reply, subject, &report)
        judgeClock(reply.outcomes["time"], subject, &report)
        judgeLines(reply.outcomes["lines"], subject, &report)
    }

    private static func words(_ verdict: RequestVerdict) -> String {
        switch verdict {
        case .ok: "it gave no answer"
        case .rateLimited: "it says: too many requests; something else uses this portal's limit, try again"
        case .operatingLimited: "it says: operation time limit; try again in ten minutes"
        case .unreachable(let reason): "it cannot be reached: \(reason); check the network, proxy and address"
        case .unknown(let reason): "its answer was lost: \(reason); try again"
        case .rejected(let reason), .nonsense(let reason): reason
        }
    }

    private func judgeScope(_ outcome: CommandOutcome?, _ subject: String, _ report: inout CheckReport) {
        switch outcome {
        case .succeeded(let answer)?:
            guard let scopes = try? ScopeReply(answer.result) else {
                report.fail(subject, "its list of permissions cannot be read; is this a Bitrix24 portal?", exitCode: 69)
                return
            }
            if scopes.scopes.contains("telephony") {
                report.fine(subject, "the webhook has the permission \"telephony\"")
            } else {
                report.fail(
                    subject, "the webhook has no permission \"telephony\"; edit it in the portal and add it",
                    exitCode: 69)
            }
        case .failed(let error)?: report.fail(subject, Self.words(RequestVerdict(error)), exitCode: 69)
        case .missing?, nil: report.warn(subject, "it left the question for permissions unanswered; try again")
        }
    }

    private func judgeRights(_ reply: BatchReply, _ subject: String, _ report: inout CheckReport) {
        if case .failed? = reply.outcomes["statistics"] {
            report.warn(
                subject,
                """
                the webhook's owner may not read the call statistics: a call whose answer is lost will be held; give \
                the right, or make the webhook as an administrator
                """)
            return
        }
        guard case .succeeded(let answer)? = reply.outcomes["profile"] else { return }
        if ProfileReply(answer.result).isAdmin {
            report.fine(subject, "the webhook's owner is an administrator and may read all statistics")
        } else {
            report.warn(
                subject,
                "the webhook's owner is no administrator and may not see every call; an administrator's "
                    + "webhook lets lost answers be settled")
        }
    }

    private func judgeClock(_ outcome: CommandOutcome?, _ subject: String, _ report: inout CheckReport) {
        guard case .succeeded(let answer)? = outcome, let server = try? ServerTimeReply(answer.result) else { return }
        let difference = (server.date.epochSeconds - time.wallSeconds).magnitude
        if difference > 60 {
            report.warn(subject, "its clock and this machine's differ by \(difference) seconds; check the time here")
        } else {
            report.fine(subject, "its clock and this machine's agree")
        }
    }

    private func judgeLines(_ outcome: CommandOutcome?, _ subject: String, _ report: inout CheckReport) {
        guard case .succeeded(let answer)? = outcome, let known = try? LinesReply(answer.result) else { return }
        let unknown = Set(configuration.lines.values).subtracting(known.numbers).sorted()
        if unknown.isEmpty {
            report.fine(subject, "it knows all lines of the configuration")
        } else {
            report.warn(
                subject,
                "it knows no line \(unknown.joined(separator: ", ")) and would make it at the first call; "
                    + "known: \(known.numbers.isEmpty ? "none" : known.numbers.joined(separator: ", "))")
        }
    }
}
