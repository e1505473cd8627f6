// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Bitrix24Transport
import CDRConfiguration
import ExitCodes
import Foundation
import Importing
import Phrases
import Settings
import Synchronization
import TestSupport
import Testing

@testable import Notification

/// Who is told what, and what is said when that is not possible.
@Suite struct NotifierTests {
    private static let planted = "pl4nted-ping"

    /// A monitor that takes everything and answers with a status; with none it hangs.
    private final class Monitor: Sendable {
        private let messages = Mutex<[(url: String, body: String)]>([])
        private let status: Int?

        init(_ status: Int?) { self.status = status }

        var sent: [(url: String, body: String)] { messages.withLock { $0 } }

        func answer(_ message: HTTPMessage) -> PortalExchange {
            messages.withLock { $0.append((message.url, String(decoding: message.body, as: UTF8.self))) }
            guard let status else { return .neverSent(TransportFailure(.deadline, detail: message.url)) }
            return .answered(HTTPAnswer(status: status, body: [], elapsed: .zero))
        }
    }

    /// A portal that keeps what it is asked, and answers as told.
    private final class NoticeBoard: PortalTransport {
        private let requests = Mutex<[String]>([])
        private let answer: String

        init(_ answer: String) { self.answer = answer }

        var asked: [String] { requests.withLock { $0 } }

        func send(_ request: PortalRequest) async -> PortalExchange {
            requests.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
            return .answered(HTTPAnswer(status: 200, body: Array(answer.utf8), elapsed: .zero))
        }
    }

    /// A portal that never answers.
    private struct Silence: PortalTransport {
        func send(_ request: PortalRequest) async -> PortalExchange {
            // Cancelled when nobody waits any more.
            try? await Task.sleep(for: .seconds(600))
            return .neverSent(TransportFailure(.cancelled))
        }
    }

    private static func note(_ exitCode: Int, isGood: Bool? = nil) -> RunNote {
        RunNote(
            exitCode: exitCode, isGood: isGood ?? (exitCode == 0), portal: "company.test", outcome: "completed",
            text: "the text", translations: [.english: "the text", .russian: "текст [1]"], json: "{\"a\": 1}\n")
    }

    private static func notifier(
        _ monitor: Monitor = Monitor(200), board: (any PortalTransport)? = nil, environment: [String: String] = [:],
        _ change: (inout ImportConfiguration) -> Void
    ) -> Notifier {
        var configuration = ImportConfiguration()
        change(&configuration)
        return Notifier(
            configuration, environment: environment, post: { message, _ in monitor.answer(message) },
            connect: { _ throws(ImportFault) in
                guard let board else { throw .configuration("no portal is configured") }
                return PortalConnection(
                    portal: Portal(transport: board, timeout: .seconds(1)), host: "company.test", close: {})
            })
    }

    private static func pinging(_ address: String, _ monitor: Monitor) -> Notifier {
        notifier(monitor) { $0.notify.ping = .literal(address) }
    }

    // MARK: Monitors

    @Test(arguments: [(true, ""), (false, "/fail")])
    func `a monitor is told the start and the end`(_ isGood: Bool, _ suffix: String) async {
        let monitor = Monitor(200)
        let notifier = Self.pinging("https://monitor.test/\(Self.planted)/", monitor)
        #expect(await notifier.started().isEmpty)
        #expect(await notifier.ended(Self.note(4, isGood: isGood)).isEmpty)
        let base = "https://monitor.test/\(Self.planted)"
        #expect(monitor.sent.map(\.url) == [base + "/start", base + suffix])
        #expect(monitor.sent.map(\.body) == ["", "the text"])
    }

    @Test(arguments: [(302, "HTTP 302"), (500, "HTTP 500"), (nil, "was not reached")] as [(Int?, String)])
    func `a monitor that cannot be told is a remark without its address`(_ status: Int?, _ word: String) async {
        let remarks = await Self.pinging("https://monitor.test/\(Self.planted)", Monitor(status)).ended(Self.note(0))
        #expect(remarks.count == 1 && remarks[0].contains(word) && remarks[0].contains("monitor.test"), "\(remarks)")
        #expect(!remarks.joined().contains(Self.planted))
    }

