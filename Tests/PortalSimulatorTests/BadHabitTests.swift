// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

/// What no portal should do, and what an importer has to stand.
@Suite struct BadHabitTests {
    @Test func statisticsShowLessThanThereIs() async throws {
        let test = try await StatisticsTests.portal(3)
        let both: PortalValue = ["EXTERNAL_CALL_ID": .list(["c3", "c2"])]
        #expect(StatisticsTests.ids(await test.rows(both)) == ["c2", "c3"])
        _ = await test.portal.control(#"{"statisticsView": "first-value"}"#)
        #expect(StatisticsTests.ids(await test.rows(both)) == ["c3"])
        _ = await test.portal.control(#"{"statisticsView": "empty"}"#)
        let empty = await test.rows(both)
        #expect(empty.status == 200 && StatisticsTests.ids(empty).isEmpty)
        _ = await test.portal.control(#"{"statisticsView": "endless"}"#)
        #expect(await test.rows(both)["next"] == 2)
        _ = await test.portal.control(#"{"statisticsView": "failing"}"#)
        #expect(await test.rows(both).error == "INTERNAL_SERVER_ERROR")
    }

    @Test func registersAreAnsweredWithoutTheirCallID() async throws {
        for (answer, isMissing) in [("false", false), ("without-id", false), ("missing", true)] {
            let test = try TestPortal { $0.registerAnswer = PortalOptions.RegisterAnswer(rawValue: answer) ?? .whole }
            let batch = await test.batch([
                "r": .string("telephony.externalCall.register?USER_ID=7&TYPE=2&PHONE_NUMBER=55")
            ])
            #expect(await test.counter("registers") == 1)
            #expect(batch.result["result"]["r"]["CALL_ID"] == .null)
            #expect(batch.result["result"].names.isEmpty == isMissing, "\(answer)")
        }
    }

    @Test(arguments: [("odd-error-before", 0), ("odd-error-after", 1)])
    func finishesFailInWordsOfTheirOwn(_ fault: String, _ rows: Int) async throws {
        let test = try TestPortal {
            $0.faults.scripted = [FaultPlan.Scripted(text: fault + "@finish:1")].compactMap(\.self)
        }
        let call = await test.register().result["CALL_ID"]
        #expect(await test.finish(call).description == RESTFailure.odd.description)
        #expect(await test.counter("finishes") == rows)
        // The call is still there.
        #expect(await test.finish(call).status == 200)
    }
}
