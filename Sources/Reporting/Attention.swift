// SPDX-License-Identifier: Apache-2.0

/// How much needs a person, and nobody has dealt with.
package struct Attention: Sendable, Equatable, Codable {
    /// Rejected records.
    package var rejected = 0
    /// Calls that the portal refused.
    package var refused = 0
    /// Calls that are held.
    package var held = 0
    /// Rejected records, refused and held calls that a person has dismissed; they need nobody.
    package var dismissed = 0
    /// Since when the oldest needs a person: ISO 8601, UTC; `nil` when nothing does.
    package var since: String?

    /// Nothing needs a person.
    package init() {}

    /// Whether something needs a person.
    package var isNeeded: Bool { rejected + refused + held > 0 }

    /// What needs a person and what to do, as one sentence without a full stop; `nil` when nothing does.
    package var sentence: String? {
        guard isNeeded else { return nil }
        let parts = [
            (rejected, "rejected record"), (refused, "refused call"), (held, "held call"),
        ].filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
        let list =
            parts.count > 1
            ? "\(parts.dropLast().joined(separator: ", ")) and \(parts[parts.count - 1])" : parts.joined()
        let verb = rejected + refused + held == 1 ? "needs" : "need"
        let since = since.map {
            ", \(parts.count > 1 || rejected + refused + held > 1 ? "the oldest " : "")since \(LocalTime.day($0))"
        }
        return "\(list) \(verb) attention\(since ?? ""); run: cdr24 failures"
    }
}
