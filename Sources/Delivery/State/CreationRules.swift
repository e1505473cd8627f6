// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle

/// Which calls may have something created for them in the CRM, and what follows for their registers.
///
/// Two registers of one unknown number at a time could create two leads: such registers leave one by one for each number,
/// and none leaves while an earlier one may still be at work.
struct CreationRules: Sendable {
    private let crm: CRMSettings
    /// Whether any call may have something created; what no record can ask for needs no look.
    let isPossible: Bool

    init(_ crm: CRMSettings, recordsMayAsk: Bool) {
        self.crm = crm
        isPossible = recordsMayAsk || crm.mayCreate
    }

    /// Whether something may be created for a call.
    func creates(_ call: TrackedCall) -> Bool { isPossible && crm.treatment(of: call.call).creates }

    /// The event with which the register of a call begins.
    func beginning(of call: TrackedCall) -> CallEvent {
        crm.treatment(of: call.call).creates ? .creatingRegisterBegins : .registerBegins
    }

    /// What a person should know before the first call leaves.
    ///
    /// - Parameters:
    ///   - count: How many calls it concerns.
    ///   - mode: How the portal's CRM works; `nil` where that is not known.
    static func announcement(count: Int, mode: CRMMode?) -> String {
        let calls = count == 1 ? "1 call" : "\(count) calls"
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
        return "CRM_CREATE is on for \(calls); \(consequence); they are dated today"
    }
}
