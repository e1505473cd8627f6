// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

/// Whether a portal takes calls from us, found out without a call.
@Suite struct CallRightsProbeTests {
    @Test func `the question has no parameters, so that nothing can come of it`() {
        let command = CallRightsProbe.command()
        #expect(command.method == "telephony.externalCall.finish")
        #expect(command.parameters.isEmpty)
    }

    @Test(arguments: [
        ("", "USER_ID or USER_PHONE_INNER should be set"), ("ERROR_CORE", "USER_ID or USER_PHONE_INNER should be set"),
        ("INVALID_ARGUMENT", "CALL_ID must be a string"),
    ])
    func `a complaint about parameters means that calls are taken`(_ code: String, _ text: String) {
        #expect(CallRightsProbe(.failed(PortalError(code: code, text: text, status: 200))) == .allowed)
    }

    @Test(arguments: ["WRONG_AUTH_TYPE", "insufficient_scope", "ACCESS_DENIED", "ERROR_METHOD_NOT_FOUND"])
    func `refusals of the caller`(_ code: String) {
        let error = PortalError(code: code, text: "", status: 200)
        #expect(CallRightsProbe(.failed(error)) == .refused(error))
    }

    @Test func `limits, faults and missing answers say nothing`() {
        for code in ["QUERY_LIMIT_EXCEEDED", "OPERATION_TIME_LIMIT", "INTERNAL_SERVER_ERROR"] {
            #expect(CallRightsProbe(.failed(PortalError(code: code, text: "", status: 200))) == .unknown)
        }
        #expect(CallRightsProbe(.missing) == .unknown)
        #expect(CallRightsProbe(nil) == .unknown)
    }
}
