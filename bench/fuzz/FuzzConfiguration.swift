// SPDX-License-Identifier: Apache-2.0

// Compiled together with the sources of Configuration and the promises of its tests by bench/fuzz/fuzz, not part of the
// package.

/// Called by libFuzzer: the input is the text of a configuration file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    growth.watch {
        if let broken = brokenPromise(ofConfiguration: text) { fatalError(broken) }
    }
    return 0
}

// libFuzzer calls from one thread only, which the compiler cannot know.
nonisolated(unsafe) private var growth = Growth()
