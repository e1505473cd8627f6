// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PortalSimulator

/// Public clients, as they come from the package index, against the simulated portal.
@Suite(.serialized) struct PeerTests {
    static func python() throws -> URL {
        let venv =
            ProcessInfo.processInfo.environment["CDR24_PEERS_VENV"]
            ?? PackageFolder.url.appendingPathComponent(".build/peers").path
        let python = URL(fileURLWithPath: venv).appendingPathComponent("bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "the public clients are not installed in \(venv): run scripts/peer-venv")
        return python
    }

    static func run(_ script: String, _ arguments: [String]) async throws -> PortalValue {
        let path = PackageFolder.url.appendingPathComponent("Tests/PortalSimulatorTests/Peers/\(script)")
        let outcome = try await ChildProcess.run(python(), [path.path] + arguments)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let line = outcome.output.split(separator: UInt8(ascii: "\n")).last ?? Data()
        return try #require(JSONReader.read(Array(line)))
    }

    @Test func fastBitrix24AgreesWithTheAudit() async throws {
        try await withServer { portal, url in
            let report = try await Self.run("fast_bitrix24_client.py", ["\(url)rest/1/secret/"])
            let audit = await portal.auditValue(events: false)
            #expect(report["pair"]["EXTERNAL_CALL_ID"] == "fast-pair")
            #expect(audit["statistics"].count == 71)
            #expect(audit["checks"]["finishedTwice"] == .empty)
            #expect(audit["checks"]["orphans"] == 0)
            #expect(audit["checks"]["quiet"] == true)
            Self.compare(report["statistics"], with: audit["statistics"])
            let ids = Dictionary(
                uniqueKeysWithValues: audit["statistics"].list.map { ($0["EXTERNAL_CALL_ID"].asText, $0["ID"]) })
            #expect(report["finished"].count == 70)
            for name in report["finished"].names { #expect(report["finished"][name] == ids[name]) }
            #expect(report["users"].list.map { $0["ID"].asInt }.sorted() == Array(1...20))
        }
    }

    /// The whole life of an application's access: the page, the code, a call, an expiry in the middle, refusals.
    @Test func b24pysdkAgreesWithApplicationsAndTheirTokens() async throws {
        try await withServer { portal, url in
            let report = try await Self.run("b24pysdk_oauth.py", ["127.0.0.1:\(url.port ?? 0)"])
            let audit = await portal.auditValue(events: false)
            #expect(report["redirect"].asText.hasPrefix("http://127.0.0.1:8025/?code=code-1&state=my+state%3F"))
            #expect(report["first"]["access"] == "access-2")
            #expect(report["first"]["portal"] == "127.0.0.1")
            #expect(report["first"]["user"] == 7)
            #expect(report["profile"] == "7")
            #expect(report["second"]["access"] == "access-3")
            #expect(report["code"] == "local.app")
            #expect(
                report["refusals"] == [
                    "used code": "BitrixOAuthInvalidGrant", "used refresh token": "BitrixOAuthInvalidGrant",
                    "wrong secret": "BitrixOAuthInvalidClient", "wrong client": "BitrixOauthWrongClient",
                    "webhook": "BitrixAPIWrongAuthType",
                ])
            #expect(audit["statistics"].list.map { $0["REST_APP_NAME"].asText } == ["Local application"])
            #expect(audit["counters"]["tokensIssued"] == 2)
            #expect(audit["counters"]["tokenRefusals"] == 4)
        }
    }

    @Test func b24pysdkAgreesWithTheAudit() async throws {
        try await withServer { portal, url in
            let report = try await Self.run("b24pysdk_client.py", ["127.0.0.1:\(url.port ?? 0)", "1/secret"])
            let audit = await portal.auditValue(events: false)
            #expect(report["finish"]["EXTERNAL_CALL_ID"] == "sdk-single")
            #expect(report["results"] == 120)
            #expect(report["errors"].names == ["bad"])
            #expect(report["errors"]["bad"]["error_description"].asText.hasPrefix("Call is not found"))
            #expect(audit["statistics"].count == 61)
            #expect(audit["counters"]["largestBatch"] == 50)
            Self.compare(report["statistics"], with: audit["statistics"])
            #expect(report["users"].list.map { $0["ID"].asInt }.sorted() == Array(1...20))
        }
    }

    /// Every row that a client has read is the audit's, and none is missing.
    static func compare(_ read: PortalValue, with held: PortalValue) {
        let rows = read.list.sorted { $0["ID"].asInt < $1["ID"].asInt }
        #expect(rows.map { $0["ID"].asInt } == held.list.map { $0["ID"].asInt })
        for (row, truth) in zip(rows, held.list) {
            for field in [
                "CALL_ID", "EXTERNAL_CALL_ID", "PHONE_NUMBER", "CALL_DURATION", "PORTAL_USER_ID", "CALL_TYPE",
            ] {
                #expect(row[field].asText == truth[field].asText)
            }
        }
    }

    /// Register 400 calls, then finish them: at a portal's costs some 175 of them never arrive, more on a busy machine.
    ///
    /// Eight batches of fifty finishes take 115 s each and are cut at 60; the client sends them again, meets the calls
    /// that were finished, gets the limiter's refusals besides, and gives up.
    @Test func aPlainScriptLosesCallsToTheCapAndTheLimiter() async throws {
        var options = PortalOptions()
        options.costs = CostPreset.documented.table
        options.operatingMode = .b
        options.rateLimited = true
        options.timeScale = 50
        try await withServer(options) { portal, url in
            let report = try await Self.run("two_passes.py", ["\(url)rest/1/secret/", "400"])
            while await portal.auditValue(events: false)["inFlight"] != 0 {
                try await Task.sleep(for: .milliseconds(50))
            }
            let audit = await portal.auditValue(events: false)
            #expect(report["registered"] == 400)
            #expect(report["stopped"] != .null)
            // A batch of registers takes 56 of the 60 s: on a busy machine one may be cut and sent again.
            #expect(audit["counters"]["registers"].asInt >= 400)
            #expect(audit["counters"]["overCap"].asInt >= 4)
            let arrived = Set(audit["statistics"].list.map { $0["EXTERNAL_CALL_ID"].asText })
            let lost = 400 - arrived.count
            #expect(lost >= 150, "\(lost) of 400 calls are lost")
            #expect(audit["counters"]["operatingLimited"].asInt > 0)
        }
    }

    /// How many a minute it carries out is measured by `bench/portal`.
    @Test func everyCommandOfManyFullBatchesIsCarriedOut() async throws {
        try await withServer { portal, url in
            let report = try await Self.run("load.py", ["\(url)rest/1/secret/", "100"])
            #expect(report["failures"] == 0)
            #expect(await portal.auditValue(events: false)["statistics"].count == 2500)
        }
    }
}
