// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle
import CallRecords

/// What the portal already has of a phone system's calls, from another integration.
package struct NeighbourFinding: Sendable, Equatable {
    /// A call that is there.
    package struct Example: Sendable, Equatable {
        /// When the call began by the phone system, in seconds since 1970.
        package let start: Int64
        /// The client's number; hidden in part wherever a person sees it.
        package let phoneNumber: String
        /// The portal's row.
        package let statisticID: Int64
        /// By how many seconds the row begins later than the call.
        package let startDifference: Int64
        /// The application that wrote the row; `nil` for a webhook.
        package let application: String?
    }

    /// The key prefix of the source.
    package var prefix: String
    /// How many calls were looked up.
    package var checked: Int
    /// How many of them the portal has from others.
    package var found: Int
    /// The applications that wrote those rows, the most frequent first; an empty name stands for webhooks.
    package var applications: [String]
    /// By how many seconds their clock is constantly ahead; `nil` when no offset was found.
    package var offset: Int64?
    /// Up to three of the calls, spread over the time.
    package var examples: [Example]

    /// More than this share of the looked-up calls means another integration.
    ///
    /// A person who enters single calls by hand, or a call that happens to begin with another one of the same number,
    /// stays below it.
    package static let tolerableShare = 0.03

    /// Whether so many calls are there that sending the others would be no accident.
    package var isNeighbour: Bool { Double(found) > Self.tolerableShare * Double(checked) }
}

extension NeighbourFinding {
    /// What a matching says about the calls of one source.
    init(prefix: String, _ calls: [TrackedCall], _ matching: NeighbourMatching) {
        let there = calls.compactMap { call in matching.others[call.id].map { (call: call, row: $0) } }
        self.init(
            prefix: prefix, checked: calls.count, found: there.count,
            applications: Self.applications(there.map(\.row)), offset: matching.offset,
            examples: Self.spread(there).map { call, row in
                Example(
                    start: call.call.start.epochSeconds, phoneNumber: call.phoneNumber,
                    statisticID: row.id, startDifference: (row.startEpoch ?? 0) - call.call.start.epochSeconds,
                    application: row.applicationName ?? row.applicationID)
            })
    }

    private static func applications(_ rows: [StatisticRow]) -> [String] {
        var counts: [String: Int] = [:]
        for row in rows { counts[row.applicationName ?? row.applicationID ?? "", default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// The first, the middle and the last.
    private static func spread<Element>(_ all: [Element]) -> [Element] {
        guard all.count > 3 else { return all }
        return [all[0], all[all.count / 2], all[all.count - 1]]
    }
}
