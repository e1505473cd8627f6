// SPDX-License-Identifier: Apache-2.0

// Unsafe: the bytes are looked at before the next slice is read.

/// The bytes that a record has in a file which is not UTF-8.
@safe package struct OriginalRecord {
    /// The offset of the first byte in the file, unpacked if it is packed.
    package let byte: Int64
    /// The record without its line end; valid until the next record is asked for.
    package let bytes: UnsafeRawBufferPointer
}
