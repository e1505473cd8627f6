// SPDX-License-Identifier: Apache-2.0

/// Memory in which calls are packed one after the other; one thread uses it.
package final class PackingRoom {
    /// As many bytes as the longest packed call has.
    let bytes: UnsafeMutableRawBufferPointer

    /// Takes the memory.
    package init() { bytes = .allocate(byteCount: PackedCalls.mostBytes, alignment: 8) }

    deinit { bytes.deallocate() }
}
