// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

@testable import Bitrix24Transport

/// Event by event: when tokens are used, renewed, and given up.
@Suite struct TokenKeeperTests {
    private typealias Sample = OAuthSample

    private func keeper(lifetime: Double = 3_600) -> TokenKeeper {
        TokenKeeper(client: Sample.client, tokens: Sample.tokens(1, lifetime: lifetime))
    }

    private static let gone = TransportFailure(.authorizationServer, detail: "oauth.test: HTTP 503")

    // MARK: When

    @Test(arguments: [
        (3_600.0, 0.0, false), (3_600, 3_539, false), (3_600, 3_540, true), (3_600, 3_600, true), (3_600, 9_999, true),
        (20, 17, false), (20, 18, true), (600, 539, false), (600, 540, true), (86_400, 86_339, false),
        (86_400, 86_340, true),
    ])
    func `tokens are renewed a minute before their end, or a tenth of a short life`(
        _ lifetime: Double, _ now: Double, _ isRenewed: Bool
    ) {
        var keeper = keeper(lifetime: lifetime)
        let action = keeper.request(at: now)
        #expect(action == (isRenewed ? .renew : .send(Sample.tokens(1, lifetime: lifetime))))
    }

    @Test func `a clock that was set back renews nothing`() {
        var keeper = keeper()
        #expect(keeper.request(at: -100_000) == .send(Sample.tokens(1)))
    }

    @Test func `the portal's word counts, whatever the clock says`() {
        var keeper = keeper()
        #expect(keeper.refused(Sample.access(1), at: 10) == .renew)
        #expect(keeper.request(at: 10) == .wait)
        #expect(keeper.refused(Sample.access(1), at: 10) == .wait)
        #expect(keeper.moved(from: Sample.tokens(1).endpoint, at: 10) == .wait)
    }

    @Test func `a refusal of tokens that were replaced meanwhile is answered with the new ones`() {
        var keeper = keeper()
        #expect(keeper.refused(Sample.access(1), at: 10) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 10) == .ask(Sample.refresh(1)))
        #expect(keeper.answered(.granted(Sample.grant(2)), at: 11) == .save(renewed(2, askedAt: 10)))
        #expect(keeper.saved() == .over(.success(renewed(2, askedAt: 10))))
        #expect(keeper.refused(Sample.access(1), at: 12) == .send(renewed(2, askedAt: 10)))
        #expect(keeper.request(at: 12) == .send(renewed(2, askedAt: 10)))
    }

    private func renewed(_ number: Int, askedAt time: Double) -> OAuthTokens {
        OAuthTokens(Sample.grant(number), client: Sample.client, replacing: Sample.tokens(1), now: time)
    }

    // MARK: Other processes

    @Test func `tokens that another process has renewed are used without asking`() {
        var keeper = keeper()
        #expect(keeper.refused(Sample.access(1), at: 10) == .renew)
        #expect(keeper.stored(Sample.tokens(2, at: 9), at: 10) == .over(.success(Sample.tokens(2, at: 9))))
        #expect(keeper.request(at: 10) == .send(Sample.tokens(2, at: 9)))
    }

    @Test func `tokens of another process that are old too are renewed by what it left`() {
        var keeper = keeper()
        #expect(keeper.request(at: 9_000) == .renew)
        #expect(keeper.stored(Sample.tokens(2, at: 4_000), at: 9_000) == .ask(Sample.refresh(2)))
    }

    @Test func `a lock that cannot be had is a fault for now`() {
        var keeper = keeper()
        #expect(keeper.refused(Sample.access(1), at: 10) == .renew)
        #expect(keeper.lockFailed(Self.gone, at: 20) == .over(.failure(Self.gone)))
        #expect(keeper.request(at: 21) == .renew)
    }

    @Test func `a file that is gone, or another application's, needs a person`() {
        var other = Sample.tokens(2)
        other.clientID = "local.other"
        for found in [nil, other] {
            var keeper = keeper()
            #expect(keeper.request(at: 5_000) == .renew)
            guard case .over(.failure(let failure)) = keeper.stored(found, at: 5_000) else {
                Issue.record("not given up")
                continue
            }
            #expect(failure.kind == .accessLost)
            #expect(failure.detail.contains("cdr24 login"))
            #expect(keeper.request(at: 6_000) == .fail(failure))
        }
    }

    // MARK: Answers

    private func asked(at now: Double = 5_000) -> TokenKeeper {
        var keeper = keeper()
        #expect(keeper.request(at: now) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: now) == .ask(Sample.refresh(1)))
        return keeper
    }

    @Test func `a lost answer is followed by one more try with the same token`() {
        var keeper = asked()
        let lost = TransportFailure(.authorizationServer, detail: "lost")
        #expect(keeper.answered(.lost(lost), at: 5_001) == .ask(Sample.refresh(1)))
        #expect(keeper.answered(.granted(Sample.grant(3)), at: 5_002) == .save(renewed(3, askedAt: 5_001)))
        #expect(keeper.saved() == .over(.success(renewed(3, askedAt: 5_001))))
    }

    @Test func `two lost answers are a fault for now, and the token is tried again later`() {
        var keeper = asked()
        let lost = TransportFailure(.authorizationServer, detail: "lost")
        #expect(keeper.answered(.lost(lost), at: 5_001) == .ask(Sample.refresh(1)))
        #expect(keeper.answered(.lost(lost), at: 5_002) == .over(.failure(lost)))
        #expect(keeper.request(at: 5_003) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 5_003) == .ask(Sample.refresh(1)))
    }

    @Test func `a server that is not there is not asked twice`() {
        var keeper = asked()
        #expect(keeper.answered(.unavailable(Self.gone), at: 5_001) == .over(.failure(Self.gone)))
        #expect(keeper.request(at: 5_002) == .renew)
    }

