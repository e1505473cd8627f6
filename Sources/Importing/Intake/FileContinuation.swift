// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
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
    static func find(path: String, among known: [LedgerFile]) -> LedgerFile? {
        known.first { file in
            file.bytes > 0 && file.tailBytes > 0
                && hash(path: path, before: file.bytes, count: file.tailBytes) == file.tailHash
        }
    }

    /// The hash of up to ``tailBytes`` bytes before a place, with their number.
    static func tail(path: String, before end: Int64) -> (count: Int, hash: [UInt8])? {
        let count = Int(min(Int64(tailBytes), end))
        return hash(path: path, before: end, count: count).map { (count, $0) }
    }

    /// SHA-256 of `count` bytes before `end`; `nil` when the file has fewer bytes or cannot be read.
    private static func hash(path: String, before end: Int64, count: Int) -> [UInt8]? {
        guard count > 0, let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: UInt64(end - Int64(count)))) != nil,
            let data = try? handle.read(upToCount: count), data.count == count
        else { return nil }
        return Array(SHA256.hash(data: data))
    }
}
