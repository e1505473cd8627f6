// SPDX-License-Identifier: Apache-2.0

extension PortalError.Kind {
    /// Finds the meaning of an error: a known code wins over the text, the text over the HTTP status.
    ///
    /// Codes are compared without regard to case. Telephony methods mostly send an empty code (or `ERROR_CORE`), and
    /// their texts differ in endings and brackets between builds of the portal, so texts are known by their beginning.
    init(code: String, text: String, status: Int) {
        let code = code.uppercased()
        let text = text.lowercased()
        self =
            Self.refined(code: code, text: text) ?? Self.codes[code] ?? Self.byText(text)
            ?? Self.byStatus(status)
    }

    /// Codes that mean different things with different texts.
    private static func refined(code: String, text: String) -> Self? {
        switch code {
        case "ACCESS_DENIED":
            text.hasPrefix("rest ") ? .planRequired : .accessDenied
        default: nil
        }
    }

    private static let codes: [String: Self] = [
        "QUERY_LIMIT_EXCEEDED": .rateLimited,
        "OPERATION_TIME_LIMIT": .operatingLimited,
        "OVERLOAD_LIMIT": .overloaded,
        "INTERNAL_SERVER_ERROR": .serverFault,
        "ERROR_UNEXPECTED_ANSWER": .serverFault,
        "NO_AUTH_FOUND": .credentials,
        "INVALID_CREDENTIALS": .credentials,
        "USER_ACCESS_ERROR": .credentials,
        "AUTHORIZATION_ERROR": .credentials,
        "METHOD_CONFIRM_WAITING": .credentials,
        "EXPIRED_TOKEN": .expiredToken,
        "INVALID_TOKEN": .invalidToken,
        "INSUFFICIENT_SCOPE": .insufficientScope,
        "APPLICATION_NOT_FOUND": .notInstalled,
        "ERROR_OAUTH": .notInstalled,
        "NOT_INSTALLED": .notInstalled,
        "PAYMENT_REQUIRED": .planRequired,
        "WRONG_LICENSE": .planRequired,
        "CONNECTION_ERROR": .authorizationServer,
        "INVALID_REQUEST": .httpsRequired,
        "WRONG_AUTH_TYPE": .wrongAuthType,
        "PORTAL_DELETED": .portalDeleted,
        "ERROR_METHOD_NOT_FOUND": .methodNotFound,
        "ERROR_BATCH_LENGTH_EXCEEDED": .batchLength,
        "ERROR_BATCH_METHOD_NOT_ALLOWED": .batchMethod,
        "ERROR_ARGUMENT": .invalidArgument,
        "INVALID_ARGUMENT": .invalidArgument,
        // The method ran, and its result could not be written as JSON.
        "WRONG_ENCODING": .unreadableReply,
    ]

    private static func byText(_ text: String) -> Self? {
        beginnings.first { text.hasPrefix($0.beginning) }?.kind
    }

    private static let beginnings: [(beginning: String, kind: Self)] = [
        ("call is not found in the statistic table", .other),
        ("call is not found", .callNotFound),
        ("user is not found or is not active", .userNotActive),
        ("user_id or user_phone_inner should be set", .userMissing),
        ("unsupported phone number format", .badPhone),
        ("unknown type", .badType),
        ("call_start_date should be in the iso-8601", .badDate),
        ("unexpected database error", .databaseError),
        ("call_id must be a string", .invalidArgument),
        // The statistics row is written before the record's address is looked at.
        ("record_url contains invalid symbols", .unreadableReply),
        ("sql query error", .serverFault),
        ("mysql query error", .serverFault),
        ("access denied", .accessDenied),
    ]

    private static func byStatus(_ status: Int) -> Self {
        switch status {
        case 500...: .serverFault
        // 401 and 403 come from the stage that checks who asks, before anything is executed.
        case 401: .credentials
        case 403: .accessDenied
        default: .other
        }
    }
}
