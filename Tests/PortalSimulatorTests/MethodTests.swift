// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct NotificationTests {
    static let add = "im.notify.system.add"

    @Test func aNotificationTakesThePlaceOfTheOneWithItsTag() async throws {
        let test = try TestPortal { $0.scopes = ["im"] }
        let first: PortalMap = ["USER_ID": 7, "MESSAGE": " one ", "TAG": "night", "CLIENT_ID": "a"]
        #expect(await test.call(Self.add, .map(first)).result == 1)
        let changes: [(String, PortalValue)] = [
            ("USER_ID", 8), ("TAG", "day"), ("CLIENT_ID", "b"), ("MESSAGE", "two"),
        ]
        for (number, change) in changes.enumerated() {
            var next = first
            next[change.0] = change.1
            #expect(await test.call(Self.add, .map(next)).result == .int(number + 2))
        }
        let messages = await test.audit["notifications"].list.map { $0["MESSAGE"].asText }
        #expect(messages.sorted() == ["one", "one", "one", "two"])
    }

    @Test func aNotificationNeedsScopeUserTextAndForATagAClient() async throws {
        let test = try TestPortal { $0.scopes = ["im"] }
        let whole: PortalMap = ["USER_ID": 7, "MESSAGE": "one", "TAG": "night", "CLIENT_ID": "a"]
        let cases: [(String, PortalValue, String)] = [
            ("USER_ID", 0, "400 USER_ID_EMPTY"), ("MESSAGE", " ", "400 MESSAGE_EMPTY"),
            ("CLIENT_ID", "", "403 ACCESS_DENIED"),
        ]
        for (key, value, refusal) in cases {
            var parameters = whole
            parameters[key] = value
            #expect(await test.call(Self.add, .map(parameters)).refusal.hasPrefix(refusal))
        }
        var dismissed = whole
        dismissed["USER_ID"] = 21
        #expect(await test.call(Self.add, .map(dismissed)).result == false)
        #expect(await test.audit["notifications"].list.isEmpty)
        let without = try TestPortal()
        #expect(await without.call(Self.add, .map(whole)).error == "insufficient_scope")
    }
}

@Suite struct RecordTests {
    static let attach = "telephony.externalCall.attachRecord"

    static func refusals(_ callID: PortalValue) -> [(PortalMap, String)] {
        let cases: [(PortalMap, String)] = [
            (["CALL_ID": "x"], "Call is not found in the statistic table. Looks like it is not finished yet."),
            ([:], "Required parameters are not set. Request should contain or URL or FILENAME parameter"),
            (["FILENAME": ""], "File name is empty"),
            (["FILENAME": "a.ogg"], "Wrong file extension. Only wav and mp3 are allowed"),
            (["FILENAME": "a.MP3"], "Wrong file extension. Only wav and mp3 are allowed"),
            (["FILENAME": "a.mp3", "FILE_CONTENT": ""], "File content is empty."),
            (
                ["FILENAME": "a.mp3", "FILE_CONTENT": "%%"],
                "File content is not properly encoded. Base64 encoding is expected."
            ),
            (["RECORD_URL": "http://pbx.example/404/a.mp3"], "Server returns HTTP error code 404"),
        ]
        return cases.map { parameters, text in
            var own: PortalMap = ["CALL_ID": callID]
            own.merge(parameters)
            return (own, text)
        }
    }

    @Test func refusesInThePortalsWords() async throws {
        let test = try TestPortal()
        let call = await test.wholeCall().result["CALL_ID"]
        for (parameters, text) in Self.refusals(call) {
            #expect(await test.call(Self.attach, .map(parameters)).refusal == "400  \(text)")
        }
        let live = await test.register().result["CALL_ID"]
        #expect(await test.call(Self.attach, ["CALL_ID": live]).description.hasPrefix("Call is not found in the stat"))
    }

    @Test func attachesByAddressAndByContent() async throws {
        let test = try TestPortal()
        let call = await test.wholeCall().result["CALL_ID"]
        let url: PortalValue = ["CALL_ID": call, "RECORD_URL": "https://pbx.example/a.flac", "FILENAME": "a.wav"]
        #expect(await test.call(Self.attach, url).result == ["FILE_ID": 1])
        let content: PortalValue = ["CALL_ID": call, "FILENAME": "a.mp3", "FILE_CONTENT": "aGVsbG8="]
        #expect(await test.call(Self.attach, content).result == ["FILE_ID": 2])
        #expect(await test.rows(["CALL_ID": call]).result[0]["RECORD_FILE_ID"] == 2)
        #expect(await test.counter("records") == 2)
    }

