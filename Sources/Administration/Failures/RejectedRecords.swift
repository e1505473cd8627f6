// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Ledger

/// Rejected records of one source and one kind of file, as a file that can be corrected and imported again.
///
/// It begins with the header of the files that they stood in. Records of one encoding are what they were in their files, byte
/// for byte. No file can hold records of several encodings: they become UTF-8, behind a byte order mark, which goes before the
/// encoding that a source names.
package struct RejectedRecords: Sendable {
    /// The key prefix of the source.
    package let source: String
    /// How many records there are.
    package let count: Int
    /// The file.
    package private(set) var bytes: [UInt8]
    /// Whether the records had to become UTF-8.
    package let isConverted: Bool

    init(_ rejects: [LedgerReject], header: (bytes: [UInt8], encoding: TextEncoding), source: String) {
        self.source = source
        count = rejects.count
        let encodings = Set(rejects.map(\.textEncoding))
        isConverted = encodings.count > 1
        let encoding = isConverted ? .utf8 : encodings.first ?? .utf8
        // UTF-8 needs no mark where nothing speaks against it, and 8-bit encodings have none.
        bytes = isConverted || encoding != .utf8 ? encoding.byteOrderMark : []
        if !header.bytes.isEmpty {
            bytes += isConverted ? header.encoding.decoded(header.bytes) ?? header.bytes : header.bytes
            bytes += encoding.lineFeed
        }
        for reject in rejects {
            bytes += isConverted ? reject.content : reject.raw
            bytes += encoding.lineFeed
        }
    }

    /// The files that the rejected records of some sources make: one for each source and header.
    ///
    /// - Parameter limit: The most records of each source.
    /// - Throws: `LedgerFault` when the ledger cannot be read.
    static func files(
        of sources: [LedgerSource], in ledger: Ledger, limit: Int = .max
    ) throws(LedgerFault) -> [RejectedRecords] {
        var files: [RejectedRecords] = []
        for source in sources {
            var groups: [(header: [UInt8], first: ([UInt8], TextEncoding), rejects: [LedgerReject])] = []
            var headers: [String: [UInt8]] = [:]
            for reject in try ledger.rejects(sourceID: source.id, limit: limit) {
                let known = headers[reject.path]
                let header: [UInt8]
                if let known {
                    header = known
                } else {
                    header = try ledger.reading(sourceID: source.id, path: reject.path)?.header ?? []
                }
                headers[reject.path] = header
                let plain = reject.textEncoding.decoded(header) ?? header
                if let index = groups.firstIndex(where: { $0.header == plain }) {
                    groups[index].rejects.append(reject)
                } else {
                    groups.append((plain, (header, reject.textEncoding), [reject]))
                }
            }
            files += groups.map { RejectedRecords($0.rejects, header: $0.first, source: source.keyPrefix) }
        }
        return files
    }
}

extension LedgerReject {
    /// How ``raw`` writes its characters.
    fileprivate var textEncoding: TextEncoding { TextEncoding(rawValue: encoding) ?? .utf8 }

    /// The record as UTF-8.
    var content: [UInt8] { textEncoding.decoded(raw) ?? raw }
}
