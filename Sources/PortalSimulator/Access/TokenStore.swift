// SPDX-License-Identifier: Apache-2.0

/// The codes and tokens that the authorization server has issued.
struct TokenStore: Sendable, Codable, Equatable {
    /// For whom a code or a token was issued.
    struct Grant: Sendable, Codable, Equatable {
        var clientID: String
        var user: Int
    }

    /// What a portal thinks of an access token.
    enum Verdict: Equatable {
        case valid(Grant)
        case expired
        case unknown
    }

    /// An access token with the refresh token that came with it.
    struct Pair: Equatable {
        var access: String
        var refresh: String
    }

    private struct Access: Codable, Equatable {
        var grant: Grant
        var end: Double
        /// The refresh token that brought it; `nil` for one that a code brought.
        var source: String?
    }

    private struct Refresh: Codable, Equatable {
        var grant: Grant
        var end: Double
        /// The access token that came with it.
        var access: String
        /// When it was first used.
        var usedAt: Double?
    }

    private struct Code: Codable, Equatable {
        var grant: Grant
        var end: Double
    }

    private var access: [String: Access] = [:]
    private var refresh: [String: Refresh] = [:]
    private var codes: [String: Code] = [:]
    private var issued = 1
    private var issuedCodes = 0

    /// A store with the tokens that applications have at the start.
    init(applications: [PortalApplication], refreshDays: Double, now: Double) {
        for application in applications {
            guard let token = application.accessToken else { continue }
            let grant = Grant(clientID: application.clientID, user: application.user)
            access[token] = Access(grant: grant, end: now + application.tokenSeconds)
            guard let other = application.refreshToken else { continue }
            refresh[other] = Refresh(grant: grant, end: now + refreshDays * 86_400, access: token)
        }
    }

    /// Judges an access token, and notes its use: where tokens are replaced by use, this is the use.
    mutating func use(_ token: String, reuse: RefreshReuse, at now: Double) -> Verdict {
        guard let found = access[token] else { return .unknown }
        guard now < found.end else { return .expired }
        if reuse == .untilUsed, let source = found.source, let old = refresh[source] {
            // Everything else that the old refresh token brought goes with it: chains do not branch.
            refresh[source] = nil
            access[old.access]?.end = 0
            for (name, other) in access where other.source == source && name != token { access[name]?.end = 0 }
            refresh = refresh.filter { access[$0.value.access]?.source != source || $0.value.access == token }
        }
        return .valid(found.grant)
    }

    /// All access tokens count as expired from now on.
    mutating func expireAll() {
        for token in access.keys { access[token]?.end = 0 }
    }

    /// Nothing brings a new token any more, of one application or of all.
    mutating func revoke(_ clientID: String? = nil) {
        refresh = refresh.filter { clientID != nil && $0.value.grant.clientID != clientID }
        codes = codes.filter { clientID != nil && $0.value.grant.clientID != clientID }
    }

    /// Issues an authorisation code.
    mutating func issueCode(_ grant: Grant, seconds: Double, at now: Double) -> String {
        issuedCodes += 1
        let code = "code-\(issuedCodes)"
        codes[code] = Code(grant: grant, end: now + seconds)
        return code
    }

    /// Takes a code back; `nil` when it is unknown, another application's, used or too old.
    mutating func take(code: String, clientID: String, at now: Double) -> Grant? {
        guard let found = codes[code], found.grant.clientID == clientID else { return nil }
        codes[code] = nil
        return now < found.end ? found.grant : nil
    }

    /// Takes a refresh token in; `nil` when it is unknown, another application's, used up or too old.
    mutating func take(refresh token: String, clientID: String, reuse: RefreshReuse, at now: Double) -> Grant? {
        guard var found = refresh[token], found.grant.clientID == clientID, now < found.end else { return nil }
        if case .seconds(let seconds) = reuse, let usedAt = found.usedAt, now > usedAt + seconds {
            refresh[token] = nil
            return nil
        }
        found.usedAt = found.usedAt ?? now
        refresh[token] = found
        if reuse == .never {
            refresh[token] = nil
            access[found.access]?.end = 0
        }
        return found.grant
    }

    /// Issues a pair of tokens.
    mutating func issue(
        _ grant: Grant, source: String?, seconds: Double, refreshDays: Double, at now: Double
    ) -> Pair {
        issued += 1
        let pair = Pair(access: "access-\(issued)", refresh: "refresh-\(issued)")
        forgetOld(at: now)
        access[pair.access] = Access(grant: grant, end: now + seconds, source: source)
        refresh[pair.refresh] = Refresh(grant: grant, end: now + refreshDays * 86_400, access: pair.access)
        return pair
    }

    /// Access tokens that ended long ago are answered as unknown.
    private mutating func forgetOld(at now: Double) {
        guard access.count > 200 else { return }
        let living = Set(refresh.values.map(\.access))
        for (name, token) in access where token.end <= now && !living.contains(name) { access[name] = nil }
    }
}
