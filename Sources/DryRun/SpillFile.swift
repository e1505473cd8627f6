// SPDX-License-Identifier: Apache-2.0

import Foundation
private import Glibc
import Ledger

/// Bytes that are appended and read again, in a temporary file without a name; the last of them are in memory.
struct SpillFile: ~Copyable {
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    private let room: UnsafeMutableRawBufferPointer
    /// Where the buffer's first byte stands.
    private var written: Int64 = 0
    private var buffered = 0

    private static let bufferLength = 1 << 18
    /// The most bytes that are appended or read at once.
    static let longestPiece = 1 << 16
    /// What `mkstemp` wants to find at the end of a name.
    private static let letters = String(repeating: "X", count: 6)

    init() throws(LedgerFault) {
        descriptor = try Self.open()
        buffer = .allocate(byteCount: Self.bufferLength, alignment: 16)
        room = .allocate(byteCount: Self.longestPiece, alignment: 16)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
        room.deallocate()
    }

    /// How many bytes there are.
    var count: Int64 { written + Int64(buffered) }

    /// Appends what `fill` writes.
    ///
    /// - Returns: Where it stands.
    mutating func append(
        atMost length: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(LedgerFault) -> Int64 {
        if buffered + length > buffer.count { try flush() }
        let place = count
        buffered += fill(UnsafeMutableRawBufferPointer(rebasing: buffer[buffered..<buffered + length]))
        return place
    }

    /// Reads up to `length` bytes from a place on; fewer only at the end.
    func read<Result>(
        at place: Int64, atMost length: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(LedgerFault) -> Result {
        if place >= written {
            let start = Int(place - written)
            return body(UnsafeRawBufferPointer(rebasing: buffer[start..<min(buffered, start + length)]))
        }
        var count = 0
        while count < length, place + Int64(count) < written {
            let wanted = Int(min(Int64(length - count), written - place - Int64(count)))
            let got = pread(descriptor, room.baseAddress.map { $0 + count }, wanted, off_t(place) + count)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Self.fault() }
            count += got
        }
        let more = min(length - count, buffered)
        room[count..<count + more].copyBytes(from: buffer[..<more])
        return body(UnsafeRawBufferPointer(rebasing: room[..<(count + more)]))
    }

    /// Changes one byte.
    mutating func overwrite(_ byte: UInt8, at place: Int64) throws(LedgerFault) {
        if place >= written {
            buffer[Int(place - written)] = byte
            return
        }
        var byte = byte
        while pwrite(descriptor, &byte, 1, off_t(place)) != 1 {
            if errno != EINTR { throw Self.fault() }
        }
    }

    private mutating func flush() throws(LedgerFault) {
        var done = 0
        while done < buffered {
            let count = pwrite(
                descriptor, buffer.baseAddress.map { $0 + done }, buffered - done, off_t(written) + done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.fault() }
            done += count
        }
        written += Int64(buffered)
        buffered = 0
    }

    private static func fault() -> LedgerFault {
        errno == ENOSPC
            ? .diskFull(path: Ledger.temporaryName)
            : .cannotAccess(path: Ledger.temporaryName, reason: String(cString: strerror(errno)))
    }

    /// The folders in which SQLite looks for room, in its order.
    private static func open() throws(LedgerFault) -> Int32 {
        let named = ProcessInfo.processInfo.environment["TMPDIR"]
        for folder in [named, "/var/tmp", "/tmp", "."] {
            guard let folder else { continue }
            // The C library puts a name of its own in the place of the last letters, and makes a file for its owner only.
            var path = Array("\(folder)/cdr24-\(letters)".utf8CString)
            let descriptor = mkstemp(&path)
            guard descriptor >= 0 else { continue }
            unlink(path)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return descriptor
        }
        throw .cannotOpen(
            path: Ledger.temporaryName, reason: "no folder for temporary files can be written; set TMPDIR")
    }
}
