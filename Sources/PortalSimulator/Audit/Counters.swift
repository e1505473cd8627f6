// SPDX-License-Identifier: Apache-2.0

/// What the portal has counted since it was set up or reset.
struct Counters: Sendable, Codable, Equatable {
    /// REST requests; the audit, the page and the control endpoint are not counted.
    var requests = 0
    /// Commands executed or refused, those inside batches and plain ones.
    var commands = 0
    var batches = 0
    var largestBatch = 0
    /// Live calls made.
    var registers = 0
    /// Registers answered with a call that was there already.
    var duplicateRegisters = 0
    /// Statistics rows written.
    var finishes = 0
    var popups = 0
    var popupsHidden = 0
    var chats = 0
    var chatMessages = 0
    var leads = 0
    var contacts = 0
    var deals = 0
    var activities = 0
    var robots = 0
    var missedCalls = 0
    var missedCallsClosed = 0
    var linesCreated = 0
    var records = 0
    var transcripts = 0
    var cleaned = 0
    /// Requests refused by the front limiter.
    var rateLimited = 0
    /// Calls refused by the operating limiter, inside batches and plain ones.
    var operatingLimited = 0
    /// Requests cut by the request cap.
    var overCap = 0
    /// Requests that a fault hit.
    var faults = 0
    /// Commands refused, for whatever reason.
    var failedCommands = 0
    /// Requests to the authorization server.
    var tokenRequests = 0
    /// Pairs of tokens that it issued.
    var tokensIssued = 0
    /// Requests that it refused.
    var tokenRefusals = 0
    /// Requests that came while another of the same application was being worked on.
    var tokenOverlaps = 0
}