    @Test(arguments: [
        "monitor.test/x", "ftp://monitor.test/x", "http://monitor.test/x", "https://u:p@monitor.test/x", "https:///x",
        "https://monitor.test/x?y=1", "https://monitor.test/a b",
    ])
    func `an address that is none is never asked and never shown`(_ address: String) async {
        let monitor = Monitor(200)
        let remarks = await Self.pinging(address, monitor).started()
        #expect(remarks.count == 1 && remarks[0].hasPrefix("notify.ping: ") && !remarks[0].contains("/x"), "\(remarks)")
        #expect(monitor.sent.isEmpty)
    }

    @Test func `nobody is told without settings, and a secret that is missing is a remark`() async {
        let monitor = Monitor(200)
        let silent = Self.notifier(monitor) { _ in }
        #expect(silent.isSilent)
        #expect(await silent.ended(Self.note(3)).isEmpty)
        let remarks = await Self.notifier(monitor) { $0.notify.ping = .environment("NO_SUCH_NAME") }.started()
        #expect(remarks.count == 1 && remarks[0].contains("NO_SUCH_NAME"))
        #expect(monitor.sent.isEmpty)
        #expect("\(String(reflecting: try? PingAddress("https://monitor.test/" + Self.planted)))".contains("monitor"))
        #expect(
            !"\(String(reflecting: try? PingAddress("https://monitor.test/" + Self.planted)))".contains(Self.planted))
    }

    // MARK: Occasions

    @Test(
        arguments: [
            ([.failure], 0, 3, false), ([.failure], 3, 3, true), ([.success], 0, 0, true), ([.success], 69, 0, false),
            ([.change], 3, 3, false), ([.change], 0, 3, true), ([.change], 3, 0, true), ([.change], 0, nil, false),
            ([.change], 69, nil, true), ([], 69, 0, false), ([.success, .failure], 0, 0, true),
        ] as [(Set<NotifySettings.Occasion>, Int, Int?, Bool)])
    func `when somebody is told`(
        _ occasions: Set<NotifySettings.Occasion>, _ exitCode: Int, _ former: Int?, _ isWanted: Bool
    ) {
        #expect(Self.note(exitCode).isWanted(on: occasions, after: former) == isWanted)
    }

