// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PortalSimulator

@Suite struct AuditTests {
    @Test func countsWhatHappened() async throws {
        let test = try TestPortal()
        await test.wholeCall(["EXTERNAL_CALL_ID": "a"])
        await test.wholeCall(["EXTERNAL_CALL_ID": "a"])
        await test.register(["EXTERNAL_CALL_ID": "a"])
        await test.register(["EXTERNAL_CALL_ID": "b"])
        _ = await test.batch(["a": "scope", "b": "no.such", "c": "scope"])
        let audit = await test.audit
        #expect(audit["checks"]["finishedTwice"] == .list(["a"]))
        #expect(audit["checks"]["finishedTwiceByCallID"] == .empty)
        #expect(audit["checks"]["orphans"] == 2)
        #expect(audit["checks"]["harmlessOrphans"] == 1)
        #expect(audit["counters"]["requests"] == 7)
        #expect(audit["counters"]["commands"] == 10)
        #expect(audit["counters"]["largestBatch"] == 3)
        #expect(audit["counters"]["failedCommands"] == 1)
        #expect(audit["counters"]["registers"] == 4)
        #expect(audit["methods"]["telephony.externalcall.register"] == 4)
        #expect(audit["methods"]["no.such"] == 1)
        #expect(audit["statistics"].count == 2)
        #expect(audit["requestLogLines"] == 21)
    }

    @Test func isOneJSONTextWithTheNamesThatOthersReadBy() async throws {
        let test = try TestPortal()
        await test.wholeCall(["EXTERNAL_CALL_ID": "a"])
        let data = Data(await test.portal.audit().utf8)
        let audit = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(
            Set(audit.keys).isSuperset(of: ["statistics", "liveCalls", "counters", "checks", "methods", "events"]))
        let row = try #require((audit["statistics"] as? [[String: Any]])?.first)
        #expect(row["ID"] as? Int == 1)
        #expect(row["CALL_DURATION"] as? Int == 5)
        #expect(row["CALL_START_UTC"] as? Int == 1_772_349_630)
        #expect(row["EXTERNAL_CALL_ID"] as? String == "a")
        let short = await test.portal.audit(events: false)
        #expect(!short.contains("\"events\""))
        let counts = await test.portal.audit(rows: false)
        #expect(counts.hasPrefix("{\"counters\":") && !counts.contains("\"statistics\""))
    }

    @Test func resetForgetsCallsAndCountsAndKeepsUsers() async throws {
        let test = try TestPortal()
        _ = await test.portal.control(#"{"addUser":{"id":30,"inner":"130","name":"New One"},"dismiss":7}"#)
        await test.wholeCall(["USER_ID": 8], ["USER_ID": 8])
        await test.portal.reset()
        #expect(await test.audit["statistics"].count == 0)
        #expect(await test.counter("requests") == 0)
        #expect(await test.register(["USER_ID": 7]).description == "User is not found or is not active")
        #expect(await test.register(["USER_ID": 30]).status == 200)
        #expect(await test.wholeCall(["USER_ID": 8]).result["ID"] == .null)
        #expect(await test.wholeCall(["USER_ID": 8], ["USER_ID": 8]).result["ID"] == 1)
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"nope\":1}", "{\"dismiss\":999}", "{\"fault\":\"x\"}",
        "{\"rights\":{\"user\":1,\"statistics\":\"all\"}}",
        "{\"addUser\":{\"inner\":\"1\"}}", "{\"addEntity\":{\"type\":\"CAT\"}}",
    ])
    func ordersThatMakeNoSenseAreRefused(_ order: String) async throws {
        let answer = try await TestPortal().portal.control(order)
        #expect(answer.hasPrefix("{\"ok\":false,\"error\":"))
    }

