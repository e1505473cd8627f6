// SPDX-License-Identifier: Apache-2.0

/// What the extensions of an office look like, by the records of a file.
struct OfficeNumbers {
    /// Numbers of queues and menus, in their order.
    private(set) var places: [String] = []
    /// What an extension looks like; `nil` where none was seen.
    private(set) var pattern: String?
    /// The pattern of extensions that are full numbers, with the inner number as its group; `nil` where none are.
    private(set) var innerPattern: String?

    /// - Parameters:
    ///   - employees: Extensions with the number of their records.
    ///   - hints: What the format says of each record.
    init(employees: [String: Int], hints: [RecordRecogniser.Hints]) {
        places = Self.places(hints)
        let short = Self.shortPattern(employees.filter { !places.contains($0.key) })
        let full = Self.fullNumbers(hints)
        innerPattern = full.map { "^\($0.prefix)(\($0.rest))$" }
        let parts = [short, full.map { $0.prefix + $0.rest }].compactMap { $0 }
        guard !parts.isEmpty else { return }
        let own = Set(places.filter { $0.utf8.allSatisfy(\.isASCIIDigit) && $0.utf8.count <= 6 }).sorted()
        let except = own.isEmpty ? "" : "(?!" + own.map { "\($0)$" }.joined(separator: "|") + ")"
        pattern = parts.count == 1 ? "^\(except)\(parts[0])$" : "^\(except)(\(parts.joined(separator: "|")))$"
    }

    /// Numbers from which calls are sent on and which never call anybody.
    private static func places(_ hints: [RecordRecogniser.Hints]) -> [String] {
        let callers = Set(hints.map(\.caller))
        return Set(hints.map(\.place)).filter { !$0.isEmpty && !callers.contains($0) }.sorted()
    }

    /// The lengths that all but a few of the extensions have.
    private static func shortPattern(_ extensions: [String: Int]) -> String? {
        var lengths: [Int: Int] = [:]
        for (name, count) in extensions where name.utf8.allSatisfy(\.isASCIIDigit) && name.utf8.count <= 6 {
            lengths[name.utf8.count, default: 0] += count
        }
        let total = lengths.values.reduce(0, +)
        let usual = lengths.filter { $0.value * 50 >= total }.keys
        guard let least = usual.min(), let most = usual.max() else { return nil }
        return least == most ? #"\d{\#(least)}"# : #"\d{\#(least),\#(most)}"#
    }

    /// How many digits an extension has at most behind what all full numbers have in common.
    private static let mostOwnDigits = 4

    /// Phones with full numbers of one length: what they have in common, as a pattern, and what is their own.
    private static func fullNumbers(_ hints: [RecordRecogniser.Hints]) -> (prefix: String, rest: String)? {
        var numbers = Set(hints.map(\.employee)).filter { name in
            name.utf8.count > 6 && name.utf8.drop { $0 == UInt8(ascii: "+") }.allSatisfy(\.isASCIIDigit)
        }
        let lengths = Dictionary(grouping: numbers, by: \.utf8.count)
        guard let usual = lengths.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }),
            let first = usual.value.first
        else { return nil }
        numbers = Set(usual.value)
        var common = first[...]
        for number in numbers { common = common.prefix(Self.sharedCount(common, number)) }
        let own = max(3, usual.key - common.count)
        guard own <= mostOwnDigits else { return nil }
        let prefix = first.prefix(usual.key - own)
        return (prefix.hasPrefix("+") ? "\\" + prefix : String(prefix), #"\d{\#(own)}"#)
    }

    private static func sharedCount(_ a: Substring, _ b: String) -> Int {
        zip(a, b).prefix { $0 == $1 }.count
    }
}
