// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `cdr24 login`, as a person and as a script use it.
@Suite(.serialized) struct LoginTests {
    private func workspace(_ portal: Portal) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.configureApplication(portal)
        return workspace
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func `a code alone, or the whole address, by option`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        let (program, address) = try await workspace.startLogin(["--listen", "0"])
        let location = try await portal.allow(address, user: 7)
        let outcome = try await workspace.run(["login", "--code", location, "--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(report["schema"] as? String == "cdr24.login/1")
        #expect(report["userID"] as? Int == 7)
        #expect(report["userName"] as? String == "Greta Hale")
        #expect(report["isAdministrator"] as? Bool == false)
        #expect(outcome.errors.contains("not an administrator"))
        #expect(try mode(workspace.path("tokens.json")) == 0o600)
        program.send(SIGKILL)
        _ = await program.outcome()

        let again = try await portal.allow(address)
        let code = try #require(again.range(of: "code-[0-9]+", options: .regularExpression).map { String(again[$0]) })
        #expect(try await workspace.run(["login", "--code", code]).status == 0)
        #expect(try workspace.tokens()["user_id"] as? Int == 1)
    }

    @Test func `the redirect is caught on this machine, and the browser shows how it went`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        let (program, address) = try await workspace.startLogin(["--listen", "0"])
        let port = try #require(try await Self.port(of: program))
        try await portal.order(#"{"redirect":"http://127.0.0.1:\#(port)/"}"#)
        let (_, stray) = try await URLSession.shared.data(
            from: try #require(URL(string: "http://127.0.0.1:\(port)/?code=x&state=y")))
        #expect((stray as? HTTPURLResponse)?.statusCode == 400)
        let url = try #require(URL(string: try await portal.allow(address)))
        let (page, _) = try await URLSession.shared.data(from: url)
        #expect(String(decoding: page, as: UTF8.self).contains("cdr24 has access to"))
        let outcome = await program.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("Access granted."))
    }

    /// The port that a process listens on, from the kernel's tables.
    static func listeningPort(of pid: Int32) -> Int? {
        let folder = "/proc/\(pid)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let sockets = Set(
            names.compactMap { name -> Substring? in
                guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)"),
                    target.hasPrefix("socket:[")
                else { return nil }
                return target.dropFirst(8).dropLast()
            }.map(String.init))
        // The kernel gives a page at a time, and `FileManager.contents(atPath:)` ends at the first of them.
        let rows = try? FileHandle(forReadingAtPath: "/proc/\(pid)/net/tcp")?.readToEnd()
        let table = String(decoding: rows ?? Data(), as: UTF8.self)
        for row in table.split(separator: "\n").dropFirst() {
            let fields = row.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A", sockets.contains(String(fields[9])) else { continue }
            return fields[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
        return nil
    }

    /// The port that a login listens on; a busy machine takes a while from the address to the first wait.
    private static func port(of program: RunningProgram) async throws -> Int? {
        for _ in 0..<500 {
            if let port = listeningPort(of: program.pid) { return port }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    // MARK: What goes wrong

    /// Each leaves the tokens that were there before as they are.
    @Test func `wrong answers are told apart, and change nothing`() async throws {
        let portal = try await Portal.start(["--code-lifetime", "5"])
        let workspace = try workspace(portal)
        #expect(try await workspace.logIn(portal).status == 0)
        let before = workspace.read("tokens.json")
        let (program, address) = try await workspace.startLogin(["--listen", "0"])
        defer { program.send(SIGKILL) }
        let location = try await portal.allow(address)
        let foreign = location.replacingOccurrences(of: "&state=", with: "&state=0")
        func login(_ arguments: [String]) async throws -> Outcome { try await workspace.run(["login"] + arguments) }
        func expect(_ outcome: Outcome, _ status: Int, _ words: String) {
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
            #expect(!outcome.errors.contains("code-"))
            #expect(workspace.read("tokens.json") == before)
        }
        expect(try await login(["--code", foreign]), 64, "does not belong to the one that cdr24 login printed")
        expect(try await login(["--code", "https://app.test/?state=1"]), 64, "this address contains no code")
        expect(try await login(["--code", "https://app.test/?error=access_denied"]), 64, "access_denied")
        expect(try await login(["--code", "no-such"]), 69, "a code can be used once, within 30 seconds")
        expect(try await login([]), 64, "no code was given")
        expect(try await login(["--code", "a", "--listen", "1"]), 64, "exclude each other")
        try await Task.sleep(for: .milliseconds(5_200))
        expect(try await login(["--code", location]), 69, "a code can be used once, within 30 seconds")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: workspace.folder).allSatisfy { !$0.hasSuffix(".new") })
    }

    /// What is written into the configuration, what `login` answers, with which exit code.
    @Test func `wrong set-ups are told apart`() async throws {
        let portal = try await Portal.start()
        let host = String(portal.base.dropFirst("http://".count))
        let good = try workspace(portal)
        let text = good.read("cdr24.yaml")
        let rows: [(String, String, Int, String)] = [
            ("client_id: local.app", "client_id: local.other", 69, "wrong_client"),
            ("{ file: client-secret }", "wrong", 69, "invalid_client"),
            ("{ file: client-secret }", "{ file: nowhere }", 78, "nowhere with the client secret"),
            ("{ file: client-secret }", "{ credential: oauth }", 78, "LoadCredential=oauth"),
            ("{ file: client-secret }", "${NO_SUCH_NAME}", 78, "NO_SUCH_NAME"),
            ("portal: \(host)", "portal: localhost:1", 78, "access was granted to the portal \(host)"),
            ("portal: \(host)", "portal: http://company.test", 78, "portal.oauth.portal"),
            ("portal: \(host)", "portal: \(host)/rest/1/x/", 78, "portal.oauth.portal"),
            ("server: \(portal.base)", "server: ftp://x", 78, "portal.oauth.server"),
            ("server: \(portal.base)", "server: http://127.0.0.1:1", 69, "connection refused"),
            ("server: \(portal.base)", "tokens: no/such/folder/tokens.json\n    server: \(portal.base)", 74, "no/such"),
        ]
        for (old, new, status, words) in rows {
            let workspace = try workspace(portal)
            try workspace.write(text.replacingOccurrences(of: old, with: new), to: "cdr24.yaml")
            let location = try await portal.allow("\(portal.base)/oauth/authorize/?client_id=local.app")
            let outcome = try await workspace.run(["login", "--code", location])
            #expect(outcome.status == status, "\(new): \(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(new): \(outcome.errors)")
            #expect(!outcome.errors.contains("app-secret") && !outcome.errors.contains("code-"))
            #expect(!FileManager.default.fileExists(atPath: workspace.path("tokens.json")))
            // An import with the same set-up sends nothing.
            try workspace.write(AsteriskCall.day(1).file, to: "Master.csv")
            let (run, _) = try await workspace.importing()
            #expect([69, 74, 78].contains(run.status), "\(new): \(run.errors)")
        }
        #expect(try await portal.audit().counter("requests") == 0)
    }

    @Test func `without an application there is nothing to log in to`() async throws {
        let workspace = try Workspace()
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let outcome = try await workspace.run(["login"])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("portal: oauth:"), "\(outcome.errors)")
    }

