// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Bitrix24

struct PortalErrorTests {
    struct Example: Sendable, CustomStringConvertible {
        var code: String
        var text: String
        var status: Int
        var kind: PortalError.Kind
        var consequence: PortalError.Consequence
        init(
            _ code: String, _ text: String, _ status: Int, _ kind: PortalError.Kind,
            _ consequence: PortalError.Consequence
        ) {
            (self.code, self.text, self.status, self.kind, self.consequence) = (code, text, status, kind, consequence)
        }
        var description: String { "\(status) '\(code)' '\(text)'" }
    }

    static let catalogue: [Example] = [
        Example("QUERY_LIMIT_EXCEEDED", "Too many requests", 503, .rateLimited, .retryLater),
        Example("query_limit_exceeded", "", 503, .rateLimited, .retryLater),
        Example(
            "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", 429, .operatingLimited,
            .retryLater),
        Example("OPERATION_TIME_LIMIT", "", 200, .operatingLimited, .retryLater),
        Example("OVERLOAD_LIMIT", "REST API is blocked due to overload", 503, .overloaded, .stop),
        Example("OVERLOAD_LIMIT", "REST API is blocked due to overload", 401, .overloaded, .stop),
        Example("INTERNAL_SERVER_ERROR", "Internal server error", 500, .serverFault, .unknown),
        Example("INTERNAL_SERVER_ERROR", "Internal server error", 200, .serverFault, .unknown),
        Example("ERROR_UNEXPECTED_ANSWER", "Server returned an unexpected response", 500, .serverFault, .unknown),
        Example("ERROR_CORE", "SQL query error!", 500, .serverFault, .unknown),
        Example("ERROR_CORE", "SQL query error!", 200, .serverFault, .unknown),
        Example("WRONG_ENCODING", "", 400, .unreadableReply, .unknown),
        Example("NO_AUTH_FOUND", "Wrong authorization data", 401, .credentials, .stop),
        Example("expired_token", "The access token provided has expired", 401, .expiredToken, .refreshToken),
        Example("invalid_token", "token not valid", 401, .invalidToken, .refreshToken),
        Example("INVALID_CREDENTIALS", "Invalid request credentials", 403, .credentials, .stop),
        Example(
            "insufficient_scope", "The request requires higher privileges than provided by the webhook token", 401,
            .insufficientScope, .stop),
        Example("insufficient_scope", "", 200, .insufficientScope, .stop),
        Example(
            "user_access_error", "The user does not have access to the application", 403, .credentials, .stop),
        Example("authorization_error", "Unable to authorize user", 401, .credentials, .stop),
        Example("APPLICATION_NOT_FOUND", "Application not found", 401, .notInstalled, .stop),
        Example("ERROR_OAUTH", "Application not installed", 401, .notInstalled, .stop),
        Example("PAYMENT_REQUIRED", "", 401, .planRequired, .stop),
        Example("NOT_INSTALLED", "", 401, .notInstalled, .stop),
        Example("METHOD_CONFIRM_WAITING", "", 401, .credentials, .stop),
        Example("CONNECTION_ERROR", "Error connecting to authorization server", 401, .authorizationServer, .retryLater),
        Example("INVALID_REQUEST", "Https required.", 401, .httpsRequired, .stop),
        Example("ACCESS_DENIED", "REST API is available only on commercial plans", 401, .planRequired, .stop),
        Example("ACCESS_DENIED", "REST is available only by subscription.", 403, .planRequired, .stop),
        Example("ACCESS_DENIED", "Access denied!", 403, .accessDenied, .stop),
        Example("ACCESS_DENIED", "Access denied! Application context required", 400, .accessDenied, .stop),
        Example(
            "WRONG_AUTH_TYPE", "Current authorization type is denied for this method", 403, .wrongAuthType, .stop),
        Example("WRONG_LICENSE", "", 403, .planRequired, .stop),
        Example("PORTAL_DELETED", "Portal was deleted", 410, .portalDeleted, .stop),
        Example("ERROR_METHOD_NOT_FOUND", "Method not found!", 404, .methodNotFound, .stop),
        Example("ERROR_MANIFEST_IS_NOT_AVAILABLE", "Manifest is not available", 404, .other, .permanent),
        Example("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded", 200, .batchLength, .permanent),
        Example(
            "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", 200, .batchMethod, .permanent),
        Example("ERROR_ARGUMENT", "Argument 'x' is null or empty", 400, .invalidArgument, .permanent),
        Example("INVALID_ARGUMENT", "CALL_ID must be a string", 400, .invalidArgument, .permanent),
        Example("100", "Unknown field definition `X`", 400, .other, .permanent),
        Example("", "something new", 400, .other, .permanent),
        Example("", "something new", 500, .serverFault, .unknown),
        Example("SOMETHING_NEW", "", 503, .serverFault, .unknown),
        Example("SOMETHING_NEW", "", 429, .other, .permanent),
        Example("SOMETHING_NEW", "", 401, .credentials, .stop),
        Example("SOMETHING_NEW", "", 403, .accessDenied, .stop),
    ]

