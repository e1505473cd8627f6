// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import Bitrix24Transport
package import CDRConfiguration
import Digests
import Foundation
package import Importing
import Reporting

/// Tells others how a run goes: a monitor by HTTP, a program of the user's choice, and users of the portal.
///
/// Nothing of it changes how a run ends: what cannot be told is a remark for a person, without addresses.
package struct Notifier: Sendable {
    /// Sends one message to a server, and leaves no connection behind.
    package typealias Post = @Sendable (HTTPMessage, HTTPOrigin) async -> PortalExchange

    private let configuration: ImportConfiguration
    private let environment: [String: String]
    private let post: Post
    private let connect: PortalConnector
    private let former: FormerEnd?
    private let tag: String

    /// The longest text that is sent to a monitor or handed to a program; healthchecks.io keeps 100 kB.
    private static let longestText = 10_000
    /// What a program gets of the environment: enough to run, and none of the secrets that may be there.
    private static let handedOn: Set = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "LOGNAME", "TMPDIR"]

    private var settings: NotifySettings { configuration.notify }

    /// - Parameters:
    ///   - environment: The environment's variables, for secrets and for the program.
    ///   - post: Carries the signs to the monitor.
    ///   - connect: Connects to the portal.
    package init(
        _ configuration: ImportConfiguration, environment: [String: String], post: @escaping Post,
        connect: @escaping PortalConnector
    ) {
        self.configuration = configuration
        self.environment = environment
        self.post = post
        self.connect = connect
        let path = URL(fileURLWithPath: configuration.path ?? configuration.ledger).standardizedFileURL.path
        let hash = SHA256.hash(Array("\(ProcessInfo.processInfo.hostName)\n\(path)".utf8))
        let tag = "cdr24-told-" + hash.prefix(6).map { String(format: "%02x", $0) }.joined()
        self.tag = tag
        former = configuration.stateFolder.map { FormerEnd(folder: $0, tag: tag) }
    }

    /// Whether there is nobody to tell anything.
    package var isSilent: Bool { settings.isEmpty }

    /// Tells the monitor that a run begins.
    ///
    /// - Returns: What could not be told, as clauses without a full stop.
    package func started() async -> [String] {
        // The end of a run that is over at once waits for this: a third leaves the rest for what matters more.
        await ping(.start, text: "", limit: settings.timeLimit / 3)
    }

    /// Tells everybody how a run ended.
    ///
    /// - Parameter waited: How much of the time limit is used up.
    /// - Returns: What could not be told, as clauses without a full stop.
    package func ended(_ note: RunNote, waited: Duration = .zero) async -> [String] {
        let limit = max(settings.timeLimit - waited, .seconds(1))
        let isWanted = note.isWanted(on: settings.occasions, after: former?.exitCode)
        let text = String(decoding: note.text.utf8.prefix(Self.longestText), as: UTF8.self)
        async let pinged = ping(note.isGood ? .success : .failure, text: text, limit: limit)
        async let ran = isWanted ? run(note, text: text, limit: limit) : []
        async let told = isWanted ? tell(note, limit: limit) : []
        let missed = await ran + told
        // A change that did not reach everybody is still a change for the next run.
        if missed.isEmpty { former?.note(note.exitCode) }
        return await pinged + missed
    }

    private func ping(_ sign: PingAddress.Sign, text: String, limit: Duration) async -> [String] {
        guard let source = settings.ping else { return [] }
        let address: PingAddress
        do {
            address = try PingAddress(try source.read(environment: environment, what: "the address of the monitor"))
        } catch {
            return ["notify.ping: \(error)"]
        }
        let message = HTTPMessage(
            url: address.url(sign), kind: .text, body: Array(text.utf8), timeout: limit)
        switch await post(message, address.origin) {
        case .answered(let answer) where (200..<300).contains(answer.status): return []
        case .answered(let answer): return ["notify.ping: \(address) answered with HTTP \(answer.status)"]
        case .neverSent(let failure), .unknown(let failure, _):
            // What a lower layer says may repeat the address.
            return ["notify.ping: \(address) was not reached: \(TransportFailure(failure.kind))"]
        }
    }

    private func run(_ note: RunNote, text: String, limit: Duration) async -> [String] {
        guard let program = settings.command.first else { return [] }
        var variables = environment.filter { Self.handedOn.contains($0.key) }
        variables["CDR24_EXIT_CODE"] = String(note.exitCode)
        variables["CDR24_OUTCOME"] = note.outcome
        variables["CDR24_PORTAL"] = note.portal ?? ""
        variables["CDR24_TEXT"] = text
        let command = ToldCommand(
            program: program, arguments: Array(settings.command.dropFirst()), environment: variables, limit: limit)
        return await command.run(input: note.json).map { ["notify.command: \(program) \($0)"] } ?? []
    }

    private func tell(_ note: RunNote, limit: Duration) async -> [String] {
        guard !settings.portalUsers.isEmpty else { return [] }
        let notice = PortalNotice(
            users: settings.portalUsers, settings: configuration.portal, tag: tag, limit: limit, connect: connect)
        return await Self.limited(limit) { await notice.send(note) }.map { "notify.portal: \($0)" }
    }

    /// Gives up on what takes longer than its time: new access tokens may have to be fetched first.
    private static func limited(_ limit: Duration, _ body: @escaping @Sendable () async -> [String]) async -> [String] {
        await withTaskGroup(of: [String]?.self) { group in
            group.addTask { await body() }
            group.addTask {
                // Cancelled when the other task has ended first.
                try? await Task.sleep(for: limit + .milliseconds(100))
                return nil
            }
            defer { group.cancelAll() }
            return await group.next()?.flatMap { $0 } ?? [
                "no answer within \(counted(Int(limit.components.seconds), "second"))"
            ]
        }
    }
}

extension Notifier {
    /// Sends messages over the network, through the portal's proxy and with its certificates.
    package static func network(
        _ settings: PortalSettings, environment: [String: String], userAgent: String
    ) -> Post {
        { message, origin in
            let sender: HTTPSender
            do {
                sender = try HTTPSender(
                    options: try settings.transportOptions(to: origin, environment: environment, userAgent: userAgent))
            } catch {
                return .neverSent(TransportFailure(error is ProxyFault ? .proxy : .tls))
            }
            let exchange = await sender.send(message)
            await sender.shutdown()
            return exchange
        }
    }
}
