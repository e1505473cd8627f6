// SPDX-License-Identifier: Apache-2.0

/// Who a request speaks for.
struct Caller: Sendable, Equatable {
    var user: Int
    /// Nil for a webhook: all webhooks of a portal share this nameless application.
    var applicationID: String?
    var applicationName: String?
    /// Names the operating budget.
    var credential: String
    var scopes: [String]

    var isWebhook: Bool { applicationID == nil }

    /// The budget that a command inside a batch is charged to: one for all webhooks, the application's own otherwise.
    var nestedCredential: String { isWebhook ? "" : credential }
}
