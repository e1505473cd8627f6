// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords

/// A value that a statement can be given.
protocol BindableValue: SendableMetatype {
    /// Binds the value to a parameter.
    func bind(to slot: RowSlot)
}

/// A value that can be read from a row.
protocol ReadableValue: SendableMetatype {
    /// Reads the value.
    ///
    /// - Throws: ``UnknownColumnValue`` when no version of the program has written what is there.
    init(_ cell: RowCell) throws
}

/// A value that is written and read in one form.
typealias ColumnValue = BindableValue & ReadableValue

/// What a row holds is none of the values that its column may have.
struct UnknownColumnValue: Error {
    /// What was found.
    let value: String
}

extension Int64: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(self) }
    init(_ cell: RowCell) { self = cell.integer }
}

extension Int: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(Int64(self)) }
    init(_ cell: RowCell) { self.init(truncatingIfNeeded: cell.integer) }
}

extension Int32: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(Int64(self)) }
    init(_ cell: RowCell) { self.init(truncatingIfNeeded: cell.integer) }
}

extension Bool: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(self ? 1 : 0) }
    init(_ cell: RowCell) { self = cell.integer != 0 }
}

extension String: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(self) }
    init(_ cell: RowCell) { self = cell.text }
}

/// Nothing is SQL's NULL.
extension Optional: BindableValue where Wrapped: BindableValue {
    func bind(to slot: RowSlot) {
        if let self { self.bind(to: slot) } else { slot.bindNull() }
    }
}

extension Optional: ReadableValue where Wrapped: ReadableValue {
    init(_ cell: RowCell) throws { self = cell.isNull ? nil : try Wrapped(cell) }
}

extension CallState: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(Int64(rawValue)) }
    init(_ cell: RowCell) throws { self = try .init(stored: CallState(rawValue: Int(cell)), cell) }
}

extension CallType: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(Int64(rawValue)) }
    init(_ cell: RowCell) throws { self = try .init(stored: CallType(rawValue: Int(cell)), cell) }
}

extension StatusCode: ColumnValue {
    func bind(to slot: RowSlot) { slot.bind(rawValue) }
    init(_ cell: RowCell) throws { self = try .init(stored: StatusCode(rawValue: cell.text), cell) }
}

/// Details are kept as their text.
extension CallDetails: ReadableValue {
    init(_ cell: RowCell) throws {
        guard let details = CallDetails(encoded: cell.text) else { throw UnknownColumnValue(value: cell.text) }
        self = details
    }
}

extension RawRepresentable {
    /// The case that was stored.
    fileprivate init(stored value: Self?, _ cell: RowCell) throws {
        guard let value else { throw UnknownColumnValue(value: cell.text) }
        self = value
    }
}

/// Bytes of a column; none are SQL's NULL.
struct StoredBytes: ReadableValue {
    let bytes: [UInt8]
    init(_ cell: RowCell) { bytes = Array(cell.blob) }
}

/// The fingerprints of a call's legs, each in eight bytes, the lowest first.
struct StoredFingerprints: ReadableValue {
    let values: [UInt64]

    init(_ cell: RowCell) { values = Self.values(in: cell.blob) }

    /// The fingerprints in some bytes.
    static func values(in bytes: UnsafeRawBufferPointer) -> [UInt64] {
        stride(from: 0, to: bytes.count - 7, by: 8).map {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
        }
    }

    /// Whether a fingerprint is in some bytes.
    static func contains(_ fingerprint: UInt64, in bytes: UnsafeRawBufferPointer) -> Bool {
        stride(from: 0, to: bytes.count - 7, by: 8).contains {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) == fingerprint
        }
    }
}
