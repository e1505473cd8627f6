// SPDX-License-Identifier: Apache-2.0

/// The OAuth tokens of the one application.
struct TokenStore {
    enum Verdict { case valid, expired, unknown }

    private var access: [String: Double]
    private var refresh: String
    private var issued = 1
    private let application: PortalApplication

    init(application: PortalApplication, now: Double) {
        self.application = application
        access = [application.accessToken: now + application.tokenSeconds]
        refresh = application.refreshToken
    }

    func check(_ token: String, at now: Double) -> Verdict {
        guard let end = access[token] else { return .unknown }
        return now < end ? .valid : .expired
    }

    mutating func expireAll() {
        for token in access.keys { access[token] = 0 }
    }

    /// The token endpoint; a refresh token works once.
    mutating func answer(_ parameters: PortalMap, portal: String, now: Double) -> PortalReply {
        func refused(_ code: String) -> PortalReply {
            .json(["error": .string(code), "error_description": ""], status: 400)
        }
        guard parameters["grant_type"]?.string == "refresh_token" else { return refused("invalid_request") }
        guard parameters["client_id"]?.string == application.clientID,
            parameters["client_secret"]?.string == application.clientSecret
        else { return refused("invalid_client") }
        guard parameters["refresh_token"]?.string == refresh else { return refused("invalid_grant") }
        issued += 1
        let token = "access-\(issued)"
        refresh = "refresh-\(issued)"
        access[token] = now + application.tokenSeconds
        return .json([
            "access_token": .string(token),
            "refresh_token": .string(refresh),
            "expires": .int(Int(now + application.tokenSeconds)),
            "expires_in": .int(Int(application.tokenSeconds)),
            "client_endpoint": .string("\(portal)/rest/"),
            "server_endpoint": .string("\(portal)/oauth/"),
            "domain": .string(portal.split(separator: "/").last.map(String.init) ?? ""),
            "member_id": "0123456789abcdef0123456789abcdef",
            "scope": "telephony,crm,user",
            "status": "L",
            "user_id": .int(application.user),
        ])
    }
}

extension SimulatedPortal {
    /// Answers `/oauth/token/`.
    public func refreshToken(_ request: PortalRequest) -> PortalReply {
        let portal = "http://\(request.headers["host"] ?? "localhost")"
        return tokens.answer(RequestParameters.read(request), portal: portal, now: clock.now())
    }
}
