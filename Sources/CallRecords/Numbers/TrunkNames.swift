// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// Which names of peers are trunks: lines to the outside.
///
/// Names from the configuration decide. Where it names none, every peer is a trunk that has a line or whose name does
/// not look like an extension.
struct TrunkNames {
    private let exact: FrozenTable
    private let tables = FrozenTables()
    private var patterns: [PatternMatcher] = []
    private var isConfigured: Bool

    /// - Parameters:
    ///   - trunks: Names, or expressions that begin with `^`.
    ///   - lines: The names that have a line number in the configuration.
    init(trunks: [String], lines: some Sequence<String>) throws(PatternMatcher.Fault) {
        isConfigured = !trunks.isEmpty
        var exact = ByteTable(isCaseless: true)
        for trunk in trunks {
            if trunk.hasPrefix("^") {
                patterns.append(try PatternMatcher(trunk))
            } else {
                exact.insert(trunk, value: 1)
            }
        }
        for line in lines { exact.insert(line, value: 1) }
        self.exact = tables.freeze(exact)
    }

    /// Whether the peer is a trunk, by the configuration or else by the look of its name.
    mutating func contains(_ bytes: UnsafeRawBufferPointer, numbers: inout NumberReader) -> Bool {
        if unsafe bytes.isEmpty { return false }
        return unsafe names(bytes) || (!isConfigured && !numbers.isExtension(bytes))
    }

    /// Lets the names pass that ``names(_:)`` may know.
    var filter: TextFilter { patterns.isEmpty ? exact.filter : .length(from: 1) }

    /// Whether the configuration names the peer as a trunk.
    mutating func names(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if unsafe bytes.isEmpty { return false }
        if unsafe exact.find(bytes) != nil { return true }
        for index in patterns.indices where unsafe patterns[index].matches(bytes) { return true }
        return false
    }
}
