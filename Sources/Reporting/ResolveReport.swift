// SPDX-License-Identifier: Apache-2.0

import Phrases

/// What is known about one call and what was decided, for `cdr24 resolve`.
package struct ResolveReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.resolve/1"
    /// The call as it was.
    package var call: FailureList.Call
    /// A line for each row of the portal's statistics; `nil` where the portal could not be asked.
    package var portalRows: [String]?
    /// The CRM's cards with the number of the call; `nil` where they were not asked for.
    package var portalCards: [String]?
    /// Why the portal could not be asked, as a clause without a full stop; `nil` where it was.
    package var portalFault: String?
    /// The state of the call after the decision; `nil` where nothing was decided.
    package var newState: String?
    /// What a person should know about the decision, as a clause without a full stop.
    package var remark: String?

    /// A report about a call that nothing was decided about.
    package init(_ call: FailureList.Call) { self.call = call }

    /// What ledger and portal know, and what was decided; ends with a line break.
    package var text: String {
        var text = call.text(in: .english)
        if let portalFault { text += "portal: \(portalFault)\n" }
        if portalRows?.isEmpty == true { text += "portal: the call is not in the call statistics\n" }
        for row in portalRows ?? [] { text += "portal: \(row)\n" }
        if let portalCards {
            let found =
                portalCards.isEmpty ? "the CRM has no card with this number" : portalCards.joined(separator: ", ")
            text += "portal: \(found)\n"
        }
        if let newState { text += "the call is now \(newState)\n" }
        if let remark { text += "\(remark)\n" }
        return text
    }
}
