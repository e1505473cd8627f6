// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct RateLimiterTests {
    @Test func fiftyFitAndTwoASecondDrain() async throws {
        let test = try TestPortal { $0.rateLimited = true }
        var statuses: [Int] = []
        for _ in 0..<55 { statuses.append(await test.call("scope").status) }
        // Read literally, a request is refused once more than fifty are in the bucket.
        #expect(statuses == Array(repeating: 200, count: 51) + Array(repeating: 503, count: 4))
        test.advance(0.9)
        #expect(await test.call("scope").status == 503)
        test.advance(0.1)
        #expect(await test.call("scope").status == 200)
        #expect(await test.call("scope").status == 200)
        #expect(await test.call("scope").refusal == "503 QUERY_LIMIT_EXCEEDED Too many requests")
        #expect(await test.counter("rateLimited") == 6)
    }

    @Test func aBatchCountsOnceAndARefusedOneDoesNothing() async throws {
        let test = try TestPortal {
            $0.rateLimited = true
            $0.rateDepth = 0
        }
        #expect(await test.batch(["a": .string(BatchTests.register)]).status == 200)
        #expect(await test.batch(["a": .string(BatchTests.register)]).status == 503)
        #expect(await test.counter("registers") == 1)
    }

    @Test func refusedRequestsCanBeMadeToCount() async throws {
        let test = try TestPortal {
            $0.rateLimited = true
            $0.rateDepth = 0
            $0.rateCountsRefused = true
        }
        for _ in 0..<5 { await test.call("scope") }
        test.advance(2)
        #expect(await test.call("scope").status == 503)
    }

    @Test func addressesAreCountedApart() async throws {
        let test = try TestPortal {
            $0.rateLimited = true
            $0.rateDepth = 0
        }
        #expect(await test.call("scope").status == 200)
        var other = PortalRequest.json("/rest/1/secret/scope", "{}")
        other.remote = "127.0.0.2"
        #expect(await test.send(other).status == 200)
        #expect(await test.send(other).status == 503)
    }

    @Test func scaledTimeDrainsFaster() async throws {
        let test = try TestPortal {
            $0.rateLimited = true
            $0.rateDepth = 0
            $0.timeScale = 100
        }
        #expect(await test.call("scope").status == 200)
        #expect(await test.call("scope").status == 503)
        test.advance(0.011)
        #expect(await test.call("scope").status == 200)
    }
}
