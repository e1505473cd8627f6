// SPDX-License-Identifier: Apache-2.0

/// What an exchange with the portal amounts to, whatever the method.
///
/// | reply | meaning |
/// |---|---|
/// | 301, 302, 303, 307, 308 | moved: a redirect comes before the portal looks at the request |
/// | JSON with `error`, of a kind that precedes execution or refuses it | refused |
/// | JSON with `error`, of a kind that may follow execution | unknown |
/// | JSON with an `error` that is not known: status 400, 404, 405, 410, 411, 413, 414, 415 or 431 | refused |
/// | the same with any other status, such as 408 or 429 of a gateway that lost patience | unknown |
/// | JSON with `result`, status below 400 | a result |
/// | anything else: no JSON, an empty body, a gateway's page with any status, 429 and 503 included | unknown |
///
/// A limit is believed only in the portal's own words: a page with status 503 may come from a gateway that lost
/// patience with a portal that is still executing.
enum Reply {
    case result(JSONValue, elapsed: Duration)
    case refused(PortalError)
    case neverSent(TransportFailure)
    case moved(newHost: String?)
    case unknown(String, elapsed: Duration)

    init(_ answer: HTTPAnswer) {
        if [301, 302, 303, 307, 308].contains(answer.status) {
            self = .moved(newHost: answer.location.flatMap(Self.host))
            return
        }
        guard let envelope = JSONValue(answer.body), case .object(let members) = envelope else {
            self = .unknown(
                "the reply is not JSON (HTTP \(answer.status))", elapsed: answer.elapsed)
            return
        }
        if let error = PortalError(envelope: envelope, status: answer.status) {
            if error.consequence == .unknown {
                self = .unknown("the portal reported an internal error: \(error)", elapsed: answer.elapsed)
            } else if error.kind == .other, !Self.statusesBeforeExecution.contains(answer.status) {
                self = .unknown("the reply is an unknown error: \(error)", elapsed: answer.elapsed)
            } else {
                self = .refused(error)
            }
        } else if answer.status < 400, members["result"] != nil {
            self = .result(envelope, elapsed: answer.elapsed)
        } else {
            self = .unknown(
                "the reply contains neither a result nor an error (HTTP \(answer.status))", elapsed: answer.elapsed)
        }
    }

    /// What a server or a gateway answers that did not pass a request on, by RFC 9110 and RFC 6585.
    private static let statusesBeforeExecution: Set = [400, 404, 405, 410, 411, 413, 414, 415, 431]

    /// The host of an absolute address, in lower case and with its port; never the path, which contains the secret.
    private static func host(of location: String) -> String? {
        guard let mark = location.firstRange(of: "//") else { return nil }
        let authority = location[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return host.lowercased()
    }
}
