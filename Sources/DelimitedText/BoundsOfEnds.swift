// SPDX-License-Identifier: Apache-2.0

/// The places of a record's fields, worked out from their ends; valid as long as the record.
///
/// An array takes in a sequence whose length is known without looking after its room for each element.
struct BoundsOfEnds: Sequence, IteratorProtocol {
    private let ends: UnsafePointer<UInt32>
    private let origin: Int
    private let record: UnsafePointer<UInt8>
    private let length: Int
    private let quote: UInt8
    private let count: Int
    private var index = 0
    private var begin = 0

    /// - Parameters:
    ///   - ends: Where each field ends, from `origin` on; see ``Record/Fields``.
    ///   - record: The first byte of the record, which has `length` bytes.
    ///   - quote: The byte around quoted fields, or a number that is no byte.
    ///   - count: How many fields there are.
    init(
        ends: UnsafePointer<UInt32>, origin: Int, record: UnsafePointer<UInt8>, length: Int, quote: Int, count: Int
    ) {
        self.ends = ends
        self.origin = origin
        self.record = record
        self.length = length
        self.quote = UInt8(truncatingIfNeeded: quote)
        self.count = count
    }

    var underestimatedCount: Int { count }

    @inline(__always)
    mutating func next() -> FieldBounds? {
        guard index < count else { return nil }
        let end = ends[index]
        let bounds = FieldBounds(from: begin, in: record, to: end, origin: origin, length: length, quote)
        begin = Int(end & ~FieldBounds.escapedMark) &- origin &+ 1
        index &+= 1
        return bounds
    }
}
