// SPDX-License-Identifier: Apache-2.0

import Settings

/// What an import does where another integration registers the calls of a phone system, too.
package enum NeighbourPolicy: String, Sendable, Hashable, CaseIterable {
    /// A ledger's first delivery, and that of a new source, sends nothing when the portal has the calls already.
    case stop
    /// Only calls that the other integration has not registered are sent.
    case fill
    /// Every call is sent, whatever the portal has.
    case ignore
}

/// How an import lives with another integration; of the configuration, or of one source.
package struct NeighbourSettings: Sendable, Hashable {
    /// What it does.
    package var policy = NeighbourPolicy.stop
    /// How long after its end a call is left to the other integration.
    package var fillAfter: Duration = .seconds(7_200)
    /// By how much the starts of one call may differ at the two integrations, beside a constant offset of the clocks.
    package var tolerance: Duration = .seconds(90)

    /// The defaults: the first delivery stops.
    package init() {}
}

extension NeighbourPolicy {
    /// Reads `stop`, `fill` or `ignore`.
    init(_ node: SettingsNode) throws(SettingsFault) {
        guard let policy = NeighbourPolicy(rawValue: try node.string()) else {
            throw node.fault(
                "expected stop, fill or ignore",
                hint: "this says what to do when another integration already registers the calls")
        }
        self = policy
    }
}

extension ImportConfiguration {
    /// How the import lives with another integration of a source.
    package func neighbours(of source: SourceSettings) -> NeighbourSettings {
        var settings = neighbours
        if let policy = source.neighbours { settings.policy = policy }
        if let fillAfter = source.fillAfter { settings.fillAfter = fillAfter }
        return settings
    }
}
