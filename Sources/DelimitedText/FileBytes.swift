// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// Unsafe: the kernel is given no more room than the buffer has.

/// The bytes of an open file or of standard input, as they are.
///
/// It reads rather than maps, since a mapped file that shrinks ends the process.
struct FileBytes: ~Copyable {
    private let descriptor: CInt
    private let path: String
    private let buffer = GrowingBuffer<UInt8>(capacity: FileBytes.capacity)
    /// Bytes at the buffer's start that were read but not passed on.
    private var peeked = 0
    /// How many bytes were passed on.
    private(set) var offset: Int64 = 0

    static let capacity = 1 << 18

    init(path: String) throws(ByteSourceFault) {
        self.path = path
        if path == "-" {
            descriptor = STDIN_FILENO
            return
        }
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw ByteSourceFault(path: path, problem: .cannotOpen(reason: Self.reason()))
        }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw ByteSourceFault(path: path, problem: .isFolder)
        }
        descriptor = opened
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// The bytes from here on, or nil at the end; valid until the next call.
    mutating func next() throws(ByteSourceFault) -> UnsafeRawBufferPointer? {
        var count = peeked
        peeked = 0
        if count == 0 { count = try fill(from: 0) }
        offset += Int64(count)
        return unsafe count == 0 ? nil : UnsafeRawBufferPointer(start: buffer.pointer, count: count)
    }

    /// At least the next `wanted` bytes, unless the file ends before, without passing them on.
    mutating func peek(_ wanted: Int) throws(ByteSourceFault) -> UnsafeRawBufferPointer {
        while peeked < wanted {
            let count = try fill(from: peeked)
            if count == 0 { break }
            peeked += count
        }
        return unsafe UnsafeRawBufferPointer(start: buffer.pointer, count: peeked)
    }

    /// Goes to an offset of the file; false if this is a pipe.
    mutating func seek(to target: Int64) throws(ByteSourceFault) -> Bool {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0 else { return false }
        guard size >= target else {
            throw ByteSourceFault(path: path, problem: .endsBefore(offset: target), byte: Int64(size))
        }
        guard lseek(descriptor, off_t(target), SEEK_SET) >= 0 else { throw cannotRead() }
        peeked = 0
        offset = target
        return true
    }

    private mutating func fill(from start: Int) throws(ByteSourceFault) -> Int {
        while true {
            let count = unsafe read(descriptor, buffer.pointer + start, buffer.capacity - start)
            if count >= 0 { return count }
            if errno != EINTR { throw cannotRead() }
        }
    }

    private func cannotRead() -> ByteSourceFault {
        ByteSourceFault(path: path, problem: .cannotRead(reason: Self.reason()), byte: offset)
    }

    private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
