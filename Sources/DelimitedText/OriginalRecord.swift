// SPDX-License-Identifier: Apache-2.0

/// The bytes that a record has in a file which is not UTF-8.
package struct OriginalRecord {
    /// The offset of the first byte in the file, unpacked if it is packed.
    package let byte: Int64
    /// The record without its line end; valid until the next record is asked for.
    package let bytes: UnsafeRawBufferPointer
}
