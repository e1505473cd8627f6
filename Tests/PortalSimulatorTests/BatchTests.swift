// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct BatchTests {
    static let register =
        "telephony.externalCall.register?USER_ID=7&PHONE_NUMBER=%2B12025550101&TYPE=2&SHOW=0"
        + "&CALL_START_DATE=2026-03-01T10%3A20%3A30%2B03%3A00&EXTERNAL_CALL_ID=x1"

    @Test(arguments: [PortalValue.null, .empty, "scope", 5])
    func withoutCommandsThereAreFiveEmptyLists(_ commands: PortalValue) async throws {
        let answer = try await TestPortal().call("batch", ["cmd": commands])
        #expect(
            JSONWriter.text(answer.result)
                == #"{"result":[],"result_error":[],"result_total":[],"result_next":[],"result_time":[]}"#)
    }

    @Test func aRegisterAndItsFinishInOneRequest() async throws {
        let test = try TestPortal()
        let answer = await test.batch([
            "r": .string(Self.register),
            "f": "telephony.externalCall.finish?CALL_ID=%24result%5Br%5D%5BCALL_ID%5D&USER_ID=7&DURATION=95",
        ])
        #expect(answer.status == 200)
        #expect(answer.result["result"]["f"]["EXTERNAL_CALL_ID"] == "x1")
        #expect(answer.result["result"]["f"]["PHONE_NUMBER"] == "+12025550101")
        #expect(answer.result["result_error"] == .empty)
        #expect(answer.result["result_time"].names == ["r", "f"])
    }

    @Test func aFailedCommandLeavesItsNeighboursAlone() async throws {
        let answer = try await TestPortal().batch([
            "a": "scope", "b": "telephony.externalCall.finish?USER_ID=7", "c": "scope",
        ])
        #expect(answer.status == 200)
        #expect(answer.result["result"].names == ["a", "c"])
        #expect(
            answer.result["result_error"]
                == ["b": ["error": "INVALID_ARGUMENT", "error_description": "CALL_ID must be a string"]])
        #expect(answer.result["result_time"].names == ["a", "c"])
    }

    @Test func keysThatCountAreAListUntilThereIsAGap() async throws {
        let test = try TestPortal()
        let list = await test.batch(.list(["server.time", "server.time"]))
        #expect(list.text.hasPrefix(#"{"result":{"result":["2026"#))
        let gap = await test.batch(.list(["server.time", "no.such", "server.time"]))
        #expect(gap.result["result"].names == ["0", "2"])
        #expect(gap.text.hasPrefix(#"{"result":{"result":{"0":"2026"#))
        #expect(gap.text.contains(#""result_error":{"1":{"error":"ERROR_METHOD_NOT_FOUND""#))
        let first = await test.batch(.list(["no.such", "server.time"]))
        #expect(first.text.contains(#""result_error":[{"error""#))
    }

    @Test func commandsThatAreNoTextAreSkippedAndStillCount() async throws {
        var commands = PortalMap()
        commands["object"] = ["method": "scope"]
        for index in 0..<51 { commands["k\(index)"] = "server.time" }
        let answer = try await TestPortal().batch(.map(commands))
        #expect(answer.result["result"].count == 49)
        #expect(answer.result["result_error"].names == ["k49", "k50"])
        #expect(
            answer.result["result_error"]["k50"]
                == ["error": "ERROR_BATCH_LENGTH_EXCEEDED", "error_description": "Max batch length exceeded"])
        #expect(answer.result["result"]["object"] == .null)
    }

    @Test(arguments: ["batch", "Batch?cmd[0]=scope", "upload", "download"])
    func someMethodsAreNotForBatches(_ command: String) async throws {
        let answer = try await TestPortal().batch(["a": .string(command)])
        #expect(answer.result["result_error"]["a"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED")
    }

    @Test(arguments: [(PortalValue.int(1), 1), (true, 1), ("1", 1), (0, 2), ("0", 2), (false, 2)])
    func haltStopsAfterTheFirstFailure(_ halt: PortalValue, _ executed: Int) async throws {
        let answer = try await TestPortal().batch(
            ["a": "scope", "b": "telephony.externalCall.finish?USER_ID=0", "c": "scope"], halt: halt)
        #expect(answer.result["result"].count == executed)
        #expect(answer.result["result_error"].names == ["b"])
    }

    @Test func listMethodsReportTotalsAndNextByKey() async throws {
        let test = try TestPortal { options in
            options.users = (1...60).map { PortalUser(id: $0, inner: "\($0)", name: "Person \($0)") }
        }
        let answer = await test.batch(["u": "user.get", "v": "user.get?start=50", "s": "scope"])
        #expect(answer.result["result_total"] == ["u": 60, "v": 60])
        #expect(answer.result["result_next"] == ["u": 50])
        #expect(answer.result["result"]["v"].count == 10)
    }

    @Test func anUnencodedPlusIsASpaceAndAHashCutsTheRest() async throws {
        let answer = try await TestPortal().batch([
            "plus":
                "telephony.externalCall.register?USER_ID=7&TYPE=2&SHOW=0&PHONE_NUMBER=1&CALL_START_DATE=2026-03-01T10:20:30+03:00",
            "hash": "telephony.externalCall.register?USER_ID=7&TYPE=2&SHOW=0#&PHONE_NUMBER=1",
        ])
        let errors = answer.result["result_error"]
        #expect(errors["plus"]["error_description"] == "CALL_START_DATE should be in the ISO-8601 format")
        #expect(errors["hash"]["error_description"] == "Unsupported phone number format")
    }

    @Test func aFormBodyCarriesItsCommandsEncodedTwice() async throws {
        let body =
            "halt=0&cmd%5Br%5D=telephony.externalCall.register%3FUSER_ID%3D7%26TYPE%3D2%26SHOW%3D0%26PHONE_NUMBER%3D%252B12025550101"
            + "%26CALL_START_DATE%3D2026-03-01T10%253A20%253A30%252B03%253A00"
            + "&cmd[f]=telephony.externalCall.finish?USER_ID=7%26CALL_ID=$result[r][CALL_ID]"
        let answer = try await TestPortal().send(PortalRequest(path: "/rest/1/secret/batch", body: Array(body.utf8)))
        #expect(answer.result["result"]["f"]["PHONE_NUMBER"] == "+12025550101")
    }

    @Test func theLastQuestionMarkBelongsToTheParameters() async throws {
        let answer = try await TestPortal().batch(["a": "user.get?FILTER[NAME]=who?"])
        #expect(answer.result["result"]["a"] == .empty)
        #expect(answer.result["result_total"] == .empty)
    }
}

