// SPDX-License-Identifier: Apache-2.0

// Compiled into every harness by bench/fuzz/fuzz, not part of the package.

/// Bytes that are allocated now, as the address sanitizer counts them.
@_silgen_name("__sanitizer_get_current_allocated_bytes")
private func allocatedBytes() -> Int

/// Ends the program where memory grows: with one input that is read again and again, or with the number of inputs.
struct Growth {
    /// What everything that is kept may add after the first inputs: the fuzzer's own corpus has some 20 MiB.
    private static let mostAdded = 128 << 20
    /// After so many inputs, everything that is made once has been made.
    private static let settled = 4096

    private var inputs = 0
    private var atFirst = 0

    /// Reads an input, and now and then once more to see whether every reading leaves something behind.
    mutating func watch(_ read: () -> Void) {
        read()
        inputs += 1
        if inputs == Self.settled { atFirst = allocatedBytes() }
        guard inputs > Self.settled, inputs.isMultiple(of: 256) else { return }
        require(allocatedBytes() - atFirst < Self.mostAdded, "memory does not grow with the number of inputs")
        require(!leavesSomething(read), "a reading leaves nothing behind")
        if inputs & (inputs - 1) == 0 { print("allocated: \(allocatedBytes() >> 10) KiB after \(inputs) inputs") }
    }

    /// Whether every one of eight readings adds to the memory: a cache that is filled once does so in the first ones.
    private func leavesSomething(_ read: () -> Void) -> Bool {
        var before = allocatedBytes()
        for _ in 0..<8 {
            read()
            let after = allocatedBytes()
            if after <= before { return false }
            before = after
        }
        return true
    }
}

/// Ends the program with a message, which `precondition` does not say in an optimised build.
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { fatalError(message()) }
}
