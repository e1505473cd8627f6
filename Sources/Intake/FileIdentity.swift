// SPDX-License-Identifier: Apache-2.0

import ExitCodes

/// Which file a path leads to and how that file begins.
///
/// A log that is rotated, replaced or written anew while it is read must not be continued by the place that the reading
/// came to: what stands before it in the new file was never read.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let head: [UInt8]

    /// How many bytes of the beginning are compared: some records, whose times and ids do not come twice.
    static let headBytes = 4_096

    /// The file at a path; `nil` when there is none.
    ///
    /// - Parameter count: How many bytes of its beginning to look at, as far as there are any.
    /// - Throws: ``ImportFault/input(_:)`` when the file cannot be read.
    init?(path: String, headBytes count: Int = Self.headBytes) throws(ImportFault) {
        guard let part = try FilePart.read(path: path, count: count) else { return nil }
        device = part.device
        inode = part.inode
        head = part.bytes
    }

    /// Whether the path still leads to this file, and nothing but its end has changed as far as that can be seen.
    ///
    /// - Throws: ``ImportFault/input(_:)`` when there is a file that cannot be read.
    func isStill(at path: String) throws(ImportFault) -> Bool {
        try FileIdentity(path: path, headBytes: head.count) == self
    }
}
