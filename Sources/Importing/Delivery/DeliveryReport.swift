// SPDX-License-Identifier: Apache-2.0

/// What a delivery did and why it ended.
package struct DeliveryReport: Sendable, Equatable {
    /// Why delivery ended.
    package enum End: Sendable, Equatable {
        /// Nothing is left to send.
        case finished
        /// Work is left: the reason in a few words.
        case stopped(String)
        /// The portal does not accept us; what it said and what to do.
        case rejected(String)
        /// The configuration asks for something that would lose or double calls.
        case misconfigured(String)
    }

    package var end = End.finished
    /// Delivered by this run.
    package var delivered = 0
    /// Found at the portal by this run.
    package var found = 0
    /// Newly refused or held by this run: reason -> calls.
    package var newlyRefused: [String: Int] = [:]
    package var newlyHeld: [String: Int] = [:]
    package var requests = 0
    package var commands = 0
    package var rateLimited = 0
    package var operatingLimited = 0
    package var retries = 0
    package var unknownReplies = 0
    package var waited: Duration = .zero
    /// How long the run was expected to take, as soon as the portal's costs were known.
    package var forecast: Forecast?
    /// Sentences for a person.
    package var warnings: [String] = []

    package init() {}
}
