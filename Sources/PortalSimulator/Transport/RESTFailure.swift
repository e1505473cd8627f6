// SPDX-License-Identifier: Apache-2.0

/// How the portal words and numbers its refusals.
///
/// The two differ in the code of business errors, one bracket, and the HTTP status of credential errors.
public enum ErrorStyle: String, Sendable, CaseIterable {
    /// As the portal's server answers today: an empty code, 401 for everything about credentials.
    case a = "A"
    /// As the REST documentation prints it: `ERROR_CORE`, 403 or 400 for some credential errors.
    case d = "D"
}

/// A refusal by the portal, before it is worded in one of the two styles.
struct RESTFailure: Error, Sendable, Equatable {
    var code: String
    var description: String
    var status: Int
    /// The HTTP status that the documentation gives, where it differs.
    var documentedStatus: Int?
    var argument: String?

    init(_ code: String, _ description: String, status: Int, documented: Int? = nil, argument: String? = nil) {
        self.code = code
        self.description = description
        self.status = status
        self.documentedStatus = documented
        self.argument = argument
    }

    /// A refusal by a telephony handler: no code of its own, HTTP 400.
    static func business(_ description: String) -> RESTFailure { RESTFailure("", description, status: 400) }

    func status(in style: ErrorStyle) -> Int { style == .d ? documentedStatus ?? status : status }

    func body(in style: ErrorStyle) -> PortalValue {
        var map: PortalMap = [
            "error": .string(code.isEmpty && style == .d ? "ERROR_CORE" : code),
            "error_description": .string(wording(in: style)),
        ]
        if let argument { map["argument"] = .string(argument) }
        return .map(map)
    }

    private func wording(in style: ErrorStyle) -> String {
        guard style == .d else { return description }
        switch description {
        case Self.callNotFound.description: return description + ")"
        case Self.noRecordGiven.description:
            return "Required parameters are not set. Request should contain either URL or FILENAME parameter"
        default: return description
        }
    }
}

extension RESTFailure {
    static let rateLimited = RESTFailure("QUERY_LIMIT_EXCEEDED", "Too many requests", status: 503)
    static let operatingLimited = RESTFailure(
        "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", status: 429)
    static let overloaded = RESTFailure(
        "OVERLOAD_LIMIT", "REST API is blocked due to overload", status: 401, documented: 503)
    static let methodNotFound = RESTFailure("ERROR_METHOD_NOT_FOUND", "Method not found!", status: 404)
    static let noAuthorization = RESTFailure("NO_AUTH_FOUND", "Wrong authorization data", status: 401)
    static let invalidCredentials = RESTFailure(
        "INVALID_CREDENTIALS", "Invalid request credentials", status: 401, documented: 403)
    static let invalidToken = RESTFailure("invalid_token", "Unable to get application by token", status: 401)
    static let expiredToken = RESTFailure(
        "expired_token", "The access token provided has expired", status: 401)
    static let notInstalled = RESTFailure("ERROR_OAUTH", "Application not installed", status: 401)
    static let userCannotLogIn = RESTFailure("authorization_error", "Unable to authorize user", status: 401)
    static let httpsRequired = RESTFailure("INVALID_REQUEST", "Https required.", status: 401, documented: 400)
    static let wrongAuthType = RESTFailure(
        "WRONG_AUTH_TYPE", "Current authorization type is denied for this method", status: 403)
    static let accessDenied = RESTFailure("ACCESS_DENIED", "Access denied!", status: 403)
    static let applicationContextRequired = RESTFailure(
        "ACCESS_DENIED", "Access denied! Application context required", status: 400)
    static let planDenied = RESTFailure(
        "ACCESS_DENIED", "REST API is available only on commercial plans", status: 401, documented: 403)
    static let batchTooLong = RESTFailure("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded", status: 400)
    static let notInBatch = RESTFailure(
        "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", status: 405)
    static let callIDNotText = RESTFailure("INVALID_ARGUMENT", "CALL_ID must be a string", status: 400)
    /// The closing bracket is missing in the server's own text.
    static let callNotFound = business("Call is not found (call should be registered prior to finishing")
    static let userNotGiven = business("USER_ID or USER_PHONE_INNER should be set")
    static let userNotActive = business("User is not found or is not active")
    /// No portal says this: it stands for everything that nobody has documented.
    static let odd = business("Something in the telephony module went wrong")
    static let unknownType = business("Unknown TYPE")
    static let badStartDate = business("CALL_START_DATE should be in the ISO-8601 format")
    static let badPhone = business("Unsupported phone number format")
    static let noRecordGiven = business(
        "Required parameters are not set. Request should contain or URL or FILENAME parameter")

    static func insufficientScope(webhook: Bool) -> RESTFailure {
        RESTFailure(
            "insufficient_scope",
            "The request requires higher privileges than provided by the \(webhook ? "webhook" : "access") token",
            status: 401, documented: 403)
    }

    static func database(_ detail: String) -> RESTFailure { business("Unexpected database error; \(detail)") }
}