@Suite struct ReferenceTests {
    let roots: [String: PortalMap] = [
        "result": ["r1": ["CALL_ID": "abc", "N": 5, "LIST": .list(["x", "y"])], "7": "seven"],
        "error": ["e": ["error_description": "bad"]], "total": ["u": 60], "next": ["u": 50], "time": [:],
    ]

    @Test(arguments: [
        ("$result[r1][CALL_ID]", PortalValue.string("abc")), ("$result[r1][N]", 5), ("$result[7]", "seven"),
        ("$result[r1][LIST]", .list(["x", "y"])), ("id $result[r1][CALL_ID]", "id abc"),
        ("$result[r1][CALL_ID] $result[r1][N]", "abc 5"), ("in $result[r1][LIST]", "in $result[r1][LIST]"),
        ("$total[u]", 60), ("$next[u]", 50), ("$error[e][error_description]", "bad"),
        ("$5 and $result", "$5 and $result"),
        ("$Result[r1][CALL_ID]", "$Result[r1][CALL_ID]"), ("$result[R1][N] x", "$result[R1][N] x"),
        ("$result[r1][CALL_ID]-tail", "abc-tail"),
    ])
    func referencesBecomeWhatTheyPointAt(_ text: String, _ expected: PortalValue) {
        let resolved = References.resolve(["v": .string(text)], from: roots)
        #expect(resolved["v"] == expected)
    }

    @Test func aPathThatLeadsNowhereStopsAtTheDeepestLevel() {
        let resolved = References.resolve(
            ["none": "$result[r9][CALL_ID]", "field": "$result[r1][NOPE]", "below": "$result[r1][CALL_ID][X]"],
            from: roots)
        #expect(resolved["none"] == .map(roots["result"] ?? [:]))
        #expect(resolved["field"] == roots["result"]?["r1"])
        #expect(resolved["below"] == "abc")
    }

    @Test func namesAndNestedValuesAreResolvedToo() {
        let resolved = References.resolve(["$result[7]": "a", "FILTER": ["ID": "$result[r1][N]"]], from: roots)
        #expect(resolved["seven"] == "a")
        #expect(resolved["FILTER"] == ["ID": 5])
    }

    @Test func aFailedRegisterMakesTheFinishFailSafe() async throws {
        let test = try TestPortal()
        let answer = await test.batch([
            "r": "telephony.externalCall.register?USER_ID=7&TYPE=2&PHONE_NUMBER=anonymous",
            "f": "telephony.externalCall.finish?CALL_ID=$result[r][CALL_ID]&USER_ID=7",
        ])
        #expect(answer.result["result_error"]["f"]["error_description"] == "CALL_ID must be a string")
        #expect(await test.counter("finishes") == 0)
    }
}
