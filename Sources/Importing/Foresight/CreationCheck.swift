// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import Delivery
package import Reporting

/// Says for how many calls something may be created in the CRM, and what.
package struct CreationCheck {
    private let demand: CallDemand

    /// - Parameter demand: What the calls that are to be sent ask of the portal.
    package init(_ demand: CallDemand) { self.demand = demand }

    /// The questions to the portal that there is reason for.
    var commands: [Command] { demand.creations > 0 ? [CRMMode.command()] : [] }

    func run(_ reply: BatchReply, _ subject: String, _ report: inout CheckReport) {
        guard demand.creations > 0 else { return }
        report.note(
            subject, CreationAnnouncement.text(calls: demand.creations, mode: CRMMode(reply.outcomes["crm"])))
    }

    /// Announces it where the portal is not asked.
    package func announce(_ report: inout CheckReport) {
        guard demand.creations > 0 else { return }
        report.note("crm", CreationAnnouncement.unasked(calls: demand.creations))
    }
}

/// Compares the sources of leads and the currencies that calls name with those of the portal's CRM.
struct CRMNamesCheck {
    private let names: CRMNames

    init(_ configuration: ImportConfiguration, _ demand: CallDemand) {
        func counts(_ wanted: some Sequence<String>, _ counted: [String: Int]) -> [String: Int] {
            counted.merging(wanted.map { ($0, 0) }) { known, _ in known }
        }
        names = CRMNames(
            sources: counts(configuration.crm.namedSources, demand.crmSources),
            currencies: counts(Set(configuration.sources.compactMap(\.currency)), demand.currencies))
    }

    /// The questions to the portal that there is reason for.
    var commands: [Command] { names.commands }

    func run(_ reply: BatchReply, _ connection: PortalConnection, _ subject: String, _ report: inout CheckReport) {
        for finding in names.findings(reply) {
            switch finding {
            case .known(let kind): report.fine(subject, "the portal has every \(kind)")
            case .unknown(let text): report.warn(subject, text)
            case .forbidden(let kind):
                report.warn(
                    subject,
                    "\(connection.access.actor) lacks the permission \"crm\", so \(kind) cannot be checked; "
                        + connection.access.remedyForScope)
            case .unanswered(let kind):
                report.warn(subject, "the portal did not say which \(kind) it has; run cdr24 check again")
            }
        }
    }
}
