// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Finds out who speaks, or refuses.
    func authorize(
        _ request: PortalRequest, address: RequestAddress, parameters: PortalMap
    ) throws(RESTFailure) -> Caller {
        let caller =
            if let webhook = address.webhook {
                try authorize(webhook, isSecure: request.headers["x-forwarded-proto"] == "https")
            } else {
                try authorize(token: Self.token(request, parameters))
            }
        guard state.users[caller.user]?.active == true else { throw .userCannotLogIn }
        if options.planDenied { throw .planDenied }
        if options.overloaded { throw .overloaded }
        return caller
    }

    private func authorize(_ webhook: RequestAddress.Webhook, isSecure: Bool) throws(RESTFailure) -> Caller {
        if options.httpsRequired, !isSecure { throw .httpsRequired }
        guard let user = Int(webhook.user), webhook.secret == options.secret, state.users[user] != nil else {
            throw .invalidCredentials
        }
        return Caller(user: user, credential: "webhook \(user)", scopes: options.scopes)
    }

    private func authorize(token: String?) throws(RESTFailure) -> Caller {
        guard let token, !token.isEmpty else { throw .noAuthorization }
        let before = state.tokens
        let verdict = state.tokens.use(token, reuse: options.refreshReuse, at: clock.now())
        if state.tokens != before { change(.tokens(state.tokens)) }
        switch verdict {
        case .expired: throw .expiredToken
        case .unknown: throw .invalidToken
        case .valid(let grant):
            guard let application = application(grant.clientID) else { throw .notInstalled }
            return Caller(
                user: grant.user, applicationID: application.id, applicationName: application.name,
                credential: application.clientID, scopes: application.scopes ?? options.scopes)
        }
    }

    /// The installed application of a client id.
    func application(_ clientID: String?) -> PortalApplication? {
        options.applications.first { $0.clientID == clientID }
    }

    private static func token(_ request: PortalRequest, _ parameters: PortalMap) -> String? {
        if let header = request.headers["authorization"], header.lowercased().hasPrefix("bearer ") {
            return header.dropFirst(7).trimmingBlanks
        }
        return parameters["auth"]?.string ?? parameters["access_token"]?.string
    }
}
