// SPDX-License-Identifier: Apache-2.0

package import Phrases

/// What is said about names in the records that the configuration does not map: clauses without a full stop.
package enum UnmappedNames {
    /// Extensions that `users.extensions` does not map.
    ///
    /// - Parameters:
    ///   - counts: Extension -> how often it was met.
    ///   - noun: What was counted.
    ///   - limit: How many extensions are listed, the most frequent first.
    package static func extensions(_ counts: [String: Int], _ noun: Noun, limit: Int) -> Phrase {
        Phrase(
            """
            users.extensions does not map these extensions, so the portal looks them up by inner number: \
            \(Phrase.listed(counts, noun, limit: limit))
            """)
    }

    /// Trunks and called numbers that `lines` does not map.
    ///
    /// - Parameters:
    ///   - counts: Name -> records.
    ///   - limit: How many names are listed, the most frequent first.
    package static func lines(_ counts: [String: Int], limit: Int) -> Phrase {
        Phrase(
            """
            lines does not map these trunks or called numbers, so their calls are sent without LINE_NUMBER: \
            \(Phrase.listed(counts, .record, limit: limit))
            """)
    }
}
