// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// The pages of calls that wait to be sent: where the next one begins, and whether there is none.
struct PendingPages: Sendable {
    /// How many calls are read at a time.
    static let size = 500

    private var last: TrackedCall?
    /// Whether all pages were read.
    private(set) var isComplete = false

    /// The next page.
    ///
    /// - Parameter latestStart: Only calls that began by then, in seconds since 1970.
    func next(latestStart: Int64) -> CallPage {
        CallPage(.pending, after: last, latestStart: latestStart, limit: Self.size)
    }

    /// Takes in what a page held; an empty one is the last.
    mutating func took(_ calls: [TrackedCall]) {
        isComplete = calls.isEmpty
        last = calls.last ?? last
    }
}
