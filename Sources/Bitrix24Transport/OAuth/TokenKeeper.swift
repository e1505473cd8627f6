// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// Decides when tokens are used, when they are renewed, and what follows from an answer of the authorization server.
///
/// A value without clock, files or network: each event is a method that returns what is to be done. Requests may come
/// at any moment; a renewal is one after the other. Its steps are: take the lock, ``stored(_:at:)`` what the file
/// holds, then ask or save as told until it is ``Step/over(_:)``.
package struct TokenKeeper: Sendable {
    /// What a request does.
    package enum Action: Sendable, Equatable {
        /// It is sent with these tokens.
        case send(OAuthTokens)
        /// It starts a renewal and waits for its end.
        case renew
        /// It waits for the end of the renewal that is under way.
        case wait
        /// It is not sent.
        case fail(TransportFailure)
    }

    /// What the renewal does next.
    package enum Step: Sendable, Equatable {
        /// Make room for new tokens in the file, then ask the authorization server with this refresh token.
        case ask(Secret)
        /// Write these tokens into the file; not before that are they used.
        case save(OAuthTokens)
        /// Release the lock and let the waiting requests go on.
        case over(Result<OAuthTokens, TransportFailure>)
    }

    private enum State: Equatable {
        case holding
        case renewing(asked: Int)
        case lost(TransportFailure)
    }

    /// After a renewal that failed while the present token still lives, seconds until the next one is tried.
    private static let patience = 15.0

    private static let lateRefusal =
        "a reply of the authorization server was lost, and it no longer accepts the previous tokens "
        + "(invalid_grant); grant access again: cdr24 login"

    private let client: OAuthClient
    private var tokens: OAuthTokens
    private var state = State.holding
    /// Whether the portal has said that ``tokens`` have expired.
    private var isRefused = false
    /// No renewal ahead of the end before this time.
    private var retryAt = -Double.infinity
    /// Tokens that could not be saved, and the refresh token that brought them.
    private var unsaved: (tokens: OAuthTokens, source: Secret)?
    /// When the question that is under way was put.
    private var askedAt = 0.0
    /// An address that answered "moved", and after which the authorization server was asked.
    private var movedFrom: RESTEndpoint?
    /// Whether the renewal that is under way looks for the portal's new address.
    private var isMoved = false

    /// Starts with the tokens of the file.
    package init(client: OAuthClient, tokens: OAuthTokens) {
        self.client = client
        self.tokens = tokens
    }

    // MARK: Requests

    /// A request wants to be sent.
    ///
    /// - Parameter now: Seconds since 1970, here and in the other events.
    package mutating func request(at now: Double) -> Action {
        switch state {
        case .lost(let failure): return .fail(failure)
        case .renewing: return .wait
        case .holding:
            let isDue = now >= tokens.expiresAt || (now >= tokens.expiresAt - tokens.margin && now >= retryAt)
            return isRefused || isDue ? renew() : .send(tokens)
        }
    }

    /// The portal refused a request because its token has expired; nothing was executed.
    ///
    /// - Parameter access: The token that the request carried: if another is in use by now, that one is tried.
    package mutating func refused(_ access: Secret, at now: Double) -> Action {
        if state == .holding, access == tokens.access { isRefused = true }
        return request(at: now)
    }

    /// The portal answered that it has another address; nothing was executed.
    ///
    /// The new address is asked of the authorization server, once for each old one: a redirect alone could lead a token
    /// anywhere. Tokens that come back with the old endpoint mean that the server knows of no other.
    package mutating func moved(from endpoint: RESTEndpoint, at now: Double) -> Action {
        guard state == .holding, endpoint == tokens.endpoint, movedFrom != endpoint else { return request(at: now) }
        movedFrom = endpoint
        isMoved = true
        return renew()
    }

    private mutating func renew() -> Action {
        state = .renewing(asked: 0)
        return .renew
    }

    // MARK: The renewal

    /// The lock could not be taken: another process renews the tokens, and takes long.
    package mutating func lockFailed(_ failure: TransportFailure, at now: Double) -> Step { end(failure, at: now) }

    /// The lock is taken, and this is what the file holds.
    ///
    /// Other tokens than ours were put there by another process, which has just renewed them: they are used.
    /// `nil` when there is no file, or one that is not ours.
    package mutating func stored(_ found: OAuthTokens?, at now: Double) -> Step {
        guard let found, found.clientID == client.clientID else {
            return lose(
                TransportFailure(
                    .accessLost, detail: "the token file is missing or belongs to another application; run: cdr24 login"
                ))
        }
        if let unsaved, unsaved.source == found.refresh { return .save(unsaved.tokens) }
        if found.access != tokens.access {
            tokens = found
            isRefused = false
            if now < found.expiresAt - found.margin { return finish() }
        }
        return ask(found.refresh, at: now)
    }

    /// The room for new tokens could not be made; the authorization server was not asked.
    package mutating func notPrepared(_ failure: TransportFailure, at now: Double) -> Step { end(failure, at: now) }

    /// The authorization server answered.
    package mutating func answered(_ answer: TokenAnswer, at now: Double) -> Step {
        guard case .renewing(let asked) = state else { preconditionFailure("an answer in the state \(state)") }
        switch answer {
        case .granted(let grant):
            let new = OAuthTokens(grant, client: client, replacing: tokens, now: askedAt)
            guard new.memberID == tokens.memberID || tokens.memberID.isEmpty else {
                return lose(
                    TransportFailure(
                        .accessLost,
                        detail:
                            "the authorization server issued tokens of another portal, \(new.endpoint.origin.host); "
                            + "run: cdr24 login"))
            }
            unsaved = (new, tokens.refresh)
            return .save(new)
        case .lost(let failure):
            // The old refresh token may still be good, if the new one was never seen: one more try.
            return asked < 2 ? ask(tokens.refresh, at: now) : end(failure, at: now)
        case .unavailable(let failure): return end(failure, at: now)
        case .refused(let refusal):
            let isLate = asked > 1 && refusal.code == "invalid_grant"
            return lose(TransportFailure(.accessLost, detail: isLate ? Self.lateRefusal : refusal.sentence))
        }
    }

    /// The new tokens are in the file, safe from a crash.
    package mutating func saved() -> Step {
        guard let unsaved else { preconditionFailure("nothing was to be saved") }
        tokens = unsaved.tokens
        isRefused = false
        self.unsaved = nil
        return finish()
    }

    /// The new tokens are not in the file. They are not used; the next renewal tries to save them again.
    package mutating func notSaved(_ failure: TransportFailure, at now: Double) -> Step { end(failure, at: now) }

    private mutating func ask(_ refresh: Secret, at now: Double) -> Step {
        guard case .renewing(let asked) = state else { preconditionFailure("a question in the state \(state)") }
        state = .renewing(asked: asked + 1)
        askedAt = now
        return .ask(refresh)
    }

    private mutating func finish() -> Step {
        state = .holding
        retryAt = -.infinity
        isMoved = false
        return .over(.success(tokens))
    }

    /// Gives up for now: the present token is used as long as it lives.
    private mutating func end(_ failure: TransportFailure, at now: Double) -> Step {
        state = .holding
        if isMoved {
            (isMoved, movedFrom) = (false, nil)
            return .over(.failure(failure))
        }
        guard !isRefused, now < tokens.expiresAt else { return .over(.failure(failure)) }
        retryAt = now + Self.patience
        return .over(.success(tokens))
    }

    private mutating func lose(_ failure: TransportFailure) -> Step {
        state = .lost(failure)
        return .over(.failure(failure))
    }
}
