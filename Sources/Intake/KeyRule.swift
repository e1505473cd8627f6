// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords

/// What makes the keys of a source's calls, in a spelling that changes only when a call that is read again gets another key.
struct KeyRule {
    /// The spelling as a ledger keeps it.
    let text: String
    /// The same without the zone, as ledgers have it that were made before the zone was a part of it.
    private let former: String

    /// A key whose ids start again contains the start of the call in UTC, which the zone decides.
    init(_ format: FormatDefinition, _ settings: SourceSettings) {
        former = format.keyRuleFingerprint
        text = format.keyRestarts ? "\(former) zone=\(settings.timeZone ?? format.timeZone ?? "")" : former
    }

    /// Whether calls that a ledger has under a rule get the same keys by this one, as far as the ledger tells.
    func makesKeys(of stored: String) -> Bool { stored == text || stored == former }
}
