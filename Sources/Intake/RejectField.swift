// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText

/// A field of a record that is compared with rejected ones.
struct RejectField: Sendable {
    let hash: UInt64
    /// Whether two records seldom share it: a time, a number or an id.
    let isTelling: Bool

    /// The fields of a record that are not empty, in their order.
    static func all(of record: borrowing Record) -> [RejectField] {
        var fields: [RejectField] = []
        record.forEachField { bytes in
            guard bytes.contains(where: { $0 > 0x20 }) else { return }
            let digits = bytes.reduce(0) { $0 + ((48...57).contains($1) ? 1 : 0) }
            fields.append(RejectField(hash: StableHash.hash(UnsafeRawBufferPointer(bytes)), isTelling: digits >= 6))
        }
        return fields
    }
}
