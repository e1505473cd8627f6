// SPDX-License-Identifier: Apache-2.0

/// A line of an application, or of the nameless application that all webhooks share.
struct ExternalLine: Sendable, Codable, Equatable {
    var id: Int
    var number: String
    var name: String?
    var createsCRM: Bool
    var applicationID: String?
    /// A line that `register` made and that nobody named is removed after 90 days without use.
    var lastUsed: Double
}