    @Test func attachesByUploadAddressOnce() async throws {
        let test = try TestPortal()
        let call = await test.wholeCall().result["CALL_ID"]
        let step = await test.call(Self.attach, ["CALL_ID": call, "FILENAME": "a.mp3"])
        #expect(step.result["fieldName"] == "file")
        let url = step.result["uploadUrl"].asText
        #expect(url.hasPrefix("http://localhost/rest/1/secret/upload/?token="))
        func post(field: String) async -> Answer {
            let body =
                "--B1\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"a.mp3\"\r\n"
                + "Content-Type: audio/mpeg\r\n\r\nsound\r\n--B1--\r\n"
            return await test.send(
                PortalRequest(
                    path: "/rest/1/secret/upload/", query: String(url.split(separator: "?")[1]),
                    headers: ["content-type": "multipart/form-data; boundary=\"B1\""], body: Array(body.utf8)))
        }
        #expect(await post(field: "sound").description == "Error: required parameter file is not found")
        let done = await post(field: "file")
        #expect(done.text == #"{"result":{"FILE_ID":1}}"#)
        #expect(await post(field: "file").status == 403)
    }

    @Test func transcriptsAreCheckedMessageByMessage() async throws {
        let test = try TestPortal()
        let call = await test.wholeCall().result["CALL_ID"]
        let method = "telephony.call.attachTranscription"
        func refusal(_ message: PortalMap) async -> String {
            var full: PortalMap = ["SIDE": "User", "START_TIME": 0, "STOP_TIME": 2, "MESSAGE": "hello"]
            full.merge(message)
            return await test.call(method, ["CALL_ID": call, "MESSAGES": .list([.map(full)])]).description
        }
        #expect(await test.call(method).description == "CALL_ID should be set")
        #expect(await test.call(method, ["CALL_ID": call]).description == "MESSAGES should be an array")
        #expect(await refusal(["SIDE": "user"]) == "MESSAGES[0][SIDE] should be either Client or User")
        #expect(await refusal(["START_TIME": -1]) == "MESSAGES[0][START_TIME] should be greater or equal to zero")
        #expect(await refusal(["STOP_TIME": 0]) == "MESSAGES[0][STOP_TIME] should be greater than zero")
        #expect(await refusal(["MESSAGE": ""]) == "MESSAGES[0][MESSAGE] is empty")
        #expect(
            await test.call(method, ["CALL_ID": "x", "MESSAGES": .empty]).description
                == "Call x is not found. Is it finished?")
        let done = await test.call(method, ["CALL_ID": call, "MESSAGES": .empty])
        #expect(done.result == ["TRANSCRIPT_ID": 1])
    }
}

@Suite struct LineAndCardTests {
    @Test func linesAreAddedChangedAndDeleted() async throws {
        let test = try TestPortal()
        func line(_ verb: String, _ parameters: PortalValue) async -> Answer {
            await test.call("telephony.externalLine.\(verb)", parameters)
        }
        #expect(await line("add", ["NUMBER": " "]).description == "NUMBER should not be empty")
        #expect(await line("add", ["NUMBER": " t1 ", "NAME": "Main"]).result == ["ID": 1])
        #expect(await line("add", ["NUMBER": "T1"]).description == "Line already exists")
        #expect(await line("update", ["NUMBER": "x"]).description == "There are no fields to update")
        #expect(await line("update", ["NAME": "x"]).description == "NUMBER should not be empty")
        #expect(await line("update", ["NUMBER": "x", "NAME": "n"]).description == "Could not find line with number x")
        #expect(await line("update", ["NUMBER": "t1", "CRM_AUTO_CREATE": "no"]).result == ["ID": "1"])
        let lines = await line("get", .empty).result
        #expect(lines == .list([["NUMBER": "t1", "NAME": "Main", "CRM_AUTO_CREATE": "N"]]))
        #expect(await line("delete", ["NUMBER": "x"]).description == "Could not find line with number x")
        #expect(await line("delete", ["NUMBER": "t1"]).text.hasPrefix(#"{"result":[]"#))
        #expect(await line("get", .empty).result == .empty)
    }

