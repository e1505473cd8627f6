// SPDX-License-Identifier: Apache-2.0

import Foundation
private import Glibc

/// An advisory lock on a file of its own, held until the value is released or the process ends.
///
/// The lock file is never the SQLite file: closing any descriptor of that would drop SQLite's own locks. It is opened
/// close-on-exec, and it is left in place when the lock is released, since removing it would let two runs lock two
/// files of one name.
package struct FileLock: ~Copyable, Sendable {
    private let descriptor: Int32
    /// The path of the lock file.
    package let path: String

    /// Takes the lock or says that another process has it; never waits.
    ///
    /// - Parameters:
    ///   - path: The lock file; made if it is missing.
    ///   - isShared: Whether other users of this machine must be able to take the same lock.
    /// - Throws: `LedgerFault.locked`, or `cannotOpen` when the file cannot be made.
    package init(path: String, isShared: Bool = false) throws(LedgerFault) {
        // Without O_CREAT first: in a sticky folder the kernel may refuse O_CREAT on a file of another user.
        var descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0, errno == ENOENT {
            descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            if descriptor >= 0, isShared { fchmod(descriptor, 0o666) }
        }
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            if code == EWOULDBLOCK { throw .locked(path: path) }
            throw .cannotOpen(path: path, reason: String(cString: strerror(code)))
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    /// Whether a process holds the lock, without taking it even for a moment.
    ///
    /// - Returns: `nil` where the system does not tell.
    package static func isHeld(path: String) -> Bool? {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        guard let text = kernelTable("/proc/locks") else { return nil }
        // As glibc takes a device's number apart.
        let device = UInt64(status.st_dev)
        let (major, minor) = ((device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF), (device & 0xFF) | (device >> 12 & ~0xFF))
        func hex(_ number: UInt64) -> String { (number < 16 ? "0" : "") + String(number, radix: 16) }
        let file = "\(hex(major)):\(hex(minor)):\(status.st_ino)"
        return text.split(separator: "\n").contains { line in
            let words = line.split(separator: " ")
            return words.contains("FLOCK") && !words.contains("->") && words.contains { $0 == file }
        }
    }

    /// The whole of a table of the kernel; `nil` where the system has none, since there is no other way without a lock.
    private static func kernelTable(_ path: String) -> String? {
        // The kernel gives a page at a time, and `String(contentsOfFile:)` ends at the first of them.
        // What cannot be read is the same to the caller as what is not there.
        guard let data = try? FileHandle(forReadingAtPath: path)?.readToEnd() else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// The text in the lock file: up to 1 MiB.
    package func text() -> String {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// Replaces the text in the lock file.
    ///
    /// The file is never shorter than the text: a process that is killed meanwhile leaves the new text with the end of a
    /// longer former one behind it.
    package func write(_ text: String) {
        let bytes = Array(text.utf8)
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else { return }
        ftruncate(descriptor, off_t(bytes.count))
    }
}