    /// The texts of the telephony methods; each comes with an empty code or with `ERROR_CORE`.
    static let telephony: [(String, PortalError.Kind)] = [
        ("USER_ID or USER_PHONE_INNER should be set", .userMissing),
        ("Unknown TYPE", .badType),
        ("CALL_START_DATE should be in the ISO-8601 format", .badDate),
        ("Unsupported phone number format", .badPhone),
        ("User is not found or is not active", .userNotActive),
        ("Call is not found (call should be registered prior to finishing", .callNotFound),
        ("Call is not found (call should be registered prior to finishing)", .callNotFound),
        ("Unexpected database error; \u{0414}\u{043B}\u{0438}\u{043D}\u{0430}", .databaseError),
        ("Unexpected database error", .databaseError),
        ("Call is not found in the statistic table. Looks like it is not finished yet.", .other),
        ("", .other),
    ]

    @Test(arguments: catalogue)
    func knowsTheCatalogue(_ example: Example) {
        let error = PortalError(code: example.code, text: example.text, status: example.status)
        #expect(error.kind == example.kind)
        #expect(error.consequence == example.consequence)
    }

    @Test(arguments: telephony, ["", "ERROR_CORE", "error_core"])
    func knowsTelephonyErrorsByTheirTexts(_ example: (text: String, kind: PortalError.Kind), code: String) {
        for status in [200, 400] {
            let error = PortalError(code: code, text: example.text, status: status)
            #expect(error.kind == example.kind)
            #expect(error.consequence == .permanent)
        }
    }

    @Test func wordsAnError() {
        #expect(PortalError(code: "", text: "Unknown TYPE", status: 400).description == "Unknown TYPE [HTTP 400]")
        #expect(PortalError(code: "X", text: "", status: 400).description == "X")
        #expect(PortalError(code: "X", text: "y", status: 200).description == "y [X]")
        #expect(PortalError(code: "", text: "", status: 200).description == "no reason given")
    }

    @Test func `what the portal says is harmless`() {
        let text = "Cannot POST /rest/1/abcdef0123456789/batch\u{1B}[2J\n" + String(repeating: "x", count: 1_000)
        let error = PortalError(code: "NOT\u{7}FOUND", text: text, status: 404)
        #expect(error.text.hasPrefix("Cannot POST /rest/1/…/batch\u{FFFD}[2J xxx") && error.text.count == 301)
        #expect(error.code == "NOT\u{FFFD}FOUND")
        let failure = TransportFailure(.other, detail: text)
        #expect(!"\(failure)".contains("abcdef") && !"\(failure)".contains("\u{1B}"))
    }

    @Test func `an error in a batch is as harmless`() throws {
        let body = """
            {"result":{"result":[],"result_error":{"a":{"error":"","error_description":"GET /rest/1/abcdef01/x\\u001b"}}}}
            """
        let envelope = try #require(JSONValue(Array(body.utf8)))
        let error = envelope["result"]?["result_error"]?["a"].flatMap { PortalError(envelope: $0, status: 200) }
        #expect(error?.text == "GET /rest/1/…/x\u{FFFD}")
    }
}
