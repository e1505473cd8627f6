// SPDX-License-Identifier: Apache-2.0

import Reporting

/// Who has let the application in, and to what.
package struct LoginReport: CommandReport, Codable, Equatable {
    /// The format of the JSON.
    package var schema = "cdr24.login/1"
    /// The portal's host.
    package var portal: String
    /// The portal's own id; empty where it is not known.
    package var memberID: String
    /// The USER_ID of the person who granted access.
    package var userID: Int?
    /// Their name; empty where the portal did not tell it.
    package var userName = ""
    /// Whether they are an administrator; `nil` when the portal did not say.
    package var isAdministrator: Bool?
    /// The scopes of the application.
    package var scopes: [String]
    /// The path of the file with the tokens.
    package var tokens: String
    /// What should be put right before the first import.
    package var warnings: [String] = []

    /// The report for people; ends with a line break.
    package var text: String {
        var user = userName.isEmpty ? "user \(userID.map(String.init) ?? "unknown")" : userName
        if let userID, !userName.isEmpty { user += " (USER_ID \(userID))" }
        switch isAdministrator {
        case true?: user += ", administrator"
        case false?: user += ", not an administrator"
        case nil: break
        }
        var lines = [
            "Access granted.",
            "portal  \(portal)\(memberID.isEmpty ? "" : " (member id \(memberID))")",
            "user    \(user)",
            "scopes  \(scopes.isEmpty ? "unknown" : scopes.joined(separator: ", "))",
            "tokens  \(tokens)",
        ]
        lines += warnings.map { "warning: \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }
}
