// SPDX-License-Identifier: Apache-2.0

/// Why a record or a call is passed over: a camelCase word that the summary counts under.
package struct SkipReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The word.
    package let rawValue: String

    /// Creates a reason of a word that a format names.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The word itself.
    package var description: String { rawValue }

    /// Nobody outside the office took part.
    package static let internalCall = SkipReason(rawValue: "internalCall")
    /// The caller hid its number, so that the portal cannot be told who called.
    package static let hiddenNumber = SkipReason(rawValue: "hiddenNumber")
    /// The number cannot be dialled, and the configuration wants such records passed over.
    package static let badNumber = SkipReason(rawValue: "badNumber")
    /// Both ends are numbers of the office itself.
    package static let ownNumber = SkipReason(rawValue: "ownNumber")
    /// A rule of the format passes the record over and names no reason of its own.
    package static let filtered = SkipReason(rawValue: "filtered")
    /// The record is of a kind that is not a call, for instance a quality report.
    package static let notACall = SkipReason(rawValue: "notACall")
}
