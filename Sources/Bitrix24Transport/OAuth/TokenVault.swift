// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import Clocks

/// The tokens of one application, for all requests of this process: performs what ``TokenKeeper`` decides.
package actor TokenVault {
    private let file: TokenFile
    private let server: any TokenServer
    private let time: TimeSource
    private var keeper: TokenKeeper
    private var renewal: Task<Result<OAuthTokens, TransportFailure>, Never>?

    /// How long another process that renews the tokens is waited for.
    private static let lockLimit = Duration.seconds(90)

    /// Starts with the tokens of a file.
    ///
    /// - Parameters:
    ///   - client: The application.
    ///   - tokens: What ``TokenFile/read()`` gave.
    ///   - file: Where renewed tokens are kept.
    ///   - server: Who renews them.
    ///   - time: The wall clock that ends of tokens are compared with.
    package init(
        client: OAuthClient, tokens: OAuthTokens, file: TokenFile, server: any TokenServer, time: TimeSource = .system
    ) {
        self.file = file
        self.server = server
        self.time = time
        keeper = TokenKeeper(client: client, tokens: tokens)
    }

    /// The tokens for a request, renewed first where their end is near.
    package func tokens() async -> Result<OAuthTokens, TransportFailure> {
        await perform(keeper.request(at: time.wall()))
    }

    /// The tokens for a second try, after the portal refused this one as expired.
    package func tokens(insteadOf refused: Secret) async -> Result<OAuthTokens, TransportFailure> {
        await perform(keeper.refused(refused, at: time.wall()))
    }

    /// The tokens for a second try, after the portal answered that it has moved; with the same endpoint there is none.
    package func tokens(afterMoveFrom endpoint: RESTEndpoint) async -> Result<OAuthTokens, TransportFailure> {
        await perform(keeper.moved(from: endpoint, at: time.wall()))
    }

    private func perform(_ action: TokenKeeper.Action) async -> Result<OAuthTokens, TransportFailure> {
        switch action {
        case .send(let tokens): return .success(tokens)
        case .fail(let failure): return .failure(failure)
        case .renew:
            // A task of its own: a request that is cancelled must not end the renewal between question and answer.
            let task = Task { await renew() }
            renewal = task
            return await task.value
        case .wait:
            guard let renewal else { preconditionFailure("a renewal is waited for that nobody started") }
            return await renewal.value
        }
    }

    private func renew() async -> Result<OAuthTokens, TransportFailure> {
        let lock: TokenLock
        do throws(TokenFileFault) {
            lock = try await TokenLock(beside: file, time: time, waitingAtMost: Self.lockLimit)
        } catch {
            return await follow(keeper.lockFailed(Self.failure(error), at: time.wall()))
        }
        // Whatever keeps the file from being read: it does not hold tokens that could be renewed.
        let result = await follow(keeper.stored(try? file.read(), at: time.wall()))
        file.discard()
        _ = consume lock
        return result
    }

    private func follow(_ first: TokenKeeper.Step) async -> Result<OAuthTokens, TransportFailure> {
        var step = first
        while true {
            switch step {
            case .over(let result): return result
            case .ask(let refresh): step = await ask(refresh)
            case .save(let tokens): step = save(tokens)
            }
        }
    }

    private func ask(_ refresh: Secret) async -> TokenKeeper.Step {
        do throws(TokenFileFault) {
            try file.prepare()
        } catch {
            return keeper.notPrepared(Self.failure(error), at: time.wall())
        }
        return keeper.answered(await server.ask(.refresh(refresh)), at: time.wall())
    }

    private func save(_ tokens: OAuthTokens) -> TokenKeeper.Step {
        do throws(TokenFileFault) {
            try file.replace(tokens)
            return keeper.saved()
        } catch {
            return keeper.notSaved(Self.failure(error), at: time.wall())
        }
    }

    private static func failure(_ fault: TokenFileFault) -> TransportFailure {
        if case .locked = fault { return TransportFailure(.authorizationServer, detail: "\(fault)") }
        return TransportFailure(.tokensNotSaved, detail: "\(fault)")
    }
}
