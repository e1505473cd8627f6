// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import ExitCodes
import Reporting

/// Compares the lines that calls name with those of the portal.
struct LineCheck {
    private let configuration: ImportConfiguration
    private let demand: CallDemand

    init(_ configuration: ImportConfiguration, _ demand: CallDemand) {
        self.configuration = configuration
        self.demand = demand
    }

    func run(_ outcome: CommandOutcome?, _ subject: String, _ report: inout CheckReport) {
        guard case .succeeded(let answer)? = outcome else { return }
        do throws(UnreadableResult) {
            let reply = try LinesReply(answer.result)
            let unknown = reply.unknown(among: Array(configuration.lines.values) + Array(demand.lines.keys))
            if unknown.isEmpty {
                report.fine(subject, "the portal has all lines of the configuration")
            } else {
                judge(unknown, existing: reply.numbers, subject, &report)
            }
        } catch {
            report.warn(subject, "\(error)")
        }
    }

    private func judge(
        _ unknown: [String], existing: [String], _ subject: String, _ report: inout CheckReport
    ) {
        let lines = unknown.map { "\($0) (\(counted(demand.lines[$0] ?? 0, "call")))" }.joined(separator: ", ")
        let there = "existing lines: \(existing.isEmpty ? "none" : existing.joined(separator: ", "))"
        switch configuration.newLines {
        case .create:
            // The import goes through; only a person sees whether a number is mistyped.
            report.note(
                subject,
                "the portal does not have these lines, so the import creates them: \(lines); correct lines in the "
                    + "configuration if one is wrong; \(there)")
        case .omit:
            report.warn(
                subject, "the portal does not have these lines, so calls are sent without them: \(lines); \(there)")
        case .stop:
            // Only lines that calls name stop an import.
            let status = unknown.contains { demand.lines[$0] != nil } ? ExitStatus.configuration : nil
            let text = "the portal does not have these lines: \(lines); create them with cdr24 lines --create; \(there)"
            if let status { report.fail(subject, text, exitStatus: status) } else { report.warn(subject, text) }
        }
    }
}

/// Compares the call lists that calls name with those of the portal.
struct CallListCheck {
    private let configuration: ImportConfiguration
    private let demand: CallDemand

    init(_ configuration: ImportConfiguration, _ demand: CallDemand) {
        self.configuration = configuration
        self.demand = demand
    }

    func run(
        _ outcome: CommandOutcome?, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport
    ) {
        switch outcome {
        case .succeeded(let answer)?:
            // A portal that answers with something else does not list them.
            guard let known = try? CallListsReply(answer.result).ids else { return }
            let wanted = Set(configuration.callLists.values).union(demand.callLists.keys)
            let unknown = wanted.subtracting(known).sorted()
            guard !unknown.isEmpty else { return report.fine(subject, "the portal has all call lists") }
            let lists = unknown.map { "\($0) (\(counted(demand.callLists[$0] ?? 0, "call")))" }
            report.warn(
                subject,
                "the portal does not have these call lists, so calls are not linked to them: "
                    + "\(lists.joined(separator: ", ")); correct call_lists in the configuration")
        case .failed(let error)? where error.consequence == .stop:
            report.warn(
                subject,
                "\(connection.access.actor) lacks the permission \"crm\", so call lists cannot be checked; "
                    + connection.access.remedyForScope)
        case .failed, .missing, nil: break
        }
    }
}
