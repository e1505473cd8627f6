// SPDX-License-Identifier: Apache-2.0

package import CallRecords
import Settings

/// What the portal's CRM makes of calls: `crm:` in the configuration and in its sources.
package struct CRMSettings: Sendable, Equatable {
    /// What is said for all calls, or for those of one line.
    package struct Rule: Sendable, Equatable {
        /// `CRM_CREATE`; `nil`: not said here.
        package var creates: Bool?
        /// `CRM_SOURCE`; `nil`: not said here.
        package var source: String?

        /// Nothing is said.
        package init() {}
    }

    /// What is sent with a register.
    package struct Treatment: Sendable, Hashable {
        /// Whether the portal may create a lead, a contact or a deal.
        package var creates = false
        /// The source of what is created.
        package var source: String?

        /// Nothing is created.
        package static let quiet = Treatment()

        /// - Parameter source: Sent only where something may be created, since it has no other effect.
        package init(creates: Bool = false, source: String? = nil) {
            self.creates = creates
            self.source = creates ? source : nil
        }
    }

    /// What is said for all calls.
    package var all = Rule()
    /// What is said for those of a LINE_NUMBER.
    package var lines: [String: Rule] = [:]
    /// What sources say that have a `crm` of their own, by their key prefix; it holds instead of everything else.
    package var sources: [String: CRMSettings] = [:]

    /// Nothing is created.
    package init() {}

    /// Whether any call without a word of its own may have something created.
    package var mayCreate: Bool {
        all.creates == true || lines.values.contains { $0.creates == true } || sources.values.contains { $0.mayCreate }
    }

    /// Every `CRM_SOURCE` that is set, whether anything is created with it or not.
    package var namedSources: Set<String> {
        Set([all.source].compactMap(\.self) + lines.values.compactMap(\.source))
            .union(sources.values.flatMap(\.namedSources))
    }

    /// What is sent with the register of a call: the record's own word, then that of the line, then that of all.
    package func treatment(of call: Call) -> Treatment {
        treatment(
            keyPrefix: String(call.key.prefix { $0 != ":" }), line: call.line, details: call.details)
    }

    /// What is sent with the register of a call of which only this is known.
    ///
    /// - Parameter prefix: What stands before the colon of its key.
    package func treatment(keyPrefix prefix: String, line name: String?, details: CallDetails) -> Treatment {
        if let own = sources[prefix] { return own.treatment(keyPrefix: prefix, line: name, details: details) }
        let line = name.flatMap { lines[$0] }
        return Treatment(
            creates: details.createsEntity ?? line?.creates ?? all.creates ?? false,
            source: details.source ?? line?.source ?? all.source)
    }
}

extension CRMSettings {
    /// Reads `crm:`.
    ///
    /// - Throws: ``SettingsFault`` at the first place that cannot be understood.
    init(_ node: SettingsNode) throws(SettingsFault) {
        self.init()
        var mapping = try node.mapping()
        all = try Rule(&mapping)
        if let node = mapping.take("lines") {
            for (line, value) in try node.table() {
                var mapping = try value.mapping()
                lines[line] = try Rule(&mapping)
                try mapping.finish()
            }
        }
        try mapping.finish()
    }
}

extension CRMSettings.Rule {
    fileprivate init(_ mapping: inout SettingsMapping) throws(SettingsFault) {
        self.init()
        if let node = mapping.take("create") { creates = try node.boolean() }
        if let node = mapping.take("source") {
            let text = try node.string()
            guard (1...50).contains(text.utf8.count) else {
                throw node.fault("expected a CRM_SOURCE of 1 to 50 characters, for example CALL")
            }
            source = text
        }
    }
}
