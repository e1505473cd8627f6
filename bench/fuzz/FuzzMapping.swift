// SPDX-License-Identifier: Apache-2.0

// Compiled together with the sources of CallRecords and the promises of its tests by bench/fuzz/fuzz, not part of the
// package.

/// Called by libFuzzer: a format in the mapping language, a line of three equals signs, and records.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let mark = bytes.firstRange(of: Array("\n===\n".utf8))
    let text = String(decoding: bytes[..<(mark?.lowerBound ?? bytes.count)], as: UTF8.self)
    let records = mark.map { Array(bytes[$0.upperBound...]) } ?? usualRecords
    growth.watch {
        if let broken = brokenPromise(ofFormat: text, records) { fatalError(broken) }
    }
    return 0
}

// libFuzzer calls from one thread only, which the compiler cannot know.
nonisolated(unsafe) private var growth = Growth()
