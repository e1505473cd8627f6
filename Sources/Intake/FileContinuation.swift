// SPDX-License-Identifier: Apache-2.0

import Digests
import ExitCodes
import Ledger

/// Finds out whether a file is one that was read before and has only grown since.
enum FileContinuation {
    /// How many bytes before the remembered place must still be the same.
    static let tailBytes = 65_536

    /// The file as it was known, if the bytes before the place to which it was taken in are still the same.
    ///
    /// A file that was rotated is found by its content under its old name; one that was truncated or replaced matches
    /// nothing.
    ///
    /// - Parameter known: Files of the same source, the most probable first.
    /// - Throws: ``ImportFault/input(_:)`` when the file cannot be read.
    static func find(path: String, among known: [LedgerFile]) throws(ImportFault) -> LedgerFile? {
        for file in known where file.bytes > 0 && file.tailBytes > 0 {
            if try hash(path: path, before: file.bytes, count: file.tailBytes) == file.tailHash { return file }
        }
        return nil
    }

    /// The hash of up to ``tailBytes`` bytes before a place, with their number; `nil` when the file has fewer bytes, or
    /// is gone.
    ///
    /// - Throws: ``ImportFault/input(_:)`` when the file cannot be read.
    static func tail(path: String, before end: Int64) throws(ImportFault) -> (count: Int, hash: [UInt8])? {
        let count = Int(min(Int64(tailBytes), end))
        return try hash(path: path, before: end, count: count).map { (count, $0) }
    }

    /// SHA-256 of `count` bytes before `end`; `nil` when the file has fewer bytes, or is gone.
    private static func hash(path: String, before end: Int64, count: Int) throws(ImportFault) -> [UInt8]? {
        guard count > 0, count <= end, let part = try FilePart.read(path: path, from: end - Int64(count), count: count),
            part.bytes.count == count
        else { return nil }
        return SHA256.hash(part.bytes)
    }
}