    @Test func twoWebhooksCanMakeTheSameLineAtOnce() async throws {
        let test = try TestPortal(clock: MachineClock()) {
            $0.costs["telephony.externalcall.register"] = MethodCost(latency: 2, operating: 0)
        }
        async let one = test.register(["LINE_NUMBER": "new", "PHONE_NUMBER": "1"])
        async let two = test.register(["LINE_NUMBER": "new", "PHONE_NUMBER": "2"])
        _ = await [one.status, two.status]
        #expect(await test.counter("linesCreated") == 2)
    }

    @Test func cardsAreShownAndHidden() async throws {
        let test = try TestPortal()
        let call = await test.register().result["CALL_ID"]
        #expect(
            await test.call("telephony.externalCall.show", ["CALL_ID": call, "USER_ID": .list([3, 4])]).result == true)
        #expect(await test.call("telephony.externalCall.show", ["CALL_ID": call]).result == true)
        #expect(await test.audit["liveCalls"][0]["CARD_SHOWN_TO"] == .list([3, 4, 7]))
        #expect(await test.call("telephony.externalCall.hide", ["CALL_ID": call, "USER_ID": "3"]).result == true)
        #expect(await test.audit["liveCalls"][0]["CARD_SHOWN_TO"] == .list([4, 7]))
        #expect(await test.call("telephony.externalCall.hide", ["CALL_ID": "gone"]).result == false)
        #expect(await test.counter("popups") == 3)
    }
}

@Suite struct DirectoryTests {
    static let filters: [(PortalValue, [Int])] = [
        (["ID": 7], [7]), (["FILTER": ["ID": .list([7, 9])]], [7, 9]), (["filter": ["uf_phone_inner": "107"]], [7]),
        (["FILTER": ["@UF_PHONE_INNER": .list(["101", "121"])]], [1, 21]), (["FILTER": ["ACTIVE": false]], [21]),
        (["FILTER": ["ACTIVE": "Y", ">ID": 18]], [19, 20]), (["FILTER": [">=ID": 20]], [20, 21]),
        (["FILTER": ["%LAST_NAME": "oa"]], [4]), (["FILTER": ["UF_DEPARTMENT": 2, "<ID": 13]], [11, 12]),
        (["FILTER": ["ID": .list([3, 4]), "UNKNOWN": "x"], "sort": "ID", "order": "DESC"], [4, 3]),
        (["FILTER": ["ID": 22]], []),
    ]

    @Test(arguments: filters)
    func usersAreFiltered(_ parameters: PortalValue, _ expected: [Int]) async throws {
        let answer = try await TestPortal().call("user.get", parameters)
        #expect(answer.result.list.map { $0["ID"].asInt } == expected)
        #expect(answer["total"] == (expected.isEmpty ? .null : .int(expected.count)))
    }

    @Test func withoutActiveTheDismissedAreThereAndBotsNever() async throws {
        let answer = try await TestPortal().call("user.get")
        #expect(answer.result.list.map { $0["ID"].asInt } == Array(1...21))
        #expect(answer.result[20]["ACTIVE"] == false)
        #expect(answer.text.contains(#""TIMESTAMP_X":{}"#))
    }

    @Test func usersArePaged() async throws {
        let test = try TestPortal { options in
            options.users = (1...120).map { PortalUser(id: $0, inner: "", name: "Person \($0)") }
        }
        let first = await test.call("user.get")
        #expect(first["next"] == 50)
        #expect(first["total"] == 120)
        #expect(await test.call("user.get", ["start": 100]).result.count == 20)
        #expect(await test.call("user.get", ["start": -1])["next"] == .null)
    }

    @Test func probesAnswer() async throws {
        let test = try TestPortal()
        #expect(await test.call("user.current").result["ID"] == "1")
        #expect(await test.call("profile").result["ADMIN"] == true)
        #expect(await test.send(.json("/rest/7/secret/profile", "{}")).result["ADMIN"] == false)
        #expect(await test.call("server.time").result == "2026-03-07T10:20:30+03:00")
        #expect(await test.call("scope").result.list.contains("telephony"))
        #expect(await test.call("scope", ["full": 1]).result.count > 5)
        #expect(await test.call("app.info").result["LICENSE"] != .null)
        #expect(await test.send(.json("/rest/app.info", "{\"auth\":\"access-1\"}")).result["INSTALLED"] == true)
        #expect(
            try await TestPortal { $0.errorStyle = .d }.call("app.info").refusal
                == "400 ACCESS_DENIED Access denied! Application context required")
    }

    @Test(arguments: ["7", "7:107", "0:1:x", "a:1:x", "7:107:Name:boss"])
    func otherTextIsNoUser(_ text: String) {
        #expect(PortalUser(text: text) == nil)
    }
}
