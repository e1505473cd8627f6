// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
import Synchronization

@testable import Bitrix24Transport

/// The application and the tokens of these tests; each secret has a word in it that no message may contain.
enum OAuthSample {
    static let planted = "pl4nted"
    static let client = client()

    static func client(portal: String = "company.test", server: String = "oauth.test") -> OAuthClient {
        guard let portal = try? HTTPOrigin(portal), let server = try? HTTPOrigin(server) else {
            preconditionFailure("the samples are addresses")
        }
        return OAuthClient(
            portal: portal, clientID: "local.abc", clientSecret: Secret("secret-\(planted)"), server: server)
    }

    static func grant(_ number: Int, lifetime: Double = 3_600, portal: String? = nil, member: String? = "m1")
        -> TokenGrant
    {
        var grant = TokenGrant(
            access: Secret("access-\(planted)-\(number)"), refresh: Secret("refresh-\(planted)-\(number)"),
            lifetime: lifetime)
        grant.endpoint = portal.flatMap { RESTEndpoint("https://\($0)/rest/") }
        grant.memberID = member
        grant.userID = 7
        grant.scopes = ["telephony", "user"]
        return grant
    }

    /// The n-th pair, got at a time.
    static func tokens(_ number: Int, at time: Double = 0, lifetime: Double = 3_600) -> OAuthTokens {
        OAuthTokens(
            grant(number, lifetime: lifetime, portal: "company.test"), client: client, replacing: nil, now: time)
    }

    static func access(_ number: Int) -> Secret { Secret("access-\(planted)-\(number)") }
    static func refresh(_ number: Int) -> Secret { Secret("refresh-\(planted)-\(number)") }

    /// Everything that ways of printing make of a value.
    static func printed(_ value: some Any) -> String {
        var text = "\(value)" + String(reflecting: value)
        dump(value, to: &text)
        return text
    }
}

/// A clock that stands until it is moved; whoever sleeps moves it.
final class HandClock: Sendable {
    private let seconds: Mutex<Double>

    init(_ seconds: Double = 0) { self.seconds = Mutex(seconds) }

    var now: Double {
        get { seconds.withLock { $0 } }
        set { seconds.withLock { $0 = newValue } }
    }

    var source: TimeSource {
        TimeSource(
            monotonic: { .seconds(self.now) }, wall: { self.now },
            sleep: { until in
                self.seconds.withLock {
                    $0 = max($0, Double(until.components.seconds) + Double(until.components.attoseconds) * 1e-18)
                }
                await Task.yield()
            })
    }
}
