// SPDX-License-Identifier: Apache-2.0

import CZlib

// Unsafe: zlib is given the room that the buffer has, and its stream is the inflater's own.

/// Unpacks gzip data, which may be several packed files one behind the other.
@safe struct Inflater: ~Copyable {
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
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    static func isPacked(_ head: UnsafeRawBufferPointer) -> Bool { unsafe head.starts(with: [0x1F, 0x8B]) }

    /// The next unpacked bytes, or nil at the end; valid until the next call.
    mutating func next(from file: inout FileBytes) throws(Failure) -> UnsafeRawBufferPointer? {
        if let failure { throw failure }
        unsafe stream.pointee.next_out = unsafe output.pointer
        unsafe stream.pointee.avail_out = uInt(output.capacity)
        do {
            while unsafe stream.pointee.avail_out > 0, try step(&file) {}
        } catch {
            if produced == 0 { throw error }
            failure = error
        }
        return unsafe produced == 0 ? nil : UnsafeRawBufferPointer(start: output.pointer, count: produced)
    }

    private var produced: Int { unsafe output.capacity - Int(stream.pointee.avail_out) }

    /// Unpacks a part; false at the end.
    private mutating func step(_ file: inout FileBytes) throws(Failure) -> Bool {
        if unsafe stream.pointee.avail_in == 0 {
            guard let packed = try unsafe read(&file) else {
                if isBetweenMembers { return false }
                throw .truncated
            }
            // zlib does not write to its input; the type says so only in newer versions.
            unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(
                mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
            unsafe stream.pointee.avail_in = uInt(packed.count)
        }
        if isBetweenMembers {
            skipPadding()
            if unsafe stream.pointee.avail_in == 0 { return true }
            unsafe inflateReset(stream)
            isBetweenMembers = false
        }
        switch unsafe inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetweenMembers = true
        default: throw unsafe .damaged(reason: stream.pointee.msg.map { unsafe String(cString: $0) } ?? "not gzip data")
        }
        return true
    }

    private func read(_ file: inout FileBytes) throws(Failure) -> UnsafeRawBufferPointer? {
        do {
            return try unsafe file.next()
        } catch {
            throw .file(error)
        }
    }

    /// Tapes and some copying programs fill the last block with zeros.
    private mutating func skipPadding() {
        while unsafe stream.pointee.avail_in > 0, unsafe stream.pointee.next_in.pointee == 0 {
            unsafe stream.pointee.next_in += 1
            unsafe stream.pointee.avail_in -= 1
        }
    }
}
