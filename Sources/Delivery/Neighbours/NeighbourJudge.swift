// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CDRConfiguration
package import CallRecords

/// Tells whose the portal's rows are: this importer's, from whatever ledger, or those of another integration.
package struct NeighbourJudge: Sendable {
    private let prefixes: [String]
    private let keepsKeys: Bool?
    private let ownApplication: String?
    /// Whom calls belong to.
    let users: UserSettings
    /// How numbers are compared.
    let spelling: NumberSpelling

    /// - Parameters:
    ///   - prefixes: What our keys begin with, without the colon.
    ///   - keepsKeys: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    ///   - ownApplication: The number of the application that speaks to the portal; `nil` for a webhook.
    package init(
        prefixes: [String], keepsKeys: Bool?, ownApplication: String?, users: UserSettings, spelling: NumberSpelling
    ) {
        self.prefixes = prefixes.map { $0.lowercased() + ":" }
        self.keepsKeys = keepsKeys
        self.ownApplication = ownApplication
        self.users = users
        self.spelling = spelling
    }

    /// Whether a row carries a key of ours.
    package func isOurs(_ row: StatisticRow) -> Bool {
        guard let key = row.externalCallID?.lowercased() else { return false }
        return prefixes.contains { key.hasPrefix($0) }
    }

    /// Whether a row may be ours, if it agrees with a call in everything: on a portal that drops EXTERNAL_CALL_ID, or may.
    func mayBeOurs(_ row: StatisticRow) -> Bool {
        guard (row.externalCallID ?? "").isEmpty else { return false }
        switch keepsKeys {
        case true?: return false
        case false?: return true
        case nil: return isOfOwnApplication(row)
        }
    }

    /// Whether a row is ours although it agrees with none of the calls: the portal drops EXTERNAL_CALL_ID, and our own
    /// application wrote it.
    func isAnyOfOurs(_ row: StatisticRow) -> Bool {
        keepsKeys == false && (row.externalCallID ?? "").isEmpty && isOfOwnApplication(row)
    }

    private func isOfOwnApplication(_ row: StatisticRow) -> Bool { row.applicationID == ownApplication }
}
