// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Unpacks gzip data, which may be several packed files one behind the other.
struct Inflater: ~Copyable {
    /// Why unpacking stopped.
    enum Failure: Error, Hashable {
        case truncated
        case damaged(reason: String)
        /// The packed bytes cannot be read.
        case file(ByteSourceFault)
    }

    /// zlib keeps a pointer to it, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output = GrowingBuffer<UInt8>(capacity: Inflater.capacity)
    /// Whether a packed file has ended and another may begin.
    private var isBetweenMembers = false
    /// Found after bytes that had to be passed on first.
    private var failure: Failure?

    private static let capacity = 1 << 18
    /// The largest window, and 16 to say that the data has a gzip header.
    private static let windowBits = CInt(15 + 16)

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    static func isPacked(_ head: UnsafeRawBufferPointer) -> Bool { head.starts(with: [0x1F, 0x8B]) }

    /// The next unpacked bytes, or nil at the end; valid until the next call.
    mutating func next(from file: inout FileBytes) throws(Failure) -> UnsafeRawBufferPointer? {
        if let failure { throw failure }
        stream.pointee.next_out = output.pointer
        stream.pointee.avail_out = uInt(output.capacity)
        do {
            while stream.pointee.avail_out > 0, try step(&file) {}
        } catch {
            if produced == 0 { throw error }
            failure = error
        }
        return produced == 0 ? nil : UnsafeRawBufferPointer(start: output.pointer, count: produced)
    }

    private var produced: Int { output.capacity - Int(stream.pointee.avail_out) }

    /// Unpacks a part; false at the end.
    private mutating func step(_ file: inout FileBytes) throws(Failure) -> Bool {
        if stream.pointee.avail_in == 0 {
            guard let packed = try read(&file) else {
                if isBetweenMembers { return false }
                throw .truncated
            }
            // zlib does not write to its input; the type says so only in newer versions.
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = uInt(packed.count)
        }
        if isBetweenMembers {
            skipPadding()
            if stream.pointee.avail_in == 0 { return true }
            inflateReset(stream)
            isBetweenMembers = false
        }
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetweenMembers = true
        default: throw .damaged(reason: stream.pointee.msg.map { String(cString: $0) } ?? "not gzip data")
        }
        return true
    }

    private func read(_ file: inout FileBytes) throws(Failure) -> UnsafeRawBufferPointer? {
        do {
            return try file.next()
        } catch {
            throw .file(error)
        }
    }

    /// Tapes and some copying programs fill the last block with zeros.
    private mutating func skipPadding() {
        while stream.pointee.avail_in > 0, stream.pointee.next_in.pointee == 0 {
            stream.pointee.next_in += 1
            stream.pointee.avail_in -= 1
        }
    }
}