    @Test func `a change is remembered once everybody has been told`() async throws {
        let folder = try TemporaryFolder()
        let flag = folder.file("works")
        let notifier = Self.notifier {
            $0.stateFolder = folder.file("state/cdr24")
            $0.notify.occasions = [.change]
            $0.notify.command = ["/bin/sh", "-c", "echo \"$CDR24_EXIT_CODE\" >> \"$0.told\"; test -e \"$0\"", flag]
        }
        // Nobody knows yet that it fails; the second night tries again, the third has nothing new.
        #expect(await notifier.ended(Self.note(3)).count == 1)
        try folder.write("", to: "works")
        for exitCode in [3, 3, 0, 0, 78] { #expect(await notifier.ended(Self.note(exitCode)).isEmpty) }
        #expect(folder.text("works.told") == "3\n3\n0\n78\n")
    }

    // MARK: Commands

    @Test func `a command gets the summary, the exit code and no secrets`() async throws {
        let folder = try TemporaryFolder()
        let environment = ["PATH": "/usr/bin:/bin", "BITRIX24_WEBHOOK_URL": Self.planted]
        let notifier = Self.notifier(environment: environment) {
            $0.notify.command = [
                "/bin/sh", "-c", "cat > \"$0\"; env >> \"$0\"; echo nobody sees this", folder.file("told"),
            ]
        }
        let remarks = await notifier.ended(Self.note(69))
        #expect(remarks.isEmpty, "\(remarks)")
        let told = folder.text("told")
        #expect(told.hasPrefix("{\"a\": 1}\n") && told.contains("CDR24_EXIT_CODE=69\n"), "\(told)")
        #expect(told.contains("CDR24_PORTAL=company.test\n") && told.contains("CDR24_TEXT=the text\n"))
        #expect(!told.contains(Self.planted))
    }

    @Test(arguments: [
        (["/bin/sh", "-c", "exit 7"], "ended with exit code 7"), (["/no/such/program"], "cannot be run"),
        (["/bin/sh", "-c", "sleep 600; true"], "was stopped after 1 second"),
        (["/bin/sh", "-c", "kill -9 $$"], "was ended by signal 9"),
    ])
    func `a command that fails is a remark`(_ command: [String], _ word: String) async {
        let told = ToldCommand(
            program: command[0], arguments: Array(command.dropFirst()), environment: ["PATH": "/usr/bin:/bin"],
            limit: .seconds(1))
        let remark = await told.run(input: String(repeating: "x", count: 1_000_000))
        #expect(remark?.contains(word) == true, "\(remark ?? "")")
    }

    @Test func `what a command has started ends with it`() async throws {
        let folder = try TemporaryFolder()
        let told = ToldCommand(
            program: "/bin/sh", arguments: ["-c", "sleep 600 & echo $! > \"$0\"; wait", folder.file("child")],
            environment: ["PATH": "/usr/bin:/bin"], limit: .milliseconds(500))
        #expect(await told.run(input: "") != nil)
        let child = try #require(Int32(folder.text("child").trimmingCharacters(in: .whitespacesAndNewlines)))
        // A busy machine takes a while to end it. Its state is Z, or it is gone, once whoever inherits it has looked.
        var state = ""
        for _ in 0..<1_000 {
            state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ") Z"
            if state.contains(") Z") { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(state.contains(") Z"), "\(state)")
    }

    // MARK: The portal

    @Test func `users of the portal are told in one request`() async throws {
        let answer = """
            {"result":{"result":{"user1":5,"user7":false},"result_error":{},"result_total":[],"result_next":[],\
            "result_time":{}},"time":{"start":1,"finish":2,"duration":1,"processing":1}}
            """
        let board = NoticeBoard(answer)
        let notifier = Self.notifier(board: board) { $0.notify.portalUsers = [.init(id: 1), .init(id: 7)] }
        var note = Self.note(3)
        note.text = "held [1]\n" + String(repeating: "a line of fifty characters, more or less, it is.\n", count: 100)
        let remarks = await notifier.ended(note)
        #expect(remarks == ["notify.portal: the portal made no notification for user 7; check the USER_ID"])
        #expect(board.asked.count == 1)
        let asked = board.asked[0].removingPercentEncoding ?? ""
        #expect(asked.contains("USER_ID=1&MESSAGE=held (1)\n") && asked.contains("&TAG=cdr24-told-"), "\(asked)")
        #expect(asked.contains("…&") && asked.contains("CLIENT_ID=cdr24") && asked.utf8.count < 8_000)
    }

    @Test func `each user is told in the language of the user, in the place of what was told before`() async throws {
        let answer = """
            {"result":{"result":{"user1":5,"user7":6,"user9":7},"result_error":{},"result_total":[],"result_next":[],\
            "result_time":{}},"time":{"start":1,"finish":2,"duration":1,"processing":1}}
            """
        let board = NoticeBoard(answer)
        let notifier = Self.notifier(board: board) {
            $0.notify.portalUsers = [
                .init(id: 1), .init(id: 7, language: .russian), .init(id: 9, language: .english),
            ]
        }
        var note = Self.note(3)
        note.text = "in the language of the configuration"
        #expect(await notifier.ended(note).isEmpty)
        try #require(board.asked.count == 1)
        let asked = board.asked[0].removingPercentEncoding?.removingPercentEncoding ?? ""
        for (user, text) in [(1, note.text), (7, "текст (1)"), (9, "the text")] {
            #expect(asked.contains("USER_ID=\(user)&MESSAGE=\(text)&MESSAGE_OUT=\(text)&TAG=cdr24-told-"), "\(asked)")
        }
        let tags = asked.matches(of: #/TAG=([a-z0-9-]+)/#).map(\.output.1)
        #expect(tags.count == 3 && Set(tags).count == 1, "\(tags)")
    }

    @Test func `a portal that cannot be asked is a remark`() async {
        let missing = await Self.notifier { $0.notify.portalUsers = [.init(id: 1)] }.ended(Self.note(78))
        #expect(missing.count == 1 && missing[0].hasPrefix("notify.portal: no portal is configured"), "\(missing)")
        let silent = await Self.notifier(board: Silence()) {
            $0.notify.portalUsers = [.init(id: 1)]
            $0.notify.timeLimit = .seconds(1)
        }.ended(Self.note(3))
        #expect(silent == ["notify.portal: no answer within 1 second"])
        let refusal = NoticeBoard(#"{"error":"insufficient_scope","error_description":""}"#)
        let refused = await Self.notifier(board: refusal) { $0.notify.portalUsers = [.init(id: 1)] }.ended(Self.note(3))
        #expect(refused.count == 1 && refused[0].hasPrefix("notify.portal: "), "\(refused)")
    }
}
