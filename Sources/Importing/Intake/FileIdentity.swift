// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Which file a path leads to and how that file begins.
///
/// A log that is rotated, replaced or written anew while it is read must not be continued by the place that the reading
/// came to: what stands before it in the new file was never read.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let head: Data

    /// How many bytes of the beginning are compared: some records, whose times and ids do not come twice.
    static let headBytes = 4_096

    /// The file at a path; `nil` when it cannot be read.
    ///
    /// - Parameter count: How many bytes of its beginning to look at, as far as there are any.
    init?(path: String, headBytes count: Int = Self.headBytes) {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        var status = stat()
        guard fstat(handle.fileDescriptor, &status) == 0, let head = try? handle.read(upToCount: count) ?? Data() else {
            return nil
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        self.head = head
    }

    /// Whether the path still leads to this file, and nothing but its end has changed as far as that can be seen.
    func isStill(at path: String) -> Bool {
        FileIdentity(path: path, headBytes: head.count) == self
    }
}
