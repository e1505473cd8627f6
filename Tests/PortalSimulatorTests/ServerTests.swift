// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PortalSimulator

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Serves a portal on a free port of this machine for as long as the body runs.
func withServer(
    _ options: PortalOptions = PortalOptions(), _ body: @escaping @Sendable (SimulatedPortal, URL) async throws -> Void
) async throws {
    let portal = try SimulatedPortal(options: options)
    let (ports, ready) = AsyncStream<Int>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await PortalServer(portal: portal).run { port in
                ready.yield(port)
                ready.finish()
            }
        }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await body(portal, try #require(URL(string: "http://127.0.0.1:\(port)/")))
        group.cancelAll()
    }
}

@Suite(.serialized) struct ServerTests {
    static func post(_ url: URL, _ path: String, _ json: String) async throws -> (Int, String) {
        var request = URLRequest(url: url.appendingPathComponent(path))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(json.utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    static func get(_ url: URL, _ path: String) async throws -> String {
        String(decoding: try await URLSession.shared.data(from: url.appendingPathComponent(path)).0, as: UTF8.self)
    }

    static let register = #"{"USER_ID":7,"PHONE_NUMBER":"+12025550101","TYPE":2,"SHOW":0}"#
    static let method = "rest/1/secret/telephony.externalCall.register.json"

    @Test func answersOverHTTP() async throws {
        try await withServer { _, url in
            let (status, text) = try await Self.post(url, Self.method, Self.register)
            #expect(status == 200)
            #expect(text.hasPrefix(#"{"result":{"CALL_ID":"externalCall."#))
            func page(_ path: String, _ part: String) async throws {
                let text = try await Self.get(url, path)
                #expect(text.contains(part))
            }
            func order(_ path: String, _ body: String, _ expected: Int) async throws {
                let (status, _) = try await Self.post(url, path, body)
                #expect(status == expected)
            }
            try await page("audit", #""registers":1"#)
            try await page("", "<!doctype html>")
            try await page("recent", #""liveTotal":1"#)
            try await page("control", "addUser")
            try await order("control", #"{"dismiss":7}"#, 200)
            try await order("control", "?", 400)
            try await order("audit/reset", "", 200)
            // Only REST requests are counted.
            try await page("audit", #""requests":0"#)
            try await order("elsewhere", "", 404)
        }
    }

    @Test(arguments: ["drop-before", "drop-after", "truncate", "restart", "kill=0"])
    func closedConnectionsAreSeenAsSuch(_ fault: String) async throws {
        try await withServer { portal, url in
            _ = await portal.control("{\"nextFault\":\"\(fault)\"}")
            let body = fault == "kill=0" ? #"{"cmd":["scope"]}"# : Self.register
            let path = fault == "kill=0" ? "rest/1/secret/batch" : Self.method
            await #expect(throws: URLError.self) { try await Self.post(url, path, body) }
            let (status, _) = try await Self.post(url, Self.method, Self.register)
            #expect(status == 200)
        }
    }

    @Test func workGoesOnWhenTheClientHangsUp() async throws {
        var options = PortalOptions()
        options.costs["telephony.externalcall.register"] = MethodCost(latency: 1, operating: 0)
        try await withServer(options) { portal, url in
            var request = URLRequest(url: url.appendingPathComponent(Self.method))
            request.httpMethod = "POST"
            request.httpBody = Data("USER_ID=7&PHONE_NUMBER=1&TYPE=2&SHOW=0".utf8)
            let impatient = URLSession.shared.dataTask(with: request)
            impatient.resume()
            while await portal.auditValue(events: false)["inFlight"] == 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            impatient.cancel()
            #expect(await portal.auditValue(events: false)["counters"]["registers"] == 0)
            let start = ContinuousClock.now
            while await portal.auditValue(events: false)["counters"]["registers"] == 0,
                ContinuousClock.now - start < .seconds(60)
            {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(await portal.auditValue(events: false)["counters"]["registers"] == 1)
        }
    }

    @Test func redirectsPointToTheOtherNameOfTheSamePort() async throws {
        try await withServer { portal, url in
            _ = await portal.control(#"{"nextFault":"redirect"}"#)
            // The client follows, and as many do it turns the POST into a GET without a body.
            let (status, text) = try await Self.post(url, Self.method, Self.register)
            #expect(status == 400)
            #expect(text.contains("USER_ID or USER_PHONE_INNER should be set"))
        }
    }
}
