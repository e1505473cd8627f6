// SPDX-License-Identifier: Apache-2.0

// Unsafe: the texts are places among bytes that whoever has made the view keeps.

/// The texts of a leg, as places among some bytes; those that are not there are ``Slice/unknown``.
struct LegTexts: BitwiseCopyable {
    var key = Slice.unknown
    /// The number of the party outside.
    var number = Slice.unknown
    var employeeExtension = Slice.unknown
    var line = Slice.unknown
    var failedReason = Slice.unknown
    /// The details in their encoded form.
    var details = Slice.unknown
    /// The aliases in the form of ``ByteWriter/list(_:)``.
    var aliases = Slice.unknown

    /// No fewer bytes than they have together.
    var byteCount: Int {
        // One that is not there counts for a byte less than nothing; there are seven.
        7
            + Int(
                key.count &+ number.count &+ employeeExtension.count &+ line.count &+ failedReason.count
                    &+ details.count
                    &+ aliases.count)
    }
}

/// A view of a leg whose texts are places among some bytes: a million legs need no object for any.
///
/// It is valid as long as the bytes are: one that a mapper gives until the next record is mapped. A ``Leg`` that is made of it
/// is a value of its own.
@safe package struct LegView {
    /// What the leg says beside its texts.
    package let facts: LegFacts
    let texts: LegTexts
    /// Not those of an arena, behind whose last more may be read.
    private let bytes: UnsafePointer<UInt8>

    init(_ facts: LegFacts, _ texts: LegTexts, in bytes: UnsafePointer<UInt8>) {
        self.facts = facts
        self.texts = texts
        unsafe self.bytes = unsafe bytes
    }

    /// The call key; see ``Leg/key``.
    package var key: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: bytes + Int(texts.key.start), count: max(0, Int(texts.key.count)))
    }

    /// Whether the leg names other keys of its call; see ``Leg/aliases``.
    package var hasAliases: Bool { !texts.aliases.isEmpty }

    /// The bytes of a text; `nil` for one that is not there.
    @inline(__always)
    func bytes(of text: Slice) -> UnsafeRawBufferPointer? {
        unsafe text.count >= 0
            ? UnsafeRawBufferPointer(start: bytes + Int(text.start), count: Int(text.count)) : nil
    }

    fileprivate func string(_ text: Slice) -> String? {
        unsafe bytes(of: text).map { unsafe String(decoding: $0, as: UTF8.self) }
    }

    fileprivate var aliases: [String] {
        guard let list = unsafe bytes(of: texts.aliases) else { return [] }
        // They were written here, from keys.
        var reader = unsafe ByteReader(list)
        return reader.list() ?? []
    }
}

extension Leg {
    /// A leg as a value of its own.
    package init(_ view: LegView) {
        let facts = view.facts
        let external: ExternalParty =
            switch facts.party {
            case .none: .none
            case .hidden: .hidden
            case .number: .number(view.string(view.texts.number) ?? "")
            }
        self.init(
            key: view.string(view.texts.key) ?? "", aliases: view.aliases, direction: facts.direction,
            external: external, start: facts.start, end: facts.end,
            employeeExtension: view.string(view.texts.employeeExtension), line: view.string(view.texts.line),
            callListID: facts.callListID, talk: facts.talk, isAnswered: facts.isAnswered, status: facts.status,
            failedReason: view.string(view.texts.failedReason),
            // They were written from details.
            details: view.string(view.texts.details).flatMap { CallDetails(encoded: $0) } ?? .none,
            sequence: facts.sequence, fingerprint: facts.fingerprint)
        isRelay = facts.isRelay
    }

    /// Gives `body` a view of the leg, which lasts until it returns.
    package borrowing func withView<Result, Fault: Error>(
        _ body: (LegView) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        let facts = LegFacts(self)
        var collector = TextCollector()
        var texts = LegTexts()
        texts.key = collector.add(key)
        if case .number(let number) = external { texts.number = collector.add(number) }
        if let employeeExtension { texts.employeeExtension = collector.add(employeeExtension) }
        if let line { texts.line = collector.add(line) }
        if let failedReason { texts.failedReason = collector.add(failedReason) }
        if let details = details.encoded { texts.details = collector.add(details) }
        if !aliases.isEmpty { texts.aliases = collector.add(ByteWriter.list(aliases)) }
        return unsafe try collector.withBytes { (bytes) throws(Fault) in
            unsafe try body(LegView(facts, texts, in: bytes))
        }
    }
}

/// Puts texts one behind the other.
private struct TextCollector {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(160) }

    mutating func add(_ text: borrowing String) -> Slice {
        let start = bytes.count
        let span = text.utf8Span.span
        unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        return Slice(start: Int32(start), count: Int32(bytes.count - start))
    }

    mutating func add(_ more: [UInt8]) -> Slice {
        defer { bytes += more }
        return Slice(start: Int32(bytes.count), count: Int32(more.count))
    }

    mutating func withBytes<Result, Fault: Error>(
        _ body: (UnsafePointer<UInt8>) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        // An array without bytes may have no place.
        if bytes.isEmpty { bytes.append(0) }
        return unsafe try bytes.withUnsafeBufferPointer { (buffer) throws(Fault) in
            guard let base = buffer.baseAddress else { preconditionFailure("an array of bytes has no place") }
            return unsafe try body(base)
        }
    }
}
