// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// What a person should know before the first call leaves for which something may be created in the CRM.
package enum CreationAnnouncement {
    /// The announcement, as a sentence without a full stop.
    ///
    /// - Parameters:
    ///   - calls: How many calls it concerns.
    ///   - mode: How the portal's CRM works; `nil` where that is not known.
    package static func text(calls: Int, mode: CRMMode?) -> String {
        let consequence =
            switch mode {
            case .classic:
                "the CRM works with leads: it creates a lead for each number that it does not know, and may create a repeat "
                    + "lead for a client without an open deal"
            case .simple:
                "the CRM works without leads: it creates a contact and a deal for each number that it does not know"
            case nil:
                "what the CRM creates is not known, since its mode cannot be read: give access to \"crm\" to see it"
            }
        return "\(subject(calls)); \(consequence); they are dated today"
    }

    /// The announcement where the portal is not asked.
    package static func unasked(calls: Int) -> String {
        "\(subject(calls)); the portal was not asked whether its CRM creates leads, or contacts and deals for them"
    }

    private static func subject(_ calls: Int) -> String {
        "CRM_CREATE is on for \(calls == 1 ? "1 call" : "\(calls) calls")"
    }
}
