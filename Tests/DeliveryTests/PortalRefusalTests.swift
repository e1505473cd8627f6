// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Delivery
import Testing

/// What a person is told to do about a portal that refuses, by the way in which it knows the program.
@Suite struct PortalRefusalTests {
    private static func error(_ code: String, status: Int = 403) -> PortalRefusal {
        .error(PortalError(code: code, text: "", status: status))
    }

    @Test(arguments: [
        (
            error("WRONG_AUTH_TYPE"), "from applications only, not from webhooks",
            "does not accept calls from this application"
        ),
        (error("INSUFFICIENT_SCOPE"), "edit the webhook in the portal", "add it to the application in the portal"),
        (error("INVALID_CREDENTIALS", status: 401), "check webhook_url", "grant access again: cdr24 login"),
        (error("ACCESS_DENIED"), "the webhook owner needs permission", "the user who granted access needs permission"),
        (error("SOMETHING", status: 400), "check webhook_url", "check portal.oauth"),
        (.moved(host: "new.test"), "set webhook_url to the new address", "set portal.oauth to the new address"),
        (.lacksTelephony, "the webhook lacks", "the application lacks"),
        (.statisticsClosed, "the webhook owner can no longer", "the user who granted access can no longer"),
        (.notStatistics, "webhook_url is the address", "portal.oauth is the address"),
    ])
    func `the advice names what is in use`(_ refusal: PortalRefusal, _ webhook: String, _ application: String) {
        #expect(refusal.text(for: .webhook).contains(webhook), "\(refusal.text(for: .webhook))")
        let text = refusal.text(for: .application)
        #expect(text.contains(application), "\(text)")
        #expect(!text.contains("webhook"), "\(text)")
    }
}
