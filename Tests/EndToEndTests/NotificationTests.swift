// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Who hears of a run of the built program, and what.
@Suite(.serialized) struct NotificationTests {
    private static let scopes = ["--scopes", "telephony,crm,user,user_basic,user_brief,im"]
    private static let planted = "pl4nted-check"

    /// A workspace whose runs are told to the sink, to a file and to the portal's users 1 and 2, of whom 2 reads Russian.
    private static func workspace(_ sink: Sink, more: String = "", path: String = planted) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(3).file, to: "Master.csv")
        try workspace.write(sink.address(path) + "\n", to: "ping")
        #expect(chmod(workspace.path("ping"), 0o600) == 0)
        try workspace.write(
            "#!/bin/sh\ncat >> told.json\necho \"$CDR24_EXIT_CODE\" >> codes\n"
                + "printf '\\n%s\\n' \"$CDR24_OUTCOME\" >> outcomes\n", to: "tell")
        #expect(chmod(workspace.path("tell"), 0o700) == 0)
        let notify = """
            notify:
              ping: { file: ping }
              command: [\(workspace.path("tell"))]
              portal: { users: [1, { id: 2, language: ru }] }
              on: [failure, success]
            \(more)
            """
        try workspace.write(Workspace.configuration() + notify, to: "cdr24.yaml")
        return workspace
    }

    /// The notification that a user has.
    private static func notice(_ portal: Portal, user: Int = 1) async throws -> String? {
        let notices = try await portal.audit().notifications.filter { $0["USER_ID"] as? Int == user }
        #expect(notices.count <= 1)
        return notices.first?["MESSAGE"] as? String
    }

    /// The paths that the monitor was asked for, without the secret.
    private static func signs(_ sink: Sink) -> [String] {
        sink.told.compactMap { $0["path"]?.replacingOccurrences(of: "/" + planted, with: "") }
    }

    @Test func `all hear of what was done, of what needs a person and of what is left`() async throws {
        let (portal, sink) = (try await Portal.start(Self.scopes), try await Sink.start())
        let workspace = try Self.workspace(sink)
        let calls = AsteriskCall.day(3)
        for (exitCode, arguments, text) in [
            (4, ["--max-calls", "1"], calls.file), (0, [], calls.file), (3, [], calls.file + "a,broken,record\n"),
        ] {
            try workspace.write(text, to: "Master.csv")
            let (outcome, summary) = try await workspace.importing(arguments, portal: portal)
            #expect(outcome.status == exitCode, "\(outcome.errors)")
            let body = sink.told.last?["body"] ?? ""
            #expect(body.contains(outcome.output), "\(body)")
            #expect(sink.told.last?["type"] == "text/plain; charset=utf-8")
            let verdict = try #require((summary["verdict"] as? [String: Any])?["message"] as? [String: Any])
            let message = try #require(verdict["text"] as? String)
            #expect(try await Self.notice(portal)?.contains(message) == true)
            let russian = try #require(try await Self.notice(portal, user: 2))
            #expect(russian.contains("Звонки") && !russian.contains(message), "\(russian)")
            #expect(workspace.read("outcomes").hasSuffix("\n\(message)\n"))
            #expect(body.components(separatedBy: message).count == 2, "\(body)")
            #expect(!outcome.errors.contains("notify"), "\(outcome.errors)")
        }
        #expect(Self.signs(sink) == ["/start", "", "/start", "", "/start", "/fail"])
        #expect(workspace.read("codes") == "4\n0\n3\n")
        #expect(workspace.read("told.json").hasSuffix(workspace.read("summary.json")))
        // One for each of the two users: every run replaces the one before.
        #expect(try await portal.audit().notifications.count == 2)
        #expect(try await portal.audit().rowsPerKey.count == 3)
    }

    @Test func `all hear of what kept a run from its work`() async throws {
        let (portal, sink) = (try await Portal.start(Self.scopes), try await Sink.start())
        let workspace = try Self.workspace(sink)
        let wrong = ["BITRIX24_WEBHOOK_URL": portal.url.replacingOccurrences(of: "secret", with: "wrong")]
        let right = workspace.read("cdr24.yaml")
        let cases: [(code: Int, arguments: [String], environment: [String: String], isTold: Bool, word: String)] = [
            (64, ["--quite"], [:], true, "--quite"), (64, ["improt"], [:], true, "improt"),
            (69, [], wrong, false, "webhook_url"), (74, ["missing.csv"], [:], true, "missing.csv"),
            (74, ["--report", "no/such/folder.html"], [:], true, "no/such/folder.html"),
            (78, [], [:], true, "prtal"), (78, [], [:], true, "cdr24.yaml:"),
        ]
        var codes = ""
        for (index, one) in cases.enumerated() {
            if one.code == 78 {
                try workspace.write((index == cases.count - 1 ? "users: [\n" : "prtal: {}\n") + right, to: "cdr24.yaml")
            }
            let outcome = try await workspace.run(
                ["import"] + one.arguments, portal: portal, environment: one.environment)
            #expect(outcome.status == one.code, "\(outcome.errors)")
            #expect(Self.signs(sink).last == "/fail" && sink.told.last?["body"]?.contains(one.word) == true, "\(one)")
            let body = sink.told.last?["body"] ?? ""
            #expect(body.hasPrefix("cdr24 import: failed: ") && body.contains("exit code \(one.code)\n"), "\(body)")
            // The reason stands there once, and there are no figures of a run that has not begun.
            let said = try #require(outcome.errors.split(separator: "\n").first { $0.contains(one.word) })
            let reason = said.replacing(#/^.*cdr24: |^Error: /#, with: "")
            #expect(body.components(separatedBy: reason).count == 2, "\(reason)|\(body)")
            #expect(one.code == 69 || !body.contains("Calls"), "\(body)")
            #expect(try await Self.notice(portal)?.contains(one.word) ?? false == one.isTold, "\(one)")
            #expect(outcome.errors.contains("notify.portal") == !one.isTold, "\(outcome.errors)")
            codes += "\(one.code)\n"
            #expect(workspace.read("codes") == codes)
            #expect(!outcome.errors.contains(Self.planted) && !outcome.output.contains(Self.planted))
        }
    }

    @Test func `all hear of another run and of a portal that is away`() async throws {
        let (portal, sink) = (try await Portal.start(Self.scopes + ["--fault", "stall=4@1"]), try await Sink.start())
        let workspace = try Self.workspace(sink)
        let first = try workspace.start(["import"], portal: portal)
        #expect(await portal.waits(for: "arrived", ofRequest: 1))
        let second = try await workspace.run(["import"], portal: portal)
        #expect(second.status == 75, "\(second.errors)")
        #expect(await first.outcome().status == 0)
        #expect(Self.signs(sink) == ["/start", "/start", "/fail", ""])
        try workspace.write(AsteriskCall.day(4).file, to: "Master.csv")
        await portal.stop()
        let away = try await workspace.run(["import"], portal: portal)
        #expect(away.status == 4, "\(away.errors)")
        #expect(Self.signs(sink).suffix(2) == ["/start", "/fail"])
        #expect(sink.told.last?["body"]?.contains("cannot be reached") == true)
        #expect(away.errors.contains("notify.portal: the portal cannot be reached"), "\(away.errors)")
        #expect(workspace.read("codes") == "75\n0\n4\n")
    }

    @Test func `all hear of a report that could not be written after the run`() async throws {
        let (portal, sink) = (try await Portal.start(Self.scopes), try await Sink.start())
        let workspace = try Self.workspace(sink)
        try FileManager.default.createDirectory(
            atPath: workspace.path("report.html"), withIntermediateDirectories: true)
        let outcome = try await workspace.run(["import", "--report", "report.html"], portal: portal)
        #expect(outcome.status == 74, "\(outcome.errors)")
        let body = sink.told.last?["body"] ?? ""
        #expect(body.hasPrefix("cdr24 import: failed: the ledger or a file cannot be read or written\n"), "\(body)")
        #expect(body.contains("! cannot write report.html") && body.contains("exit code 74\n"), "\(body)")
        #expect(body.contains("delivered 3") && Self.signs(sink) == ["/start", "/fail"], "\(body)")
        #expect(workspace.read("told.json").contains("\"exitCode\" : 74"))
    }

    @Test(arguments: [("hang", "was not reached"), ("redirect", "HTTP 302"), ("broken", "HTTP 500")])
    func `a monitor that does not take it costs its time and nothing else`(_ kind: String, _ word: String) async throws
    {
        let (portal, sink) = (try await Portal.start(Self.scopes), try await Sink.start())
        let workspace = try Self.workspace(sink, more: "  time_limit: 3", path: "\(kind)/\(Self.planted)")
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 0 && outcome.errors.contains(word), "\(outcome.errors)")
        #expect(!outcome.errors.contains(Self.planted))
        // The sink would hang for two minutes; a loaded machine may take its time for the rest.
        #expect(outcome.elapsed < .seconds(60))
        #expect(sink.told.allSatisfy { $0["path"]?.hasPrefix("/\(kind)/") == true }, "\(sink.told)")
        #expect(workspace.read("codes") == "0\n")
        #expect(try await portal.audit().rowsPerKey.count == 3)
    }

    @Test func `a program that hangs is ended, and one that is missing is said`() async throws {
        let (portal, sink) = (try await Portal.start(), try await Sink.start())
        let workspace = try Self.workspace(sink, more: "  time_limit: 2")
        try workspace.write("#!/bin/sh\nsleep 300; true\n", to: "tell")
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 0 && outcome.errors.contains("was stopped after"), "\(outcome.errors)")
        #expect(outcome.elapsed < .seconds(60))
        // This portal's webhook lacks the permission im.
        #expect(outcome.errors.contains("lacks the permission \"im\""), "\(outcome.errors)")
        let check = try await workspace.run(["check"], portal: portal)
        #expect(check.output.contains("lacks the permission \"im\", so notify.portal tells nobody"), "\(check.output)")
        #expect(check.output.contains("can be used") && check.output.contains("can be run"))
        try FileManager.default.removeItem(atPath: workspace.path("tell"))
        let without = try await workspace.run(["import"], portal: portal)
        #expect(without.status == 0 && without.errors.contains("cannot be run"), "\(without.errors)")
        #expect(try await workspace.run(["check"], portal: portal).output.contains("is not a program"))
    }

    @Test func `a dry run tells nobody`() async throws {
        let (portal, sink) = (try await Portal.start(Self.scopes), try await Sink.start())
        let workspace = try Self.workspace(sink)
        _ = try await workspace.run(["import", "--dry-run"], portal: portal)
        _ = try await workspace.run(["import", "--dry-run", "--quite"], portal: portal)
        _ = try await workspace.run(["status", "--quite"], portal: portal)
        #expect(sink.told.isEmpty && workspace.read("codes").isEmpty)
        #expect(try await portal.audit().notifications.isEmpty)
    }

    // MARK: The recipes of docs/notifications.md

    /// Runs an import that needs a person, with `notify` of the page or this one.
    private static func importing(_ notify: String) async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(3).file + "a,broken,record\n", to: "Master.csv")
        try workspace.write(Workspace.configuration() + notify, to: "cdr24.yaml")
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 3 && !outcome.errors.contains("notify."), "\(outcome.errors)")
    }

    private static let msmtp = "/usr/bin/msmtp"
    private static let apprise = "/usr/bin/apprise"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: msmtp), "needs: apt-get install msmtp"))
    func `a mail arrives by the recipe for msmtp`() async throws {
        let (page, sink, folder) = (
            try Document("docs/notifications.md"), try await Sink.start(), try TemporaryFolder()
        )
        let settings = [
            ("smtp.example.org", "127.0.0.1"), ("587", sink.mailPort), ("tls on", "tls off"), ("auth on", "auth off"),
        ].reduce(try #require(page.blocks("msmtp").first)) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
        try folder.write(settings, to: "msmtprc")
        let script = try #require(page.blocks("sh").first)
        try folder.write(script.replacingOccurrences(of: "/etc/cdr24", with: folder.path), to: "cdr24-mail")
        for (name, mode) in [("msmtprc", mode_t(0o600)), ("cdr24-mail", 0o700)] {
            #expect(chmod(folder.file(name), mode) == 0)
        }
        try await Self.importing("notify: { command: [\(folder.file("cdr24-mail"))] }\n")
        let mail = try #require(sink.told.first)
        #expect(sink.told.count == 1 && mail["to"] == "admin@example.org")
        #expect(mail["mail"]?.contains("Subject: cdr24: exit code 3, 127.0.0.1:") == true, "\(mail)")
        #expect(mail["mail"]?.contains("\r\n\r\ncdr24") == true, "\(mail)")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: apprise), "needs: apt-get install apprise"))
    func `a message arrives by the recipe for apprise`() async throws {
        let (page, sink, folder) = (
            try Document("docs/notifications.md"), try await Sink.start(), try TemporaryFolder()
        )
        let address = try #require(page.blocks("apprise").first)
        #expect(address.contains("://"))
        try folder.write("json://127.0.0.1:\(sink.webPort)/chat\n", to: "apprise.conf")
        let notify = try #require(page.blocks("yaml").first { $0.contains("apprise") })
        try await Self.importing(notify.replacingOccurrences(of: "/etc/cdr24", with: folder.path))
        let message = try #require(sink.told.first)
        #expect(sink.told.count == 1 && message["path"] == "/chat")
        #expect(
            message["body"]?.contains("\"title\": \"cdr24 completed; needs attention: 1 rejected record\"") == true,
            "\(message)"
        )
    }
}
