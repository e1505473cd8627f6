// SPDX-License-Identifier: Apache-2.0

import ExitCodes

/// A refusal in the portal's own words, and what it means.
package struct PortalError: Error, Sendable, Hashable {
    /// The portal's code, made harmless; often empty for telephony methods.
    package var code: String
    /// The portal's description, printable, without secrets and no longer than 300 characters; may be empty.
    package var text: String
    /// The HTTP status of the reply; 200 for a command that failed inside an answered batch.
    package var status: Int
    /// What the refusal means.
    package var kind: Kind

    /// Reads the meaning from the code, else from the beginning of the text, else from the status.
    package init(code: String, text: String, status: Int) {
        self.code = HarmlessText.fromOutside(code)
        self.text = HarmlessText.fromOutside(text)
        self.status = status
        self.kind = Kind(code: code, text: text, status: status)
    }

    /// The meanings that callers tell apart.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        // Limits.
        case rateLimited, operatingLimited, overloaded
        // Access.
        case credentials, invalidToken, expiredToken, authorizationServer, insufficientScope, accessDenied
        case wrongAuthType, planRequired, httpsRequired, portalDeleted, notInstalled
        // Faults of the portal.
        case serverFault, unreadableReply
        // Telephony.
        case callNotFound, userNotActive, userMissing, badPhone, badType, badDate, databaseError
        // The request.
        case methodNotFound, batchLength, batchMethod, invalidArgument
        /// None of the above.
        case other
    }

    /// What can be concluded about the request, and what to do.
    package enum Consequence: Sendable, Hashable {
        /// Nothing was executed; the same request will do later.
        case retryLater
        /// The same request will be refused again.
        case permanent
        /// Nothing was executed; the same request will do with a new access token.
        case refreshToken
        /// Nothing was executed, and no request will be until a person has acted.
        case stop
        /// It may have been executed, wholly or in part.
        case unknown
    }

    /// What follows from the refusal.
    package var consequence: Consequence { kind.consequence }
}

extension PortalError: CustomStringConvertible {
    package var description: String {
        let name = code.isEmpty ? (status == 200 ? "" : "HTTP \(status)") : code
        if text.isEmpty { return name.isEmpty ? "no reason given" : name }
        return name.isEmpty ? text : "\(text) [\(name)]"
    }
}

extension PortalError.Kind {
    /// What follows from an error of this kind.
    package var consequence: PortalError.Consequence {
        switch self {
        case .rateLimited, .operatingLimited, .authorizationServer: .retryLater
        case .expiredToken, .invalidToken: .refreshToken
        case .overloaded, .credentials, .insufficientScope, .accessDenied, .wrongAuthType, .planRequired,
            .httpsRequired, .portalDeleted, .notInstalled, .methodNotFound:
            .stop
        case .serverFault, .unreadableReply: .unknown
        case .callNotFound, .userNotActive, .userMissing, .badPhone, .badType, .badDate, .databaseError, .batchLength,
            .batchMethod, .invalidArgument, .other:
            .permanent
        }
    }
}
