// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Answers `/oauth/authorize/`: the page on which a person lets an application in.
    ///
    /// Parameters, in the query or in a form: `client_id`, `state`, `user` (who allows it; user 1 unless given) and
    /// `decision`: `allow` sends the browser to the application's address with a code, `deny` shows a page; without it the page with
    /// the two buttons is shown. The portal never sends the browser to an address of the request's own.
    public func authorizePage(_ request: PortalRequest) -> PortalReply {
        if let moved = redirectIfRenamed(request) { return moved }
        let parameters = RequestParameters.read(request)
        guard let application = application(parameters["client_id"]?.string) else {
            return .page(ConsentPage.message("Application not found", "Check client_id."), status: 404)
        }
        let user = parameters["user"]?.asInt ?? options.administrator
        guard let person = state.users[user], person.active, person.kind == .employee else {
            return .page(ConsentPage.message("No access", "User \(user) cannot log in."), status: 403)
        }
        let given = parameters["state"]?.asText
        switch parameters["decision"]?.asText ?? "" {
        case "allow": return allow(application, user: user, state: given, request: request)
        case "deny": return .page(ConsentPage.message("Access was denied", "You can close this window."))
        default:
            let page = ConsentPage(
                application: application, scopes: application.scopes ?? options.scopes,
                portal: portalHost(asSeenFrom: request.headers["host"] ?? "localhost"),
                people: self.state.userOrder.compactMap { self.state.users[$0] }.filter(\.takesCalls), user: user,
                state: given)
            return .page(page.html)
        }
    }

    private func allow(
        _ application: PortalApplication, user: Int, state given: String?, request: PortalRequest
    ) -> PortalReply {
        let code = state.tokens.issueCode(
            .init(clientID: application.clientID, user: user), seconds: options.codeSeconds, at: clock.now())
        change(.tokens(state.tokens))
        save()
        guard !application.redirect.isEmpty else {
            return .page(ConsentPage.message("Enter this code in the application", code))
        }
        let host = request.headers["host"] ?? "localhost"
        var fields = [("code", code)]
        if let given { fields.append(("state", given)) }
        fields += [
            ("domain", portalHost(asSeenFrom: host)), ("member_id", options.memberID),
            ("scope", (application.scopes ?? options.scopes).joined(separator: ",")), ("server_domain", host),
        ]
        let query = fields.map { "\($0)=\($1.formEncoded)" }.joined(separator: "&")
        let mark = application.redirect.contains("?") ? "&" : "?"
        return PortalReply(
            status: 302,
            headers: ["Location": application.redirect + mark + query, "Content-Type": "text/html"])
    }
}

extension PortalReply {
    static func page(_ html: String, status: Int = 200) -> PortalReply {
        PortalReply(status: status, headers: ["Content-Type": "text/html; charset=utf-8"], body: Array(html.utf8))
    }
}

extension String {
    /// The text as a value of a query, everything but letters, digits and `-_.~` encoded.
    var formEncoded: String {
        utf8.reduce(into: "") { out, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
    }
}
