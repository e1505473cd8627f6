// SPDX-License-Identifier: Apache-2.0

import Settings

/// Which expressions give the details of a leg; most formats have few.
struct DetailRules: Sendable {
    /// A parameter of the portal that a text gives.
    enum Parameter: String, Sendable, CaseIterable {
        case crmCreate = "crm_create"
        case crmSource = "crm_source"
        case crmEntityType = "crm_entity_type"
        case crmEntityID = "crm_entity_id"
        case cost
        case costCurrency = "cost_currency"
        case vote

        /// The portal's name of the parameter.
        var portalName: String { self == .crmEntityID ? "CRM_ENTITY_ID" : rawValue.uppercased() }
    }

    private(set) var texts: [Parameter: Program.Text] = [:]
    /// A number that is the call list's own, beside ``CallRules/callList``.
    private(set) var callListID: Program.Text?
    /// Texts that may be the portal's own CALL_ID.
    var portalIDs: [Program.Text] = []
    /// Whether an incoming call was sent on to a number outside.
    var redirected: Program.Condition?

    /// Whether no record can have any details.
    var isEmpty: Bool { texts.isEmpty && portalIDs.isEmpty && redirected == nil }

    subscript(parameter: Parameter) -> Program.Text? { texts[parameter] }

    /// The expressions of the section `call` as they are written.
    struct Nodes {
        fileprivate var texts: [(parameter: Parameter, node: SettingsNode)] = []
        fileprivate var callListID: SettingsNode?

        init(_ mapping: inout SettingsMapping) {
            for parameter in Parameter.allCases {
                if let node = mapping.take(parameter.rawValue) { texts.append((parameter, node)) }
            }
            callListID = mapping.take("call_list_id")
        }
    }

    /// Compiles the expressions; they come last, so that no leg is taken for another because of its details.
    mutating func compile(_ nodes: Nodes, _ compiler: inout Compiler) throws(SettingsFault) {
        for (parameter, node) in nodes.texts {
            if Presets.isInherited(node.place) {
                // What a preset tells of its own columns says nothing of a format that replaces them.
                texts[parameter] = try? compiler.text(node)
            } else {
                texts[parameter] = try compiler.text(node)
            }
        }
        if let node = nodes.callListID { callListID = try compiler.text(node) }
        if let id = nodes.texts.first(where: { $0.parameter == .crmEntityID }), texts[.crmEntityType] == nil {
            throw id.node.fault("crm_entity_id is set without crm_entity_type", hint: "the portal needs both")
        }
        if let type = nodes.texts.first(where: { $0.parameter == .crmEntityType }), texts[.crmEntityID] == nil {
            throw type.node.fault("crm_entity_type is set without crm_entity_id", hint: "the portal needs both")
        }
    }
}
