// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords

extension FormatDefinition {
    /// A text that changes when a record that was left out may no longer be, in the ledger's form: 16 hex digits.
    ///
    /// It covers the format, how numbers are read, the trunks, the own numbers, the zone and `not_before`. Users are not among
    /// them: they decide who has a call, not whether there is one.
    func rulesFingerprint(_ source: SourceSettings, _ configuration: ImportConfiguration) -> String {
        let numbers = configuration.numbers
        var hash = StableHash()
        func take(_ text: String) {
            var text = text
            text.withUTF8 { hash.take(UnsafeRawBufferPointer($0)) }
        }
        take(String(fingerprint, radix: 16))
        take(numbers.region ?? "")
        take(numbers.internal ?? "")
        take("\(numbers.skipsUnreadable)")
        for rewrite in numbers.rewrite {
            take(rewrite.match)
            take(rewrite.replace)
        }
        take(numbers.hidden.joined(separator: "\n"))
        take(source.trunks.joined(separator: "\n"))
        take(Set(configuration.lines.values).sorted().joined(separator: "\n"))
        take(source.timeZone ?? "")
        take("\(source.checksZone) \(source.notBefore ?? .min)")
        let text = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
