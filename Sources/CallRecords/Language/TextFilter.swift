// SPDX-License-Identifier: Apache-2.0

/// Tells by the length and the first byte of a text that it is none of some texts, and does not begin with any.
struct TextFilter: BitwiseCopyable {
    /// A bit for each length that a text may have; the last one for all longer ones.
    private var lengths: UInt64
    /// A bit for the last five bits of each first byte that a text may have: those of a capital and its small letter are the
    /// same.
    private var heads: UInt32

    private static let longest = 63

    /// Lets every text pass.
    static let everything = TextFilter(lengths: .max, heads: .max)
    /// Lets only the empty text pass.
    static let emptiness = TextFilter(lengths: 1, heads: 0)

    /// Lets texts of at least so many bytes pass.
    static func length(from least: Int) -> TextFilter {
        TextFilter(lengths: .max &<< UInt64(min(max(0, least), longest)), heads: .max)
    }

    /// Lets some texts pass.
    static func words(_ words: some Sequence<some Collection<UInt8>>) -> TextFilter {
        var filter = TextFilter(lengths: 0, heads: 0)
        for word in words {
            filter.lengths |= 1 &<< UInt64(min(word.count, longest))
            if let first = word.first { filter.heads |= 1 &<< UInt32(first & 31) }
        }
        return filter
    }

    /// Lets texts pass that may begin with some others.
    static func beginnings(_ words: some Sequence<some Collection<UInt8>>) -> TextFilter {
        var filter = Self.words(words)
        // As long as the shortest, or longer.
        filter.lengths = filter.lengths == 0 ? 0 : .max &<< UInt64(filter.lengths.trailingZeroBitCount)
        if words.contains(where: \.isEmpty) { filter.heads = .max }
        return filter
    }

    /// Whether a text may be one of those meant.
    ///
    /// - Parameter first: The first byte; any for an empty text.
    @inline(__always)
    func passes(count: Int32, first: UInt8) -> Bool {
        guard lengths &>> UInt64(min(max(0, count), Int32(Self.longest))) & 1 != 0 else { return false }
        return count <= 0 || heads &>> UInt32(first & 31) & 1 != 0
    }
}
