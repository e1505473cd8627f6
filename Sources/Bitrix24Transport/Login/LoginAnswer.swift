// SPDX-License-Identifier: Apache-2.0

/// What a person's browser brought back from the portal.
package struct LoginAnswer: Sendable, Hashable {
    /// The code that tokens are given for; it lives for 30 seconds.
    package var code: Secret
    /// The text that we sent along; `nil` where the code alone was given.
    package var state: String?
    /// The portal, as it names itself.
    package var portal: String?
    /// The portal's own id.
    package var memberID: String?
    /// The authorization server that issued the code.
    package var server: String?

    /// Reads the address at which the browser ended, or the code alone.
    ///
    /// - Throws: ``LoginAnswerFault``; it repeats nothing of the text.
    package init(_ text: String) throws(LoginAnswerFault) {
        let text = text.trimmingQuotes
        guard !text.isEmpty else { throw .empty }
        guard text.contains("?") || text.contains("=") || text.contains("/") else {
            guard text.utf8.count <= 512, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .notACode }
            self.init(code: Secret(text))
            return
        }
        let query = text.firstIndex(of: "?").map { text[text.index(after: $0)...] } ?? text[...]
        self = try Self(query: query)
    }

    /// Reads the part of an address after the question mark.
    ///
    /// - Throws: ``LoginAnswerFault/refused(_:)`` when it contains an error, ``LoginAnswerFault/noCode`` without a code.
    package init(query: some StringProtocol) throws(LoginAnswerFault) {
        var fields: [String: String] = [:]
        for pair in query.prefix(while: { $0 != "#" }).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[Self.decoded(parts[0])] = parts.count > 1 ? Self.decoded(parts[1]) : ""
        }
        if let error = fields["error"] { throw .refused(TokenRefusal(code: error).code) }
        guard let code = fields["code"], !code.isEmpty else { throw .noCode }
        self.init(
            code: Secret(code), state: fields["state"], portal: fields["domain"], memberID: fields["member_id"],
            server: fields["server_domain"])
    }

    private init(
        code: Secret, state: String? = nil, portal: String? = nil, memberID: String? = nil, server: String? = nil
    ) {
        self.code = code
        self.state = state
        self.portal = portal
        self.memberID = memberID
        self.server = server
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension StringProtocol {
    /// The text without blanks and quotes around it, which come along when it is pasted.
    fileprivate var trimmingQuotes: String {
        let isOuter: (Character) -> Bool = { $0.isWhitespace || "\"'<>".contains($0) }
        return String(drop(while: isOuter).reversed().drop(while: isOuter).reversed())
    }
}

/// What is wrong with the answer that a browser brought.
package enum LoginAnswerFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing was given.
    case empty
    /// The text is neither an address nor a code.
    case notACode
    /// The address carries no code.
    case noCode
    /// The portal answered with an error.
    case refused(String)
    /// The state is not ours, or too old.
    case foreign

    /// What is wrong and what to do, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .empty: "no code was given; run cdr24 login again"
        case .notACode:
            "this is neither an address nor a code; copy the whole address from the address bar of the browser"
        case .noCode:
            "this address contains no code; log in to the portal in the browser, open the address that cdr24 login prints, "
                + "and copy the address at which the browser ends"
        case .refused(let code): "the portal did not grant access (\(code))"
        case .foreign:
            "this address does not belong to the one that cdr24 login printed, or it is older than 15 minutes; run "
                + "cdr24 login again and open the new address"
        }
    }
}
