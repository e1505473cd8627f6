// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Ledger

/// Rejected records as one file that can be corrected and imported again.
///
/// Records of one encoding are what they were in their files, byte for byte. No file can hold records of several
/// encodings: they become UTF-8, behind a byte order mark, which goes before the encoding that a source names.
struct RejectedRecords {
    /// The file.
    private(set) var bytes: [UInt8]
    /// Whether the records had to become UTF-8.
    let isConverted: Bool

    init(_ rejects: [LedgerReject]) {
        let encodings = Set(rejects.map(\.textEncoding))
        isConverted = encodings.count > 1
        let encoding = isConverted ? .utf8 : encodings.first ?? .utf8
        // UTF-8 needs no mark where nothing speaks against it, and 8-bit encodings have none.
        bytes = isConverted || encoding != .utf8 ? encoding.byteOrderMark : []
        for reject in rejects {
            bytes += isConverted ? reject.content : reject.raw
            bytes += encoding.lineFeed
        }
    }
}

extension LedgerReject {
    /// How ``raw`` writes its characters.
    fileprivate var textEncoding: TextEncoding { TextEncoding(rawValue: encoding) ?? .utf8 }

    /// The record as UTF-8.
    var content: [UInt8] { textEncoding.decoded(raw) ?? raw }
}
