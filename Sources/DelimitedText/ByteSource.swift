// SPDX-License-Identifier: Apache-2.0

// Unsafe: slices are handed on as they come from the file, the inflater or the transcoder, which say how long they
// are valid.

/// The bytes of a file, of a gzip file (told by its first bytes, not by its name) or of standard input, as UTF-8.
///
/// Bytes that are not UTF-8 in a file that should be are passed on as they are; a byte order mark is not. Memory does not
/// depend on the size of the file.
@safe package struct ByteSource: ~Copyable {
    /// The file as the user named it; `-` for standard input.
    package let path: String
    /// What the file is read as: what its byte order mark announces, else what was asked for, else UTF-8.
    package private(set) var encoding = TextEncoding.utf8
    /// Whether the file is gzip data.
    package private(set) var isPacked = false
    /// The offset of the next byte in the decoded stream.
    ///
    /// In a plain UTF-8 file this is the offset in the file, so it begins at 3 behind a byte order mark.
    package private(set) var position: Int64 = 0

    private var file: FileBytes
    private var inflater: Inflater?
    private var transcoder: Transcoder?
    private var originals: OriginalText?
    private let keepsOriginals: Bool
    /// Bytes that were unpacked but not passed on, in a buffer of the stage that unpacked them.
    private var ahead: UnsafeRawBufferPointer?
    private var isAtEnd = false
    /// Decoded bytes that are handed over next.
    private var rest: UnsafeRawBufferPointer?

    private static let headLength = 1 << 16

    /// Opens a file, or standard input for `-`.
    ///
    /// - Parameters:
    ///   - encoding: What to read the file as if it has no byte order mark.
    ///   - guessesEncoding: Whether to go by the look of the first bytes if there is neither mark nor `encoding`, rather
    ///     than to take the file for UTF-8. A file that still grows may look different the next time.
    ///   - keepsOriginals: Whether ``original(of:)`` will be asked for.
    ///   - offset: Where to begin, a ``position`` of an earlier reading.
    /// - Throws: If the file cannot be opened, is a folder or ends before `offset`.
    package static func open(
        path: String, encoding: TextEncoding? = nil, guessesEncoding: Bool = false, keepsOriginals: Bool = false,
        from offset: Int64 = 0
    ) throws(ByteSourceFault) -> ByteSource {
        var source = try ByteSource(path: path, keepsOriginals: keepsOriginals)
        try source.begin(wanted: encoding, guesses: guessesEncoding)
        try source.skip(to: offset)
        return source
    }

    /// The next bytes, at least one, or nil at the end; valid until the next call.
    ///
    /// - Throws: If the system cannot read on or the gzip data is cut off or damaged; all bytes before that have been
    ///   handed over by then.
    package mutating func next() throws(ByteSourceFault) -> UnsafeRawBufferPointer? {
        let slice = try unsafe peek()
        unsafe rest = nil
        unsafe position += Int64(slice?.count ?? 0)
        return unsafe slice
    }

    /// The bytes that ``next()`` will hand over, which stay to be handed over.
    ///
    /// At the beginning they come of at least 64 KiB of the file, if it has as many: enough to see what it is.
    package mutating func peek() throws(ByteSourceFault) -> UnsafeRawBufferPointer? {
        if unsafe rest == nil { unsafe rest = try unsafe decoded() }
        return unsafe rest
    }

    /// The bytes that a record of the slice handed over last has in the file; nil if they are those of the record.
    ///
    /// Records are asked for in their order, and their positions are offsets in the decoded stream.
    package mutating func original(of record: borrowing Record) -> OriginalRecord? {
        unsafe originals?.record(at: record.position.byte, length: record.raw.count)
    }

    /// Says, once the records of a slice are done with, where in the decoded stream the next one begins.
    ///
    /// Memory would grow with the longest record without it.
    package mutating func forgetOriginals(before offset: Int64) { originals?.forget(before: offset) }

    private init(path: String, keepsOriginals: Bool) throws(ByteSourceFault) {
        self.path = path
        self.keepsOriginals = keepsOriginals
        file = try FileBytes(path: path)
    }

    /// Looks at the first bytes to see what the file is.
    private mutating func begin(wanted: TextEncoding?, guesses: Bool) throws(ByteSourceFault) {
        isPacked = unsafe Inflater.isPacked(try file.peek(Self.headLength))
        if isPacked { inflater = Inflater() }
        let head = try unsafe unpacked() ?? UnsafeRawBufferPointer(start: nil, count: 0)
        let announced = unsafe TextEncoding.announced(by: head)
        let markLength = announced?.length ?? 0
        encoding = unsafe announced?.encoding ?? wanted ?? (guesses ? TextEncoding.guess(from: head) : .utf8)
        unsafe ahead = unsafe UnsafeRawBufferPointer(rebasing: head.dropFirst(markLength))
        if encoding == .utf8 {
            position = Int64(markLength)
        } else {
            transcoder = Transcoder(from: encoding)
            guard transcoder != nil, let widths = CharacterWidths(of: encoding) else {
                throw ByteSourceFault(path: path, problem: .unsupportedEncoding(encoding))
            }
            if keepsOriginals { originals = OriginalText(widths: widths, markLength: markLength) }
        }
    }

    private mutating func decoded() throws(ByteSourceFault) -> UnsafeRawBufferPointer? {
        try unsafe transcoder == nil ? unpacked() : converted()
    }

    /// The next bytes before conversion.
    private mutating func unpacked() throws(ByteSourceFault) -> UnsafeRawBufferPointer? {
        if let first = unsafe ahead, unsafe !first.isEmpty {
            unsafe ahead = nil
            return unsafe first
        }
        guard isPacked else { return try unsafe file.next() }
        do {
            return try unsafe inflater?.next(from: &file)
        } catch {
            throw Self.fault(error, path, byte: position)
        }
    }

    private mutating func converted() throws(ByteSourceFault) -> UnsafeRawBufferPointer? {
        while true {
            if !isAtEnd, transcoder?.hasMore == false {
                if let bytes = try unsafe unpacked() {
                    let taken = unsafe transcoder?.take(bytes) ?? 0
                    unsafe ahead = unsafe UnsafeRawBufferPointer(rebasing: bytes.dropFirst(taken))
                } else {
                    isAtEnd = true
                }
            }
            guard let text = unsafe transcoder?.convert(isLast: isAtEnd) else { return nil }
            if let converted = unsafe transcoder?.converted { unsafe originals?.append(converted) }
            if unsafe !text.isEmpty { return unsafe text }
            if isAtEnd { return nil }
        }
    }

    /// Goes to an offset: at once in a plain file, else by reading up to it.
    private mutating func skip(to offset: Int64) throws(ByteSourceFault) {
        guard offset > position else { return }
        if !isPacked, transcoder == nil, try file.seek(to: offset) {
            unsafe ahead = nil
            position = offset
            return
        }
        while position < offset {
            let before = position
            guard let slice = try unsafe next() else {
                throw ByteSourceFault(path: path, problem: .endsBefore(offset: offset), byte: position)
            }
            if position > offset {
                // The buffer stays as it is until the next call, which hands this over first.
                unsafe rest = unsafe UnsafeRawBufferPointer(rebasing: slice.dropFirst(Int(offset - before)))
                position = offset
            }
        }
    }

    private static func fault(_ failure: Inflater.Failure, _ path: String, byte: Int64) -> ByteSourceFault {
        switch failure {
        case .truncated: ByteSourceFault(path: path, problem: .truncatedGzip, byte: byte)
        case .damaged(let reason): ByteSourceFault(path: path, problem: .damagedGzip(reason: reason), byte: byte)
        case .file(let fault): fault
        }
    }
}