    @Test func ordersAreCarriedOut() async throws {
        let test = try TestPortal()
        func order(_ text: String) async { #expect(await test.portal.control(text).hasPrefix("{\"ok\":true")) }
        await order(#"{"dismiss":7}"#)
        #expect(await test.register().description == "User is not found or is not active")
        await order(#"{"restoreUser":7,"nextFault":"drop-after"}"#)
        #expect(await test.register().reply.delivery == .dropped)
        await order(#"{"faultRate":"unavailable=1"}"#)
        #expect(await test.register().status == 502)
        await order(#"{"clearFaults":true,"secret":"other"}"#)
        #expect(await test.register().error == "INVALID_CREDENTIALS")
        await order(#"{"secret":"secret","overloaded":true}"#)
        #expect(await test.register().error == "OVERLOAD_LIMIT")
        await order(#"{"overloaded":false,"statisticsDelay":5,"statisticsRights":"own","expireTokens":true}"#)
        #expect(await test.register().status == 200)
    }

    @Test func costsAreChangedWhileThePortalRuns() async throws {
        var options = PortalOptions()
        options.costs = CostPreset.documented.table
        let clock = ManualClock()
        let portal = try SimulatedPortal(options: options, clock: clock)
        func seconds() async -> Double {
            let start = clock.now()
            _ = await portal.handle(.json("/rest/1/secret/voximplant.statistic.get", "{}"))
            return clock.now() - start
        }
        #expect(abs(await seconds() - 0.6) < 0.001)
        #expect(await portal.control(#"{"costFactor":3}"#).hasPrefix(#"{"ok":true"#))
        #expect(abs(await seconds() - 1.8) < 0.001)
        #expect(await portal.control(#"{"costFactor":0}"#).hasPrefix(#"{"ok":false"#))
    }

    @Test func theRequestLogTellsEveryStep() async throws {
        let path = NSTemporaryDirectory() + "sim-log-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let portal = try SimulatedPortal(clock: ManualClock(), requestLog: path)
        _ = await portal.handle(.json("/rest/1/secret/batch", "{\"cmd\":{\"a\":\"scope\",\"b\":\"scope?x=1\"}}"))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let values = lines.compactMap { JSONReader.read(Array($0.utf8)) }
        #expect(values.map { $0["event"] } == ["arrived", "executed", "replied"])
        #expect(values[0]["commands"] == ["scope": 2])
        #expect(values[1]["status"] == 200)
    }
}

@Suite struct StateFileTests {
    /// A path that is removed when the test is over.
    static func withFile(_ body: (String) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "sim-state-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    @Test func everythingIsThereAfterASuddenEnd() async throws {
        try await Self.withFile { path in
            let test = try TestPortal(stateFile: path)
            _ = await test.portal.control(
                #"{"addEntity":{"type":"CONTACT","id":5,"phones":["+12025550101"]},"dismiss":9}"#)
            await test.wholeCall(["EXTERNAL_CALL_ID": "a", "LINE_NUMBER": "t1"], ["STATUS_CODE": "304"])
            let live = await test.register(["EXTERNAL_CALL_ID": "b"]).result["CALL_ID"]
            let before = await test.portal.auditValue(events: true)
            // Nothing is closed: the second portal reads what the first had written when it answered.
            let again = try TestPortal(stateFile: path)
            let after = await again.portal.auditValue(events: true)
            for part in [
                "statistics", "liveCalls", "counters", "checks", "missedCalls", "activities", "entities", "lines",
            ] {
                #expect(after[part] == before[part], "\(part)")
            }
            #expect(after["users"] == before["users"])
            #expect(await again.finish(live).result["ID"] == 2)
        }
    }

    @Test func aHalfWrittenLastLineIsDropped() async throws {
        try await Self.withFile { path in
            let test = try TestPortal(stateFile: path)
            await test.wholeCall(["EXTERNAL_CALL_ID": "a"])
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("{\"row\":{\"_0\":{\"id\":2,".utf8))
            try handle.close()
            #expect(await (try TestPortal(stateFile: path)).audit["statistics"].count == 1)
        }
    }

    @Test func aResetIsRemembered() async throws {
        try await Self.withFile { path in
            let test = try TestPortal(stateFile: path)
            await test.wholeCall()
            await test.portal.reset()
            await test.wholeCall(["EXTERNAL_CALL_ID": "after"])
            let again = try TestPortal(stateFile: path)
            #expect(await again.audit["statistics"].list.map { $0["EXTERNAL_CALL_ID"] } == ["after"])
        }
    }

    @Test func aPathThatCannotBeWrittenIsToldAtOnce() {
        #expect(throws: (any Error).self) { try TestPortal(stateFile: "/nowhere/at/all") }
    }
}
