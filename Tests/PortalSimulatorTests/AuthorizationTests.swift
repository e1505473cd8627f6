// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct AuthorizationTests {
    @Test func tokensAreTakenFromBodyQueryAndHeader() async throws {
        let test = try TestPortal()
        var bearer = PortalRequest(path: "/rest/profile")
        bearer.headers["authorization"] = "Bearer access-1"
        let requests = [
            PortalRequest.json("/rest/profile.json", "{\"auth\":\"access-1\"}"),
            PortalRequest(verb: "GET", path: "/rest/profile", query: "access_token=access-1"), bearer,
        ]
        for request in requests { #expect(await test.send(request).result["ADMIN"] == true) }
    }

    @Test(arguments: [
        ("/rest/1/wrong/scope", "INVALID_CREDENTIALS", 401, 403),
        ("/rest/99/secret/scope", "INVALID_CREDENTIALS", 401, 403),
        ("/rest/scope", "NO_AUTH_FOUND", 401, 401), ("/rest/21/secret/scope", "authorization_error", 401, 401),
        ("/rest/scope?auth=nonsense", "invalid_token", 401, 401),
    ])
    func wrongCredentialsAreToldApart(_ address: String, _ code: String, _ statusA: Int, _ statusD: Int) async throws {
        let parts = address.split(separator: "?")
        let request = PortalRequest(path: String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "")
        for (style, status) in [(ErrorStyle.a, statusA), (.d, statusD)] {
            let answer = try await TestPortal { $0.errorStyle = style }.send(request)
            #expect(answer.error == code)
            #expect(answer.status == status)
        }
    }

    @Test func theScopeDecidesWhichMethodsThereAre() async throws {
        let test = try TestPortal { $0.scopes = ["crm"] }
        #expect(await test.call("scope").result == .list(["crm"]))
        #expect(
            await test.call("telephony.externalLine.get").refusal.hasPrefix(
                "401 insufficient_scope The request requires"))
        #expect(
            await test.call("method.get", ["name": "user.get"]).result == ["isExisting": true, "isAvailable": false])
        #expect(await test.call("method.get", ["name": "crm.status.list"]).result["isAvailable"] == true)
        #expect(await test.call("method.get", ["name": "user.Get"]).result["isExisting"] == false)
        let nested = await test.batch(["a": "telephony.externalLine.get"])
        #expect(nested.result["result_error"]["a"] == ["error": "insufficient_scope", "error_description": ""])
    }

    @Test func webhooksCanBeShutOutOfTelephonyAsDocumented() async throws {
        let test = try TestPortal { $0.webhookMayRegister = false }
        #expect(
            await test.register().refusal
                == "403 WRONG_AUTH_TYPE Current authorization type is denied for this method")
        #expect(await test.call("telephony.externalLine.get").error == "WRONG_AUTH_TYPE")
        #expect(await test.rows([:]).status == 200)
        let asApplication = await test.send(
            .json(
                "/rest/telephony.externalCall.register",
                "{\"auth\":\"access-1\",\"USER_ID\":7,\"TYPE\":1,\"PHONE_NUMBER\":\"1\",\"SHOW\":0}"))
        #expect(asApplication.status == 200)
    }

    @Test func blocksOfTheWholePortal() async throws {
        #expect(try await TestPortal { $0.overloaded = true }.call("scope").refusal.hasPrefix("401 OVERLOAD_LIMIT"))
        #expect(try await TestPortal { $0.planDenied = true }.call("scope").refusal.hasPrefix("401 ACCESS_DENIED"))
        #expect(
            try await TestPortal {
                $0.overloaded = true; $0.errorStyle = .d
            }.call("scope").status == 503)
    }

    @Test func applicationsAndWebhooksDifferInWhatTheyLeave() async throws {
        let test = try TestPortal()
        let hook = await test.wholeCall(["EXTERNAL_CALL_ID": "hook"])
        #expect(hook.result["REST_APP_ID"] == .null)
        #expect(hook.result["REST_APP_NAME"] == false)
        #expect(hook.result["PORTAL_NUMBER"] == "REST_APP:")
        let register =
            "telephony.externalCall.register?USER_ID=7&PHONE_NUMBER=5&TYPE=1&SHOW=0&CALL_START_DATE=2026-03-01"
        let together = await test.send(
            .json(
                "/rest/batch",
                "{\"auth\":\"access-1\",\"cmd\":{\"r\":\"\(register)\",\"f\":"
                    + "\"telephony.externalCall.finish?USER_ID=7&CALL_ID=$result[r][CALL_ID]\"}}"))
        let application = together.result["result"]["f"]
        #expect(application["PORTAL_NUMBER"] == "REST_APP:3")
        #expect(application["REST_APP_NAME"] == "Local application")
        // A call registered by the same request has the application as a number, any other as a text.
        #expect(application["REST_APP_ID"] == 3)
        #expect(await test.rows(["CALL_ID": application["CALL_ID"]]).result[0]["REST_APP_ID"] == "3")
    }
}
