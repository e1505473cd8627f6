// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// Answers `/oauth/token/`, as the authorization server of all portals does.
    ///
    /// It is a server of its own that only shares an address with the portal: its requests are counted apart and have
    /// faults of their own, and it does not mind how the portal is called.
    nonisolated public func handleTokenRequest(_ request: PortalRequest) async -> PortalReply {
        // A task of its own: the caller's cancellation does not reach it.
        await Task(executorPreference: clock.executor) { await self.serveTokens(request) }.value
    }

    private func serveTokens(_ request: PortalRequest) async -> PortalReply {
        tokenRequestNumber += 1
        state.counters.tokenRequests += 1
        let parameters = RequestParameters.read(request)
        let client = parameters["client_id"]?.asText ?? ""
        if tokenRequestsInFlight[client, default: 0] > 0 { state.counters.tokenOverlaps += 1 }
        tokenRequestsInFlight[client, default: 0] += 1
        defer { tokenRequestsInFlight[client, default: 1] -= 1 }
        let fault = tokenFaults.fault(of: tokenRequestNumber) { _ in false }
        if fault != nil { state.counters.faults += 1 }
        // Negative numbers keep held token requests apart from held REST requests.
        let run = RequestRun(number: -tokenRequestNumber, start: clock.now(), cap: 0, epoch: epoch)
        if let early = await before(fault, request: request, run: run) { return early }
        let reply = answerTokens(parameters, request: request)
        save()
        return await after(fault, reply: reply, run: run)
    }

    private func answerTokens(_ parameters: PortalMap, request: PortalRequest) -> PortalReply {
        do throws(TokenRefusal) {
            let (grant, source, application) = try granted(parameters)
            let now = clock.now()
            let pair = state.tokens.issue(
                grant, source: source, seconds: application.tokenSeconds, refreshDays: options.refreshDays, at: now)
            change(.tokens(state.tokens))
            state.counters.tokensIssued += 1
            return .json(.map(body(pair, grant, application, request: request, now: now)))
        } catch {
            change(.tokens(state.tokens))
            state.counters.tokenRefusals += 1
            return .json(
                ["error": .string(error.code), "error_description": .string(error.text)],
                status: error.status(in: options.errorStyle))
        }
    }

    /// Checks what is offered for tokens.
    private func granted(
        _ parameters: PortalMap
    ) throws(TokenRefusal) -> (TokenStore.Grant, source: String?, PortalApplication) {
        let kind = parameters["grant_type"]?.string
        let offered = parameters[kind == "refresh_token" ? "refresh_token" : "code"]?.string
        guard kind == "refresh_token" || kind == "authorization_code", let offered, !offered.isEmpty else {
            throw .invalidRequest
        }
        guard let application = application(parameters["client_id"]?.string) else {
            throw uninstalled.contains(parameters["client_id"]?.asText ?? "") ? .notInstalled : .wrongClient
        }
        guard parameters["client_secret"]?.string == application.clientSecret else { throw .invalidClient }
        if options.planDenied { throw .paymentRequired }
        let now = clock.now()
        let grant =
            kind == "refresh_token"
            ? state.tokens.take(
                refresh: offered, clientID: application.clientID, reuse: options.refreshReuse, at: now)
            : state.tokens.take(code: offered, clientID: application.clientID, at: now)
        guard let grant, state.users[grant.user]?.active == true else { throw .invalidGrant }
        return (grant, kind == "refresh_token" ? offered : nil, application)
    }

    private func body(
        _ pair: TokenStore.Pair, _ grant: TokenStore.Grant, _ application: PortalApplication, request: PortalRequest,
        now: Double
    ) -> PortalMap {
        let host = request.headers["host"] ?? "localhost"
        return [
            "access_token": .string(pair.access),
            "expires": .int(Int(now + application.tokenSeconds)),
            "expires_in": .plainNumber(application.tokenSeconds),
            "scope": .string((application.scopes ?? options.scopes).joined(separator: ",")),
            "domain": .string(host),
            "server_endpoint": .string("http://\(host)/rest/"),
            "status": "L",
            "client_endpoint": .string("http://\(portalHost(asSeenFrom: host))/rest/"),
            "member_id": .string(options.memberID),
            "user_id": .int(grant.user),
            "refresh_token": .string(pair.refresh),
        ]
    }
}

/// A refusal of the authorization server.
struct TokenRefusal: Error, Equatable {
    var code: String
    var text: String
    var status = 400

    static let invalidRequest = TokenRefusal(
        code: "invalid_request", text: "An incorrectly formatted authorization request was provided")
    static let invalidClient = TokenRefusal(code: "invalid_client", text: "Invalid client data was provided")
    /// Seen with status 200.
    static let wrongClient = TokenRefusal(code: "wrong_client", text: "Wrong client", status: 200)
    static let invalidGrant = TokenRefusal(
        code: "invalid_grant", text: "Invalid authorization tokens were provided for access token retrieval")
    static let paymentRequired = TokenRefusal(code: "PAYMENT_REQUIRED", text: "Payment required")
    static let notInstalled = TokenRefusal(code: "NOT_INSTALLED", text: "Application not installed", status: 401)

    /// The documentation gives no refusal another status than 400.
    func status(in style: ErrorStyle) -> Int { style == .d ? 400 : status }
}
