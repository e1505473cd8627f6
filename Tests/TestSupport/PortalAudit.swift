// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a simulated portal holds and has counted.
package struct PortalAudit: Decodable, Sendable {
    /// A row of the portal's statistics.
    package struct Row: Decodable, Sendable {
        private enum CodingKeys: String, CodingKey {
            case key = "EXTERNAL_CALL_ID"
            case callID = "CALL_ID"
            case phone = "PHONE_NUMBER"
            case user = "PORTAL_USER_ID"
            case start = "CALL_START_UTC"
            case activity = "CRM_ACTIVITY_ID"
            case registeredAt = "REGISTERED_AT"
            case application = "REST_APP_NAME"
        }

        /// The call key; `nil` where the portal keeps none.
        package let key: String?
        /// The portal's own name of the call.
        package let callID: String
        /// The client's number.
        package let phone: String
        /// The employee.
        package let user: Int
        /// When the call began, in seconds since 1970.
        package let start: Int
        /// The CRM activity; `nil` where none was created.
        package let activity: Int?
        /// When the call was registered, in seconds since 1970.
        package let registeredAt: Double
        /// The application that registered it; `nil` for a webhook.
        package let application: String?
    }

    /// A lead, a contact, a company or a deal.
    package struct Entity: Decodable, Sendable {
        private enum CodingKeys: String, CodingKey {
            case type = "TYPE"
            case phones = "PHONES"
        }

        /// `LEAD`, `CONTACT`, `COMPANY` or `DEAL`.
        package let type: String
        /// Its telephone numbers.
        package let phones: [String]
    }

    /// A line of the portal.
    package struct Line: Decodable, Sendable, Equatable {
        private enum CodingKeys: String, CodingKey {
            case number = "NUMBER"
            case name = "NAME"
            case createsCRM = "CRM_AUTO_CREATE"
        }

        /// The LINE_NUMBER.
        package let number: String
        /// The name; `nil` for a line that the portal has made by itself.
        package let name: String?
        /// Whether leads are made of unknown clients who call on it.
        package let createsCRM: Bool
    }

    private enum CodingKeys: String, CodingKey {
        case lines
        case rows = "statistics"
        case entities
        case counters
        case inFlight
    }

    /// The finished calls.
    package let rows: [Row]
    /// What the CRM holds.
    package let entities: [Entity]
    /// The lines, of all applications and of webhooks.
    package let lines: [Line]
    /// What was counted, by the simulator's names.
    package let counters: [String: Int]

    /// How many requests the portal is at work on.
    package let inFlight: Int

    /// Reads the text of `GET /audit`.
    ///
    /// - Throws: `DecodingError` when the text is not an audit.
    package init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }

    /// A counter by the simulator's name of it; 0 for a name that there is not.
    package func counter(_ name: String) -> Int { counters[name] ?? 0 }

    /// How many rows each call has: by its key, or by number and start where the portal keeps no keys.
    package var rowsPerCall: [String: Int] {
        rows.reduce(into: [:]) { $0[$1.key ?? "\($1.phone) \($1.start)", default: 0] += 1 }
    }
}
