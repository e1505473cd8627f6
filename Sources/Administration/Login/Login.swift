// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Bitrix24Transport
package import CDRConfiguration
package import Clocks
package import ExitCodes
import FileRights
import Importing

/// Lets the application of the configuration into the portal: a person's browser brings a code, which is exchanged for
/// tokens at once, since it lives for 30 seconds.
package struct Login: Sendable {
    /// How the code gets here.
    package enum Source: Sendable {
        /// It is given: the address at which the browser ended, or the code alone.
        case text(String)
        /// A person pastes it: the closure waits for a line, and gives `nil` at the end of the input.
        case line(@Sendable () -> String?)
        /// The browser is sent to this port of this machine; 0 takes a free one.
        case port(Int)
    }

    /// What is said while a person is waited for.
    package enum Message: Sendable {
        /// A sentence for the person.
        case talk(String)
        /// The address that the person has to open.
        case address(String)
    }

    private let portal: PortalSettings
    private let environment: [String: String]
    private let userAgent: String
    private let time: TimeSource
    private let say: @Sendable (Message) -> Void

    /// How long the browser is waited for.
    private static let patience = Duration.seconds(LoginState.lifetime)

    /// - Parameters:
    ///   - portal: The settings with `oauth`.
    ///   - environment: The environment's variables: the client secret may be among them, and so may a proxy.
    ///   - userAgent: The name and version under which the program introduces itself.
    ///   - time: The clocks.
    ///   - say: Shows a person what to do.
    package init(
        _ portal: PortalSettings, environment: [String: String], userAgent: String, time: TimeSource = .system,
        say: @escaping @Sendable (Message) -> Void
    ) {
        self.portal = portal
        self.environment = environment
        self.userAgent = userAgent
        self.time = time
        self.say = say
    }

    /// Waits for the code, exchanges it, saves the tokens, and asks the portal who has let us in.
    ///
    /// - Throws: ``ImportFault``: `configuration` when there is no application or it is another portal's, `usage` when
    ///   there is no code, `rejected` when the authorization server or the portal refuses, `input` when the tokens
    ///   cannot be saved. Tokens that were there before stay unless the new ones are saved.
    package func run(_ source: Source) async throws(ImportFault) -> LoginReport {
        guard let oauth = portal.oauth else {
            throw .configuration(
                """
                no application is configured; create one in the portal, and set portal, client_id and client_secret \
                under portal: oauth: in the configuration (see docs/access.md)
                """)
        }
        let client = try oauth.client(environment: environment)
        let file = oauth.tokenFile
        try await checkPlace(file)
        switch source {
        case .text(let text): return try await finish(try answer(text, client), client, oauth, file)
        case .line(let read): return try await finish(try ask(client, read), client, oauth, file)
        case .port(let port): return try await listen(client, oauth, file, port)
        }
    }

    /// A place that cannot be written is said before a person goes to the browser.
    private func checkPlace(_ file: TokenFile) async throws(ImportFault) {
        do throws(TokenFileFault) {
            let lock = try await TokenLock(beside: file, time: time, waitingAtMost: .seconds(90))
            try file.prepare()
            file.discard()
            _ = consume lock
            let lockFile = file.path + ".lock"
            if let warning = FileOwner.warning(aboutRootsFile: lockFile, command: "cdr24 login") {
                say(.talk("warning: \(warning)"))
            }
        } catch {
            throw ImportFault(error)
        }
    }

    // MARK: The code

    private func answer(_ text: String, _ client: OAuthClient) throws(ImportFault) -> LoginAnswer {
        do throws(LoginAnswerFault) {
            return try checked(try LoginAnswer(text), client)
        } catch {
            throw .usage("\(error)")
        }
    }

    /// An answer to another question than ours may be one that somebody has slipped into the person's browser.
    private func checked(_ answer: LoginAnswer, _ client: OAuthClient) throws(LoginAnswerFault) -> LoginAnswer {
        if let state = answer.state, !LoginState.isOurs(state, client: client, now: time.wallSeconds) {
            throw .foreign
        }
        return answer
    }

    private func ask(_ client: OAuthClient, _ read: () -> String?) throws(ImportFault) -> LoginAnswer {
        say(.talk("Open this address in a browser in which the user is logged in to the portal, and allow access:"))
        say(.address(client.authorizationAddress(state: LoginState(client: client, now: time.wallSeconds).text)))
        say(
            .talk(
                "The browser then opens the address of the application; an error page is fine. Copy that address from "
                    + "the browser, and paste it here within 30 seconds:"))
        return try answer(read() ?? "", client)
    }

    /// Catches the redirect on this machine; the page in the browser shows how the exchange went.
    private func listen(
        _ client: OAuthClient, _ oauth: OAuthSettings, _ file: TokenFile, _ port: Int
    ) async throws(ImportFault) -> LoginReport {
        let listener: RedirectListener
        do throws(RedirectListener.Fault) {
            listener = try await RedirectListener(port: port)
        } catch {
            throw .input("\(error)")
        }
        say(
            .talk(
                "The handler path of the application in the portal must be http://127.0.0.1:\(listener.port)/. Open this "
                    + "address in a browser on this machine, and allow access:"))
        say(.address(client.authorizationAddress(state: LoginState(client: client, now: time.wallSeconds).text)))
        let result = await withTaskGroup(of: Result<LoginReport, ImportFault>?.self) { group in
            group.addTask { await listener.answer { await judge($0, client, oauth, file) } }
            group.addTask {
                // Cancelled as soon as there is an answer.
                try? await time.sleep(time.monotonic() + Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let result else { throw .rejected("no reply from a browser within 15 minutes; run cdr24 login again") }
        return try result.get()
    }

    /// Judges one address that a browser asked for: what is no answer to our question is passed over.
    private func judge(
        _ query: String, _ client: OAuthClient, _ oauth: OAuthSettings, _ file: TokenFile
    ) async -> (text: String, value: Result<LoginReport, ImportFault>?) {
        let answer: LoginAnswer
        do throws(LoginAnswerFault) {
            answer = try checked(try LoginAnswer(query: query), client)
            guard answer.state != nil else { throw .foreign }
        } catch {
            return ("cdr24: \(error)", nil)
        }
        do throws(ImportFault) {
            let report = try await finish(answer, client, oauth, file)
            return ("cdr24 has access to \(report.portal). You can close this window.", .success(report))
        } catch {
            return ("cdr24 has no access: \(error)", .failure(error))
        }
    }

    // MARK: The tokens

    private func finish(
        _ answer: LoginAnswer, _ client: OAuthClient, _ oauth: OAuthSettings, _ file: TokenFile
    ) async throws(ImportFault) -> LoginReport {
        var client = client
        // The secret goes to the server of the configuration, or to one of the two that are known.
        if oauth.server == nil, let named = OAuthClient.knownServer(answer.server) { client.server = named }
        let tokens = try await exchange(answer, client, file)
        return try await report(tokens, client, file)
    }

    private func exchange(
        _ answer: LoginAnswer, _ client: OAuthClient, _ file: TokenFile
    ) async throws(ImportFault) -> OAuthTokens {
        let sender: HTTPSender
        do {
            sender = try HTTPSender(
                options: try portal.transportOptions(
                    to: client.server, environment: environment, userAgent: userAgent))
        } catch {
            throw .configuration("\(error)")
        }
        let now = time.wall()
        let reply = await HTTPTokenServer(client: client, carrier: sender).ask(.code(answer.code))
        await sender.shutdown()
        let tokens = OAuthTokens(try Self.grant(reply), client: client, replacing: nil, now: now)
        guard tokens.endpoint.origin.host == client.portal.host else {
            throw .configuration(
                """
                access was granted to the portal \(tokens.endpoint.origin.host), but portal.oauth.portal is \
                \(client.portal.host); correct it, or log in to the right portal in the browser; nothing was saved
                """)
        }
        try await save(tokens, file)
        return tokens
    }

    private static func grant(_ reply: TokenAnswer) throws(ImportFault) -> TokenGrant {
        switch reply {
        case .granted(let grant): return grant
        case .refused(let refusal) where refusal.code == "invalid_grant":
            throw .rejected(
                "the authorization server does not accept the code (invalid_grant): a code can be used once, within 30 "
                    + "seconds; run cdr24 login again")
        case .refused(let refusal): throw .rejected(refusal.sentence)
        case .unavailable(let failure), .lost(let failure): throw .rejected("\(failure); run cdr24 login again")
        }
    }

    /// A renewal that is under way in another process ends first, and finds the new tokens when it comes again.
    private func save(_ tokens: OAuthTokens, _ file: TokenFile) async throws(ImportFault) {
        do throws(TokenFileFault) {
            let lock = try await TokenLock(beside: file, time: time, waitingAtMost: .seconds(90))
            try file.replace(tokens)
            _ = consume lock
        } catch {
            throw ImportFault(error)
        }
    }

    // MARK: Who

    private func report(
        _ tokens: OAuthTokens, _ client: OAuthClient, _ file: TokenFile
    ) async throws(ImportFault) -> LoginReport {
        var report = LoginReport(
            portal: tokens.endpoint.origin.host, memberID: tokens.memberID, userID: tokens.userID,
            scopes: tokens.scopes, tokens: file.path)
        let connection = try PortalConnection.open(
            client, tokens, file, portal, environment: environment, userAgent: userAgent)
        let outcome = await connection.portal.batch([ProfileReply.command(), ScopeReply.command()])
        await connection.close()
        guard case .answered(let reply) = outcome else {
            report.warnings.append("the tokens are saved, but the portal did not reply; run: cdr24 check")
            return report
        }
        if case .succeeded(let answer)? = reply.outcomes["profile"] {
            let profile = ProfileReply(answer.result)
            report.userID = profile.userID ?? report.userID
            report.userName = profile.name
            report.isAdministrator = profile.isAdmin
        }
        // A portal that does not tell its scopes is not asked again for them.
        if case .succeeded(let answer)? = reply.outcomes["scope"], let scopes = try? ScopeReply(answer.result) {
            report.scopes = scopes.scopes.sorted()
        }
        warn(&report)
        if let warning = FileOwner.warning(aboutRootsFile: file.path, command: "cdr24 import") {
            report.warnings.append(warning)
        }
        return report
    }

    private func warn(_ report: inout LoginReport) {
        if !report.scopes.contains("telephony") {
            report.warnings.append(
                "the application lacks the permission \"telephony\", so it cannot deliver calls; add it in the portal, then "
                    + "run cdr24 login again")
        }
        if report.isAdministrator == false {
            report.warnings.append(
                "the user is not an administrator and may be unable to see all calls, so a call whose reply is lost may be "
                    + "held; run cdr24 login as an administrator")
        }
    }
}
