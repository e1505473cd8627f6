// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

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
        join(&legs, marks: marks)
        partClients(&legs)
    }

    // MARK: Legs of one call with several keys

    /// Gives legs that share a mark and follow each other the key of the first of them; each keeps its own as an alias. Legs
    /// that have one id, but neither channels nor a client in common, get keys of their own before.
    ///
    /// - Parameter marks: Those of each leg; empty if none has any.
    /// - Returns: Whether any key has changed.
    @discardableResult
    package static func join(_ legs: inout [Leg], marks: [JoinMarks]) -> Bool {
        guard marks.count == legs.count else { return false }
        let isParted = partChannels(&legs, marks: marks)
        let sharers = sharers(of: marks)
        var groups = Groups(legs.count)
        var isJoined = false
        var begin = 0
        while begin < sharers.count {
            let end = sharers[begin...].firstIndex { $0.mark != sharers[begin].mark } ?? sharers.count
            if end - begin > 1 {
                let sorted = sharers[begin..<end].map(\.leg).sorted { isBefore(legs[$0], legs[$1]) }
                for (earlier, later) in pairs(of: sorted, legs, marks) {
                    groups.unite(earlier, later)
                    isJoined = isJoined || legs[earlier].key != legs[later].key
                }
            }
            begin = end
        }
        if isJoined { rename(&legs, groups) }
        return isJoined || isParted
    }

    /// The marks with the legs that have them, those of one mark together.
    private static func sharers(of marks: [JoinMarks]) -> [(mark: UInt64, leg: Int)] {
        var found: [(mark: UInt64, leg: Int)] = []
        found.reserveCapacity(marks.count * 2)
        for (leg, marks) in marks.enumerated() {
            if marks.first != 0 { found.append((marks.first, leg)) }
            if marks.second != 0, marks.second != marks.first { found.append((marks.second, leg)) }
        }
        found.sort { $0.mark < $1.mark }
        return found
    }

    /// The legs with a mark that are of one call, two by two.
    private static func pairs(of sorted: [Int], _ legs: [Leg], _ marks: [JoinMarks]) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        for place in sorted.indices {
            let leg = MarkedLeg(legs[sorted[place]])
            for other in sorted[(place + 1)...] {
                let later = MarkedLeg(legs[other])
                guard later.start <= leg.end + longestGap else { break }
                if leg.belongsBeside(later, opened: marks[other].opened) { found.append((sorted[place], other)) }
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
            legs[index].join(key)
        }
    }

    /// The most that lies between the first and the last record of one call, in seconds: 12 hours.
    static let longestCall: Int64 = 43_200

    // MARK: Several clients with one key

    /// The client who called in on the earliest leg that has one; `nil` where nobody called in or hid the number.
    package static func client(of legs: [Leg]) -> String? {
        legs.filter { $0.caller != nil }.min(by: isBefore)?.caller
    }

    /// The legs of each client, those of the one who called first in front; one part if there are not several clients.
    ///
    /// Legs without a client of their own go with the client whose channel they name, else with the first. An id that comes
    /// again ``longestCall`` later was given twice, which is for a person to decide: such legs stay in the first part.
    ///
    /// - Parameter legs: Legs with one key; they keep it.
    package static func parts(of legs: [Leg]) -> [[Leg]] {
        guard hasSeveralClients(legs) else { return [legs] }
        let callers = legs.filter { $0.caller != nil }.sorted(by: isBefore)
        guard let earliest = callers.first, let first = earliest.caller else { return [legs] }
        var owners: [String: String] = [:]
        for leg in callers.reversed() { for alias in leg.aliases { owners[alias] = leg.caller } }
        var order: [String] = []
        var parts: [String: [Leg]] = [:]
        for leg in callers { if let client = leg.caller, !order.contains(client) { order.append(client) } }
        for leg in legs {
            let isFar = abs(leg.start.epochSeconds - earliest.start.epochSeconds) >= longestCall
            let client = leg.caller ?? leg.aliases.lazy.compactMap { owners[$0] }.first ?? first
            parts[isFar ? first : client, default: []].append(leg)
        }
        return order.compactMap { parts[$0] }
    }

    /// Nearly all calls have one client, and are looked at without an array for any.
    private static func hasSeveralClients(_ legs: [Leg]) -> Bool {
        var client: String?
        for leg in legs {
            guard let caller = leg.caller else { continue }
            if let client, client != caller { return true }
            client = caller
        }
        return false
    }

    /// The key of a call whose id was given to another client as well.
    ///
    /// - Parameters:
    ///   - key: The key that both would have.
    ///   - client: The number of the one who does not get it.
    /// - Returns: `key~79000000001`, shortened in a way that keeps long keys apart.
    package static func key(_ key: String, of client: String) -> String {
        let mark =
            "~" + String(decoding: client.utf8.filter { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }, as: UTF8.self)
        guard key.utf8.count + mark.utf8.count > CallKey.maximumLength else { return key + mark }
        var whole = key
        let hash = String(whole.withUTF8 { unsafe StableHash.hash(UnsafeRawBufferPointer($0)) }, radix: 16)
        return String(key.prefix(CallKey.maximumLength - mark.utf8.count - hash.utf8.count - 1)) + "~" + hash + mark
    }

    /// The legs of each key that several have.
    private static func sharedKeys(of legs: [Leg]) -> [String: [Int]] {
        var firsts: [String: Int] = [:]
        var shared: [String: [Int]] = [:]
        for index in legs.indices {
            guard let first = firsts[legs[index].key] else {
                firsts[legs[index].key] = index
                continue
            }
            shared[legs[index].key, default: [first]].append(index)
        }
        return shared
    }

    // MARK: Several calls with one id

    /// Gives legs keys of their own that have the id of another call, and neither its channels nor its client.
    ///
    /// An id is that of one channel and of the second in which it was created. Two channels of that time that have one were
    /// not told apart by whoever wrote the file. Where one is much later, the phone system has counted from the beginning
    /// again, and a person has to look.
    ///
    /// - Returns: Whether any key has changed.
    private static func partChannels(_ legs: inout [Leg], marks: [JoinMarks]) -> Bool {
        guard marks.contains(where: \.isMarked) else { return false }
        var isParted = false
        for (key, indices) in sharedKeys(of: legs) {
            let parts = partsByChannel(indices, legs, marks)
            guard let main = parts.first, parts.count > 1 else { continue }
            let client = party(of: main, legs)
            for part in parts.dropFirst() {
                let other = party(of: part, legs)
                guard other != client, let first = part.first, let start = main.first,
                    abs(legs[first].start.epochSeconds - legs[start].start.epochSeconds) <= sameTime
                else { continue }
                let own =
                    other.map { Self.key(key, of: $0) }
                    // Nobody outside took part: the channel is all there is to tell it by.
                    ?? Self.key(key, of: String(marks[first].first))
                for index in part { legs[index].rename(own, forgetting: key) }
                isParted = true
            }
        }
        return isParted
    }

    /// How many seconds apart channels of one second may have their records: dialling takes some of them.
    private static let sameTime: Int64 = 60

    /// Legs whose channels are connected, those of the earliest leg first; one part if a channel is not known.
    private static func partsByChannel(_ indices: [Int], _ legs: [Leg], _ marks: [JoinMarks]) -> [[Int]] {
        guard indices.allSatisfy({ marks[$0].first != 0 }) else { return [indices] }
        var parts: [(marks: Set<UInt64>, legs: [Int])] = []
        for index in indices.sorted(by: { isBefore(legs[$0], legs[$1]) }) {
            var own: (marks: Set<UInt64>, legs: [Int]) = ([marks[index].first, marks[index].second], [index])
            own.marks.remove(0)
            for part in parts where !part.marks.isDisjoint(with: own.marks) {
                own = (own.marks.union(part.marks), part.legs + own.legs)
            }
            parts.removeAll { !$0.marks.isDisjoint(with: own.marks) }
            parts.append(own)
        }
        return parts.map(\.legs).sorted { isBefore(legs[$0[0]], legs[$1[0]]) }
    }

    /// The number outside that the legs are about; nil if there is none.
    private static func party(of indices: [Int], _ legs: [Leg]) -> String? {
        for index in indices where legs[index].direction != .internal {
            if case .number(let number) = legs[index].external { return number }
        }
        return nil
    }

    private static func partClients(_ legs: inout [Leg]) {
        for (key, indices) in sharedKeys(of: legs) {
            let parts = parts(of: indices.map { legs[$0] })
            guard parts.count > 1 else { continue }
            var owners: [Leg: String] = [:]
            for part in parts.dropFirst() {
                guard let client = client(of: part) else { continue }
                for leg in part { owners[leg] = Self.key(key, of: client) }
            }
            for index in indices {
                guard let own = owners[legs[index]] else { continue }
                legs[index].rename(own, forgetting: key)
            }
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
    /// Gives the leg the key of a call of its own.
    package mutating func rename(_ own: String, forgetting shared: String) {
        aliases.removeAll { $0 == shared || $0 == own }
        key = own
    }

    /// Gives the leg the key of the call that it belongs to, by which its own key leads there too.
    package mutating func join(_ call: String) {
        guard call != key else { return }
        if !aliases.contains(key) { aliases.append(key) }
        aliases.removeAll { $0 == call }
        key = call
    }

    /// The client who called in on this leg; `nil` where nobody did, or where the number was hidden.
    var caller: String? {
        guard direction == .incoming, case .number(let number) = external else { return nil }
        return number
    }
}