    @Test func `tokens that still live are used while the server is not there, and it is asked again later`() {
        var keeper = keeper()
        #expect(keeper.request(at: 3_550) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 3_550) == .ask(Sample.refresh(1)))
        #expect(keeper.answered(.unavailable(Self.gone), at: 3_551) == .over(.success(Sample.tokens(1))))
        #expect(keeper.request(at: 3_552) == .send(Sample.tokens(1)))
        #expect(keeper.request(at: 3_566) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 3_566) == .ask(Sample.refresh(1)))
        #expect(keeper.answered(.unavailable(Self.gone), at: 3_600) == .over(.failure(Self.gone)))
    }

    @Test(arguments: ["invalid_grant", "INVALID_CLIENT", "wrong_client", "NOT_INSTALLED", "invalid_scope", "", "oops"])
    func `a refusal is final, and leads to a person`(_ code: String) {
        var keeper = asked()
        guard case .over(.failure(let failure)) = keeper.answered(.refused(.init(code: code)), at: 5_001) else {
            Issue.record("not given up")
            return
        }
        #expect(failure.kind == .accessLost)
        #expect(failure.detail.contains("run: cdr24 login") || failure.detail.contains("again: cdr24 login"))
        #expect(failure.detail.lowercased().contains(code.lowercased()))
        #expect(keeper.request(at: 5_002) == .fail(failure))
        #expect(keeper.refused(Sample.access(1), at: 5_002) == .fail(failure))
        #expect(keeper.moved(from: Sample.tokens(1).endpoint, at: 5_002) == .fail(failure))
    }

    @Test func `a refusal after a lost answer says so`() {
        var keeper = asked()
        _ = keeper.answered(.lost(Self.gone), at: 5_001)
        guard case .over(.failure(let failure)) = keeper.answered(.refused(.init(code: "invalid_grant")), at: 5_002)
        else {
            Issue.record("not given up")
            return
        }
        #expect(failure.detail.contains("was lost"))
    }

    @Test func `tokens of another portal are never used`() {
        var keeper = asked()
        guard case .over(.failure(let failure)) = keeper.answered(.granted(Sample.grant(2, member: "m2")), at: 5_001)
        else {
            Issue.record("not given up")
            return
        }
        #expect(failure.kind == .accessLost)
    }

    @Test func `what an answer leaves out stays as it was`() {
        var keeper = asked()
        let bare = TokenGrant(access: Sample.access(2), refresh: Sample.refresh(2), lifetime: 60)
        guard case .save(let new) = keeper.answered(.granted(bare), at: 5_001) else {
            Issue.record("not granted")
            return
        }
        #expect(new.memberID == "m1")
        #expect(new.endpoint == Sample.tokens(1).endpoint)
        #expect(new.userID == 7)
        #expect(new.scopes == ["telephony", "user"])
        #expect(new.expiresAt == 5_060)
    }

    // MARK: The disk

    @Test func `without room for new tokens the server is not asked`() {
        let full = TransportFailure(.tokensNotSaved, detail: "full")
        var keeper = asked()
        #expect(keeper.notPrepared(full, at: 5_000) == .over(.failure(full)))
        #expect(keeper.request(at: 5_001) == .renew)
    }

    @Test func `tokens that could not be saved are not used, and saved later without asking again`() {
        let full = TransportFailure(.tokensNotSaved, detail: "full")
        var keeper = asked()
        #expect(keeper.answered(.granted(Sample.grant(2)), at: 5_001) == .save(renewed(2, askedAt: 5_000)))
        #expect(keeper.notSaved(full, at: 5_001) == .over(.failure(full)))
        #expect(keeper.request(at: 5_002) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 5_002) == .save(renewed(2, askedAt: 5_000)))
        #expect(keeper.saved() == .over(.success(renewed(2, askedAt: 5_000))))
    }

    // MARK: A renamed portal

    @Test func `a portal that moved is looked up once at the authorization server`() {
        var keeper = keeper()
        let old = Sample.tokens(1).endpoint
        #expect(keeper.moved(from: old, at: 10) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 10) == .ask(Sample.refresh(1)))
        guard case .save(let new) = keeper.answered(.granted(Sample.grant(2, portal: "new.test")), at: 11) else {
            Issue.record("not granted")
            return
        }
        #expect(new.endpoint.text == "https://new.test/rest/")
        #expect(new.portal == "company.test")
        #expect(keeper.saved() == .over(.success(new)))
        // A second request that met the old address meanwhile goes to the new one.
        #expect(keeper.moved(from: old, at: 12) == .send(new))
    }

    @Test func `a redirect to an address that the authorization server does not know is not followed`() {
        var keeper = keeper()
        let old = Sample.tokens(1).endpoint
        #expect(keeper.moved(from: old, at: 10) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 10) == .ask(Sample.refresh(1)))
        _ = keeper.answered(.granted(Sample.grant(2, portal: "company.test")), at: 11)
        guard case .over(.success(let same)) = keeper.saved() else {
            Issue.record("not saved")
            return
        }
        #expect(same.endpoint == old)
        #expect(keeper.moved(from: old, at: 12) == .send(same))
    }

    @Test func `a move is asked about again when the server was not there`() {
        var keeper = keeper()
        let old = Sample.tokens(1).endpoint
        #expect(keeper.moved(from: old, at: 10) == .renew)
        #expect(keeper.stored(Sample.tokens(1), at: 10) == .ask(Sample.refresh(1)))
        #expect(keeper.answered(.unavailable(Self.gone), at: 11) == .over(.failure(Self.gone)))
        #expect(keeper.moved(from: old, at: 12) == .renew)
    }
}
