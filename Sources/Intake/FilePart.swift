// SPDX-License-Identifier: Apache-2.0

import Digests
package import ExitCodes
import FileRights
private import Glibc
package import Ledger

/// Some bytes of a file as they are on the disk, with what tells the file from others of its name.
package struct FilePart: Equatable {
    let device: UInt64
    let inode: UInt64
    /// How many bytes the file has.
    let size: Int64
    /// The bytes; fewer than were asked for where the file ends.
    let bytes: [UInt8]

    /// Whether a path leads to a file that can be read at any place and again: no pipe, no device, no standard input.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// How the file system describes a file; `nil` when there is none, or it is not regular.
    package static func stamp(_ path: String) -> FileStamp? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec) }
        return FileStamp(
            size: Int64(status.st_size), modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim),
            inode: Int64(bitPattern: UInt64(status.st_ino)))
    }

    /// SHA-256 of a whole file; `nil` when there is none.
    ///
    /// - Throws: ``ImportFault/input(_:)`` when there is one that cannot be read.
    package static func digest(_ path: String) throws(ImportFault) -> [UInt8]? {
        try opening(path) { (descriptor, status) throws(ImportFault) in
            // No more than the file has, so that half a million small files do not clear large buffers.
            let count = max(1, min(digestBytes, Int(status.st_size) + 1))
            var digest = SHA256()
            var offset: Int64 = 0
            while true {
                let part = try bytes(of: descriptor, path, from: offset, count: count)
                digest.update(part)
                offset += Int64(part.count)
                if part.count < count { return digest.finish() }
            }
        }
    }

    /// Gives `body` an open file, closed when it returns; `nil` when there is none.
    private static func opening<Result>(
        _ path: String, _ body: (Int32, stat) throws(ImportFault) -> Result
    ) throws(ImportFault) -> Result? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT || errno == ENOTDIR { return nil }
        guard descriptor >= 0 else { throw fault(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault(path) }
        return try body(descriptor, status)
    }

    /// How many bytes are hashed at once.
    private static let digestBytes = 1 << 18

    /// When a file was last written, in seconds since 1970; `nil` when there is none.
    static func lastWritten(_ path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) : nil
    }

    /// Reads a part of a file.
    ///
    /// - Parameters:
    ///   - offset: Where the part begins.
    ///   - count: How many bytes it has; 0 only looks at the file.
    /// - Returns: `nil` when there is no file at the path.
    /// - Throws: ``ImportFault/input(_:)`` when there is one that cannot be read.
    static func read(path: String, from offset: Int64 = 0, count: Int) throws(ImportFault) -> FilePart? {
        try opening(path) { (descriptor, status) throws(ImportFault) in
            FilePart(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
                bytes: try bytes(of: descriptor, path, from: offset, count: count))
        }
    }

    private static func bytes(
        of descriptor: Int32, _ path: String, from offset: Int64, count: Int
    ) throws(ImportFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var length = 0
        while length < count {
            let more = bytes.withUnsafeMutableBytes { room in
                pread(descriptor, room.baseAddress.map { $0 + length }, count - length, off_t(offset) + length)
            }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw fault(path) }
            if more == 0 { break }
            length += more
        }
        return Array(bytes.prefix(length))
    }

    private static func fault(_ path: String) -> ImportFault {
        let reason = String(cString: strerror(errno))
        let remedy = FileObstacle.reading(path).map { "; \($0)" } ?? ""
        return .input("\(path): cannot be read: \(reason)\(remedy)")
    }
}
