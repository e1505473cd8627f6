// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import ExitCodes
import Ledger

/// Whether the calls of a source are known under another key prefix: sent again under new keys, nobody would know them for
/// the same.
struct PrefixCheck: Sendable {
    /// The first calls of a file that are looked up; a file that was read before begins with calls that are known.
    private static let firstCalls = 20

    private let store: any CallStore
    private let settings: SourceSettings
    /// The other sources that may have calls of the source's time.
    private let others: [LedgerSource]

    /// - Throws: `LedgerFault` when the store cannot be read.
    init(_ store: any CallStore, source: LedgerSource, settings: SourceSettings) throws(LedgerFault) {
        self.store = store
        self.settings = settings
        // What is older than `not_before` is not taken in a second time.
        let oldest = settings.notBefore ?? .min
        others = try store.sources().filter { other in
            guard let newest = other.newestLeg else { return false }
            return other.keyPrefix != source.keyPrefix && newest >= oldest
        }
    }

    /// Checks that the end of what another source has read of a file is not in this one.
    ///
    /// - Throws: ``ImportFault/configuration(_:)`` when it is, `LedgerFault` when the store cannot be read.
    func check(file path: String) throws {
        for other in others {
            let known = try store.files(sourceID: other.id, path: path)
            guard let file = try FileContinuation.find(path: path, among: known) else { continue }
            let name = file.path == path ? path : "\(path) (read as \(file.path))"
            throw fault("the ledger has read \(name) as a file of \(other.keyPrefix)", other)
        }
    }

    /// Checks that the first calls of a file are not those of another source.
    ///
    /// - Throws: ``ImportFault/configuration(_:)`` when they are, `LedgerFault` when the store cannot be read.
    func check(_ batch: MappedBatch) throws {
        guard !others.isEmpty else { return }
        for legs in batch.keys.prefix(Self.firstCalls) {
            let legs = batch.unpacked(legs)
            guard let key = legs.first?.key, let start = legs.map(\.start.epochSeconds).min(),
                key.hasPrefix(settings.keyPrefix + ":"), start >= settings.notBefore ?? .min
            else { continue }
            let id = key.dropFirst(settings.keyPrefix.count)
            for other in others {
                guard let known = try store.call(key: other.keyPrefix + id), known.call.start.epochSeconds == start
                else { continue }
                throw fault("the call \(key) is \(known.call.key) in the ledger", other)
            }
        }
    }

    private func fault(_ finding: String, _ other: LedgerSource) -> ImportFault {
        .configuration(
            """
            \(finding), and would be sent again as calls of \(settings.keyPrefix): set key_prefix: \(other.keyPrefix) for \
            this source; or, to go on under the new prefix, set its not_before to the first day that was not imported
            """)
    }
}
