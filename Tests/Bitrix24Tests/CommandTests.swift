// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

struct CommandTests {
    @Test(arguments: [
        ("+12025550100", "%2B12025550100"),
        ("2026-03-07T10:20:30+03:00", "2026-03-07T10%3A20%3A30%2B03%3A00"),
        ("a b", "a%20b"),
        ("a#b&c=d;e", "a%23b%26c%3Dd%3Be"),
        ("100%", "100%25"),
        ("AZaz09-_.~", "AZaz09-_.~"),
        ("é€😀", "%C3%A9%E2%82%AC%F0%9F%98%80"),
        ("\"<>\\\n\u{0}", "%22%3C%3E%5C%0A%00"),
        ("", ""),
    ])
    func percentEncodesEveryByteThatIsNotPlain(_ text: String, encoded: String) {
        #expect(Command(key: "a", method: "m", parameters: [Parameter("P", .text(text))]).text == "m?P=\(encoded)")
    }

    @Test(arguments: [
        ("$result[r0001][CALL_ID]", "result[r0001][CALL_ID]"),
        ("lost: $RESULT[a]", "lost: RESULT[a]"),
        ("$error $total $next $time", "error total next time"),
        ("$$result[a]", "result[a]"),
        ("$re$result[a]", "$reresult[a]"),
        ("$result\u{301}", "result\u{301}"),
        ("cost 5$ or $5", "cost 5$ or $5"),
        ("pbx$1", "pbx$1"),
        ("$", "$"),
    ])
    func takesTheDollarFromWhatThePortalWouldReplace(_ text: String, defused: String) {
        let command = Command(key: "a", method: "m", parameters: [Parameter("P", .text(text))])
        let expected = Command(key: "a", method: "m", parameters: [Parameter("P", .text("§" + defused))])
        #expect(command.text == expected.text.replacing("%C2%A7", with: ""))
    }

    @Test func writesNestedParametersWithBrackets() {
        let command = Command(
            key: "s", method: "voximplant.statistic.get",
            parameters: [
                Parameter(
                    "FILTER", .fields([Parameter("EXTERNAL_CALL_ID", .list(["a+1", "b"])), Parameter(">ID", 7)])),
                Parameter("start", .number(-1)),
            ])
        #expect(
            command.text == "voximplant.statistic.get?FILTER[EXTERNAL_CALL_ID][0]=a%2B1&FILTER[EXTERNAL_CALL_ID][1]=b"
                + "&FILTER[%3EID]=7&start=-1")
    }

    @Test func `an empty list narrows a filter and never widens it`() {
        let command = Command(
            key: "s", method: "m", parameters: [Parameter("FILTER", .fields([Parameter("ID", .list([]))]))])
        #expect(command.text == "m?FILTER[ID]=")
    }

    @Test func `register always says that it is quiet`() {
        let register = RegisterCall(
            userID: 12, phoneNumber: "+12025550100", type: 2,
            startDate: PortalDate(epochSeconds: 1_772_868_030, offsetSeconds: 10_800),
            externalCallID: "pbx1:a", lineNumber: "trunk 1", callListID: 7)
        #expect(
            register.command(key: "r0001").text == "telephony.externalCall.register?USER_ID=12"
                + "&PHONE_NUMBER=%2B12025550100&TYPE=2&CALL_START_DATE=2026-03-07T10%3A20%3A30%2B03%3A00"
                + "&EXTERNAL_CALL_ID=pbx1%3Aa&LINE_NUMBER=trunk%201&CALL_LIST_ID=7&SHOW=0&ADD_TO_CHAT=0&CRM_CREATE=0")
    }

    @Test func `register names a user by the inner number where there is no ID`() {
        let register = RegisterCall(
            userPhoneInner: "101", phoneNumber: "+12025550100", type: 1, startDate: PortalDate(epochSeconds: 0),
            externalCallID: "k", crmSource: "CALL", show: true, addToChat: true, crmCreate: true)
        #expect(
            register.command(key: "r0001").text == "telephony.externalCall.register?USER_PHONE_INNER=101"
                + "&PHONE_NUMBER=%2B12025550100&TYPE=1&CALL_START_DATE=1970-01-01T00%3A00%3A00%2B00%3A00"
                + "&EXTERNAL_CALL_ID=k&CRM_SOURCE=CALL&SHOW=1&ADD_TO_CHAT=1&CRM_CREATE=1")
    }

    @Test func `finish sends whole seconds and a reason that the portal can store`() {
        let finish = FinishCall(
            callID: "externalCall.0f.1", userID: 12, duration: .milliseconds(95_900), statusCode: "603-S",
            failedReason: "a\u{7}$result[x]\n" + String(repeating: "ы", count: 300),
            cost: CallCost(tenThousandths: 15_005, currency: "EUR"))
        #expect(
            finish.command(key: "f0001").text == "telephony.externalCall.finish?CALL_ID=externalCall.0f.1&USER_ID=12"
                + "&DURATION=95&STATUS_CODE=603-S&FAILED_REASON=aresult%5Bx%5D"
                + String(repeating: "%D1%8B", count: 245) + "&COST=1.5005&COST_CURRENCY=EUR&ADD_TO_CHAT=0")
    }

    @Test(arguments: [
        (Duration.seconds(-5), "0"), (.zero, "0"), (.seconds(86_400), "86400"), (.seconds(90_000), "86400"),
    ])
    func `finish keeps the duration within a day`(_ duration: Duration, written: String) {
        let finish = FinishCall(callID: "c", userID: 1, duration: duration, statusCode: "200")
        #expect(finish.command(key: "f1").text.contains("&DURATION=\(written)&"))
        #expect(!finish.command(key: "f1").text.contains("FAILED_REASON"))
    }

    @Test func `statistics are never asked with an empty or over-long list`() {
        #expect(StatisticQuery.byExternalCallIDs([]) == nil)
        #expect(StatisticQuery.byCallIDs([]) == nil)
        #expect(StatisticQuery.byCallIDs(["a", ""]) == nil)
        #expect(StatisticQuery.byCallIDs((0...50).map { "c\($0)" }) == nil)
        #expect(
            StatisticQuery.byExternalCallIDs(["a", "b"], start: 50)?.command(key: "s").text
                == "voximplant.statistic.get?FILTER[EXTERNAL_CALL_ID][0]=a&FILTER[EXTERNAL_CALL_ID][1]=b"
                + "&SORT=ID&ORDER=ASC&start=50")
        #expect(
            StatisticQuery.newest.command(key: "s").text
                == "voximplant.statistic.get?FILTER[%3EID]=0&SORT=ID&ORDER=DESC&start=-1")
        #expect(StatisticQuery.probe.command(key: "s").text == "voximplant.statistic.get?FILTER[ID]=0&start=-1")
    }
}
