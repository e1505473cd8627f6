// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
import CallRecords
package import ExitCodes
import Intake
package import Ledger

/// What the calls that are to be sent ask of the portal: whom they belong to, on which lines they came.
package struct CallDemand: Sendable, Equatable {
    /// How many calls there are.
    package private(set) var calls = 0
    /// How many calls belong to nobody, and would be held.
    package private(set) var withoutEmployee = 0
    /// USER_ID -> calls that belong to the user.
    package private(set) var users: [Int: Int] = [:]
    /// Extension that the portal has to look up -> calls.
    package private(set) var extensions: [String: Int] = [:]
    /// LINE_NUMBER -> calls.
    package private(set) var lines: [String: Int] = [:]
    /// CALL_LIST_ID -> calls.
    package private(set) var callLists: [Int: Int] = [:]
    /// How many calls are sent with CRM_CREATE on.
    package private(set) var creations = 0
    /// CRM_SOURCE -> calls that are sent with it.
    package private(set) var crmSources: [String: Int] = [:]
    /// COST_CURRENCY -> calls that are sent with it.
    package private(set) var currencies: [String: Int] = [:]

    /// No calls.
    package init() {}

    /// Counts the calls of a store that nothing was sent for yet.
    ///
    /// - Throws: ``ImportFault/input(_:)`` when the store cannot be read.
    package init(
        _ store: any CallStore, users: UserSettings, crm: CRMSettings = CRMSettings()
    ) throws(ImportFault) {
        var demand = CallDemand()
        var counts = NeedsCounts { demand.add($0, calls: $1, users, crm) }
        try ImportFault.translating { () throws(LedgerFault) in try store.addCallsToSend(to: &counts) }
        counts.finish()
        self = demand
    }

    /// Counts calls that ask the same.
    private mutating func add(_ call: CallNeeds, calls count: Int, _ settings: UserSettings, _ crm: CRMSettings) {
        calls += count
        switch settings.employee(extension: call.employeeExtension, on: call.localDay) {
        case .user(let id)?: users[id, default: 0] += count
        case .inner(let name)?: extensions[name, default: 0] += count
        case nil: withoutEmployee += count
        }
        if let line = call.line { lines[line, default: 0] += count }
        if let list = call.callListID { callLists[list, default: 0] += count }
        let treatment = crm.treatment(keyPrefix: call.keyPrefix, line: call.line, details: call.details)
        if treatment.creates { creations += count }
        if let source = treatment.source { crmSources[source, default: 0] += count }
        if let cost = call.details.cost { currencies[cost.currency, default: 0] += count }
    }
}
