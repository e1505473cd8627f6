// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Testing

/// Random numbers that depend on one seed only (SplitMix64).
///
/// The seed is 1, or the value of the environment variable `CDR24_SEED`. A test that draws numbers carries the trait
/// ``Trait/seeded``, so that a failure names the seed.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    /// The seed of this run of the tests.
    package static let seed: UInt64 = {
        guard let text = ProcessInfo.processInfo.environment["CDR24_SEED"] else { return 1 }
        guard let seed = UInt64(text) else { preconditionFailure("CDR24_SEED is \(text); expected a whole number") }
        return seed
    }()

    private var state: UInt64

    /// - Parameter stream: Another number gives other random numbers of the same seed.
    package init(_ stream: some BinaryInteger) {
        state = Self.seed
        // Neighbouring streams must not be each other's sequence one step later.
        state = next() ^ UInt64(truncatingIfNeeded: stream)
        state = next()
    }

    /// The first stream of numbers.
    package init() { self.init(0) }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A number from 0 up to, but not including, a bound of at least 1.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Bytes drawn from an alphabet that is not empty.
    package mutating func bytes(_ count: Int, from alphabet: [UInt8]) -> [UInt8] {
        (0..<count).map { _ in alphabet[below(alphabet.count)] }
    }

    /// A text with one to four of its parts removed, repeated or replaced, by one of some pieces or by any byte.
    ///
    /// - Parameters:
    ///   - text: The text, which is not empty.
    ///   - pieces: What means something in texts of this kind.
    package mutating func changed(_ text: [UInt8], with pieces: [String]) -> [UInt8] {
        var bytes = text
        for _ in 0...below(4) {
            let start = below(bytes.count)
            let end = min(bytes.count, start + below(12))
            switch below(4) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes[start] = UInt8(below(256))
            case 2: bytes.insert(contentsOf: bytes[start..<min(bytes.count, start + below(40))], at: below(bytes.count))
            default: bytes.replaceSubrange(start..<end, with: pieces[below(pieces.count)].utf8)
            }
            if bytes.isEmpty { return text }
        }
        return bytes
    }
}

extension Trait where Self == IssueHandlingTrait {
    /// Adds to every failure the seed that repeats it.
    package static var seeded: Self {
        .compactMapIssues { issue in
            var issue = issue
            issue.comments.append("Repeat it with CDR24_SEED=\(SeededRandom.seed).")
            return issue
        }
    }
}
