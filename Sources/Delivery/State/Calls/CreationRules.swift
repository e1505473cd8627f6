// SPDX-License-Identifier: Apache-2.0

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
}
