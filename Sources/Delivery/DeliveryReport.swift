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
        /// New access tokens could not be saved; what was tried and what to do.
        case unwritable(String)
        /// The configuration asks for something that would lose or double calls.
        case misconfigured(String)
    }

    /// Why it ended.
    package var end = End.finished
    /// Delivered by this run.
    package var delivered = 0
    /// Found at the portal by this run.
    package var found = 0
    /// Found by this run to be registered by another integration.
    package var byOthers = 0
    /// Calls of sources that are filled which are left to the other integration for now.
    package var leftToOthers = 0
    /// Key prefix -> calls that wait to be sent and are left alone: the configuration has no source for them, or one that is
    /// not read now and was not checked for another integration yet.
    package var leftOut: [String: Int] = [:]
    /// Those of ``leftOut`` that the configuration no longer has, although calls of them were delivered: a person should
    /// know.
    package var abandoned: [String: Int] = [:]
    /// Sources whose calls another integration registers, because of which nothing was sent.
    package var neighbours: [NeighbourFinding] = []
    /// Newly refused by this run: reason -> calls.
    package var newlyRefused: [String: Int] = [:]
    /// Newly held by this run: reason -> calls.
    package var newlyHeld: [String: Int] = [:]
    /// What the portal's CRM made of the calls.
    package var cards = CardCounts()
    /// Requests that left, whatever became of them.
    package var requests = 0
    /// Commands in those requests.
    package var commands = 0
    /// Requests that the portal refused for its rate limit.
    package var rateLimited = 0
    /// Requests of which something was refused for the operating limit.
    package var operatingLimited = 0
    /// Requests after which something has to be sent again.
    package var retries = 0
    /// Requests without a usable reply.
    package var unknownReplies = 0
    /// Whether the last request that ended brought no usable reply, or a limit's answer.
    package var lastRequestFailed = false
    /// Method -> the highest running total of its operating time that the portal has reported, in seconds.
    package var operatingTotals: [String: Double] = [:]
    /// Time in which nothing was on its way and nothing could be sent.
    package var waited: Duration = .zero
    /// LINE_NUMBERs that this run has made at the portal.
    package var linesCreated: [String] = []
    /// How long the run was expected to take, as soon as the portal's costs were known.
    package var forecast: Forecast?
    /// Sentences for a person.
    package var warnings: [String] = []

    package init() {}
}