    @Test func `an import without a login says what to do and sends nothing`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        try workspace.write(AsteriskCall.day(1).file, to: "Master.csv")
        for arguments in [["import"], ["check"]] {
            let outcome = try await workspace.run(arguments)
            #expect(outcome.status == 69, "\(outcome.errors)")
            #expect((outcome.errors + outcome.output).contains("cdr24 login"), "\(outcome)")
        }
        #expect(try await portal.audit().counter("requests") == 0)
    }

    @Test func `an application without the permission for telephony is said at once`() async throws {
        let portal = try await Portal.start(["--scopes", "crm,user"])
        let workspace = try workspace(portal)
        let outcome = try await workspace.logIn(portal)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("lacks the permission \"telephony\""), "\(outcome.output)")
    }

    // MARK: A real browser

    /// The driver of a browser without a window, as Debian's `chromium-driver` installs it.
    static let driver = "/usr/bin/chromedriver"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: driver), "needs: apt-get install chromium-driver"))
    func `a browser goes through the page to the end`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        let (program, address) = try await workspace.startLogin(["--listen", "0"])
        let port = try #require(try await Self.port(of: program))
        try await portal.order(#"{"redirect":"http://127.0.0.1:\#(port)/"}"#)
        let script = PackageFolder.url.appendingPathComponent("Tests/EndToEndTests/Pages/allow_access.py").path
        let shown = await (try RunningProgram("/usr/bin/python3", [script, address], in: workspace.folder)).outcome()
        #expect(shown.output.contains("Local application"), "\(shown.output)\(shown.errors)")
        let message = "cdr24 has access to \(portal.base.dropFirst("http://".count))"
        #expect(shown.output.contains(message), "\(shown.output)\(shown.errors)")
        let outcome = await program.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("Alma Reed"))
    }
}
