// SPDX-License-Identifier: Apache-2.0

/// Hashes of up to two texts that the records of one call share though their ids differ, such as a channel's name.
///
/// They are known only while the records are read, and are no part of a leg.
package struct JoinMarks: Sendable, Hashable {
    /// 0 for none.
    var first: UInt64 = 0
    /// 0 for none.
    var second: UInt64 = 0

    /// No marks.
    package init() {}

    /// Whether there are any.
    package var isMarked: Bool { first != 0 || second != 0 }
}

/// Corrects the keys of legs that lie close together in a file, because the ids of phone systems are hints.
///
/// - Records of one call may have ids of their own: a client's channel that goes on after a transfer, the members of a
///   ring group. Legs that share a mark and follow each other get the key of the first of them.
/// - Two clients may have one id: a spreadsheet takes the last zero off `1795068000.10`, two calls become one in a
///   conference. Each client's legs get a key of their own.
package enum LegGrouping {
    /// Legs of one call follow each other within so many seconds.
    static let longestGap: Int64 = 2

    /// Gives legs the keys of the calls that they belong to.
    ///
    /// The result does not depend on the order of the legs. A leg that gets another key keeps its own as an alias.
    ///
    /// - Parameter marks: Those of each leg; empty if none has any.
    package static func correctKeys(of legs: inout [Leg], marks: [JoinMarks]) {
        if marks.count == legs.count, marks.contains(where: \.isMarked) { join(&legs, marks) }
        partClients(&legs)
    }

    // MARK: Legs of one call with several keys

    private static func join(_ legs: inout [Leg], _ joins: [JoinMarks]) {
        var sharers: [UInt64: [Int]] = [:]
        for index in legs.indices {
            let marks = joins[index]
            if marks.first != 0 { sharers[marks.first, default: []].append(index) }
            if marks.second != 0, marks.second != marks.first { sharers[marks.second, default: []].append(index) }
        }
        var groups = Groups(legs.count)
        var isJoined = false
        for indices in sharers.values where indices.count > 1 {
            let sorted = indices.sorted { isBefore(legs[$0], legs[$1]) }
            for (earlier, later) in pairs(of: sorted, legs) where legs[earlier].belongsBeside(legs[later]) {
                groups.unite(earlier, later)
                isJoined = isJoined || legs[earlier].key != legs[later].key
            }
        }
        if isJoined { rename(&legs, groups) }
    }

    /// Each leg with those after it that begin before it is over.
    private static func pairs(of sorted: [Int], _ legs: [Leg]) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        for place in sorted.indices {
            for other in sorted[(place + 1)...] {
                let start = legs[other].start.epochSeconds
                guard start <= legs[sorted[place]].end.epochSeconds + longestGap else { break }
                found.append((sorted[place], other))
            }
        }
        return found
    }

    /// Gives all legs of a group, and those that have their keys already, the key of the earliest.
    private static func rename(_ legs: inout [Leg], _ groups: Groups) {
        var groups = groups
        var firstOfKey: [String: Int] = [:]
        for index in legs.indices {
            if let first = firstOfKey[legs[index].key] {
                // An id that comes again much later is another call's.
                if abs(legs[first].start.epochSeconds - legs[index].start.epochSeconds) < longestCall {
                    groups.unite(first, index)
                }
            } else {
                firstOfKey[legs[index].key] = index
            }
        }
        var earliest: [Int: Int] = [:]
        for index in legs.indices {
            let root = groups.root(of: index)
            guard let known = earliest[root], !isBefore(legs[index], legs[known]) else {
                earliest[root] = index
                continue
            }
        }
        let keys = earliest.mapValues { legs[$0].key }
        for index in legs.indices {
            guard let key = keys[groups.root(of: index)], key != legs[index].key else { continue }
            if !legs[index].aliases.contains(legs[index].key) { legs[index].aliases.append(legs[index].key) }
            legs[index].aliases.removeAll { $0 == key }
            legs[index].key = key
        }
    }

    /// The most that lies between the first and the last record of one call, in seconds: 12 hours.
    private static let longestCall: Int64 = 43_200

    // MARK: Several clients with one key

    private static func partClients(_ legs: inout [Leg]) {
        var clients: [String: Int] = [:]
        var shared: [String: [Int]] = [:]
        for index in legs.indices {
            guard let first = clients[legs[index].key] else {
                clients[legs[index].key] = index
                continue
            }
            shared[legs[index].key, default: [first]].append(index)
        }
        for indices in shared.values {
            let callers = indices.filter { legs[$0].caller != nil }.sorted { isBefore(legs[$0], legs[$1]) }
            guard let first = callers.first, callers.contains(where: { legs[$0].caller != legs[first].caller }) else {
                continue
            }
            part(indices, callers: callers, &legs)
        }
    }

    private static func part(_ indices: [Int], callers: [Int], _ legs: inout [Leg]) {
        guard let earliest = callers.first.map({ legs[$0] }), let first = earliest.caller else { return }
        let opening = earliest.start.epochSeconds
        let key = legs[indices[0]].key
        // Legs without a caller of their own go with the client whose channel they name, else with the first.
        var owners: [String: String] = [:]
        for index in callers.reversed() { for alias in legs[index].aliases { owners[alias] = legs[index].caller } }
        for index in indices {
            // An id that comes again much later was given twice: that is for a person to decide.
            guard abs(legs[index].start.epochSeconds - opening) < longestCall else { continue }
            let client = legs[index].caller ?? legs[index].aliases.lazy.compactMap { owners[$0] }.first ?? first
            guard client != first else { continue }
            let mark = "~" + client.utf8.filter(\.isASCIIDigit).map { String(UnicodeScalar($0)) }.joined()
            legs[index].key = String(key.prefix(CallKey.maximumLength - mark.utf8.count)) + mark
            legs[index].aliases.removeAll { $0 == key }
        }
    }

    /// An order that depends on nothing but the legs.
    private static func isBefore(_ a: Leg, _ b: Leg) -> Bool {
        (a.start.epochSeconds, a.sequence, a.key, a.caller ?? "", a.fingerprint)
            < (b.start.epochSeconds, b.sequence, b.key, b.caller ?? "", b.fingerprint)
    }

    /// Groups of indices that grow together.
    private struct Groups {
        private var parents: [Int]

        init(_ count: Int) { parents = Array(0..<count) }

        mutating func root(of index: Int) -> Int {
            var root = index
            while parents[root] != root { root = parents[root] }
            var place = index
            while parents[place] != root { (parents[place], place) = (root, parents[place]) }
            return root
        }

        mutating func unite(_ a: Int, _ b: Int) {
            let (first, second) = (root(of: a), root(of: b))
            parents[max(first, second)] = min(first, second)
        }
    }
}

extension Leg {
    /// The client who called in on this leg; `nil` where nobody did, or where the number was hidden.
    fileprivate var caller: String? {
        guard direction == .incoming, case .number(let number) = external else { return nil }
        return number
    }

    /// Whether two legs that share a mark can be of one call: not two clients, and not two employees at a time.
    fileprivate func belongsBeside(_ other: Leg) -> Bool {
        if let caller, let second = other.caller, caller != second { return false }
        let areBothTalks =
            isAnswered && other.isAnswered && !isRelay && !other.isRelay && employeeExtension != nil
            && other.employeeExtension != nil && employeeExtension != other.employeeExtension
        return !areBothTalks || overlap(with: other) <= LegGrouping.longestGap
    }
}
