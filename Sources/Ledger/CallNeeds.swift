// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
package import CallRecords

/// What a call that nothing was sent for yet will ask of the portal.
package struct CallNeeds: Sendable, Hashable {
    /// What stands before the colon of its key.
    package var keyPrefix: String
    /// The employee's extension; `nil` where none took part.
    package var employeeExtension: String?
    /// The day that the phone system's clock showed, in days since 1970-01-01.
    package var localDay: Int64
    /// `LINE_NUMBER`; `nil` for none.
    package var line: String?
    /// `CALL_LIST_ID`; `nil` for none.
    package var callListID: Int?
    /// What else its records tell.
    package var details: CallDetails
}

/// Counts calls that ask the same of the portal together.
///
/// There are millions of calls and hundreds of kinds, in a file that lasts for months some more: the kinds that were met are
/// handed over and forgotten when there are too many of them, so that memory has a bound.
package struct NeedsCounts {
    private var counts = CountsByBytes<CallNeeds>()
    private let take: (CallNeeds, _ calls: Int) -> Void

    /// How many kinds are kept; with 100 bytes each they take no more than a batch of records.
    private static let mostKinds = 4096

    /// - Parameter take: Gets each kind with the number of its calls; a kind may come more than once.
    package init(_ take: @escaping (CallNeeds, _ calls: Int) -> Void) { self.take = take }

    /// Hands over what was counted and is still kept.
    package mutating func finish() {
        for entry in counts.entries { take(entry.value, entry.count) }
        counts.removeAll()
    }

    /// Counts a call.
    package mutating func add(_ call: PackedCall) {
        add(
            sourceID: call.sourceID, key: call.key.utf8, employeeExtension: call.employeeExtension?.utf8,
            start: call.start,
            offset: call.startOffset, line: call.line?.utf8, callListID: call.callListID, details: call.details?.utf8)
    }

    private mutating func add(
        sourceID: Int64, key: Bytes, employeeExtension: Bytes?, start: Int64, offset: Int32,
        line: Bytes?, callListID: Int?, details: Bytes?
    ) {
        let day = CallTime(epochSeconds: start, offsetSeconds: offset).localDay
        // All calls of a source have its prefix.
        let numbers = (sourceID, day, Int64(callListID ?? .min))
        Self.withBytes(of: (employeeExtension, line, details), numbers) { bytes in
            counts.add(bytes) {
                CallNeeds(
                    keyPrefix: String(decoding: key.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self),
                    employeeExtension: employeeExtension.text,
                    localDay: day, line: line.text, callListID: callListID,
                    // They were written from details.
                    details: details.text.flatMap { CallDetails(encoded: $0) } ?? .none)
            }
        }
        if counts.count >= Self.mostKinds { finish() }
    }

    private typealias Bytes = UnsafeRawBufferPointer

    /// Gives `body` bytes that are the same for the same values only: each text stands behind its length.
    private static func withBytes(
        of texts: (Bytes?, Bytes?, Bytes?), _ numbers: (Int64, Int64, Int64), _ body: (Bytes) -> Void
    ) {
        let lengths = (texts.0?.count ?? 0) + (texts.1?.count ?? 0) + (texts.2?.count ?? 0)
        let most = 3 * MemoryLayout<Int32>.size + lengths + 3 * MemoryLayout<Int64>.size
        withUnsafeTemporaryAllocation(byteCount: most, alignment: 8) { room in
            room.storeBytes(of: numbers.0, as: Int64.self)
            room.storeBytes(of: numbers.1, toByteOffset: 8, as: Int64.self)
            room.storeBytes(of: numbers.2, toByteOffset: 16, as: Int64.self)
            var count = 3 * MemoryLayout<Int64>.size
            @inline(__always)
            func put(_ text: Bytes?) {
                room.storeBytes(of: Int32(text?.count ?? -1), toByteOffset: count, as: Int32.self)
                count += MemoryLayout<Int32>.size
                guard let text else { return }
                UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: text)
                count += text.count
            }
            put(texts.0)
            put(texts.1)
            put(texts.2)
            body(Bytes(rebasing: room[..<count]))
        }
    }
}

extension NeedsCounts {
    /// The columns of a row whose call is counted, in their order.
    static let columns = "key, extension, start, start_offset, line, call_list, details, source_id"

    /// Counts the call of a row.
    mutating func add(_ row: RowCells) {
        add(
            sourceID: row[7].integer, key: row[0].blob, employeeExtension: row[1].optionalBlob, start: row[2].integer,
            offset: Int32(truncatingIfNeeded: row[3].integer), line: row[4].optionalBlob,
            callListID: row[5].isNull ? nil : Int(row[5].integer), details: row[6].optionalBlob)
    }
}

extension Optional<UnsafeRawBufferPointer> {
    fileprivate var text: String? { map { String(decoding: $0, as: UTF8.self) } }
}

extension Ledger {
    /// Counts the calls that nothing was sent for yet.
    package func addCallsToSend(to counts: inout NeedsCounts) throws(LedgerFault) {
        try read { db in
            let statement = try RowStatement(
                db, "SELECT \(NeedsCounts.columns) FROM call WHERE state IN (?1, ?2) AND state <> 6")
            try statement.each(
                { slots in
                    slots[1].bind(Int64(CallState.waiting.rawValue))
                    slots[2].bind(Int64(CallState.pending.rawValue))
                }, { counts.add($0) })
        }
    }
}
