// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What somebody meets who has just installed the program, or has mistyped something.
@Suite(.serialized) struct FirstMinuteTests {
    /// An address at which nobody listens.
    private static let nowhere = ["BITRIX24_WEBHOOK_URL": "http://127.0.0.1:9/rest/1/abcdefgh12345678/"]

    private func workspace(_ text: String = Workspace.configuration()) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(3).file, to: "Master.csv")
        try workspace.write(text, to: "cdr24.yaml")
        return workspace
    }

    // MARK: The command line

    @Test func `the name alone says how to begin`() async throws {
        let outcome = try await Workspace().run([])
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains("cdr24 init FILE --output cdr24.yaml"), "\(outcome.errors)")
        #expect(outcome.errors.contains("cdr24 --help"))
    }

    @Test(arguments: [("statuss", "status"), ("imprt", "import"), ("chek", "check"), ("Failures", "failures")])
    func `a mistyped command is answered with the nearest`(_ typed: String, _ meant: String) async throws {
        let outcome = try await Workspace().run([typed])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("did you mean: cdr24 \(meant)?"), "\(outcome.errors)")
    }

    @Test func `a word that is near nothing leads to the list of commands`() async throws {
        let outcome = try await Workspace().run(["xyzzyplugh"])
        #expect(outcome.status == 64 && outcome.errors.contains("cdr24 --help lists the commands"), "\(outcome.errors)")
    }

    // MARK: The configuration

    @Test func `messages name file, line and column`() async throws {
        let workspace = try workspace(Workspace.configuration(source: "fromat: asterisk"))
        let outcome = try await workspace.run(["check", "--offline"], environment: Self.nowhere)
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains(/cdr24\.yaml:\d+:\d+: unknown key "fromat"; did you mean "format"\?/))
        #expect(!outcome.errors.contains("<source>") && !outcome.output.contains("<source>"))
    }

    @Test(arguments: [
        ("MSK", "Europe/Moscow"), ("UTC+3", "+03:00"), ("GMT+3", "+03:00"), ("+3", "+03:00"),
        ("Moscow", "Europe/Moscow"), ("Europe/Moskow", "Europe/Moscow"),
    ])
    func `a zone that is none gets a suggestion`(_ zone: String, _ suggestion: String) async throws {
        let workspace = try workspace(
            Workspace.configuration().replacing("time_zone: UTC", with: "time_zone: \(zone)"))
        let outcome = try await workspace.run(["import"], environment: Self.nowhere)
        #expect(outcome.status == 78)
        #expect(
            outcome.errors.contains("there is no time zone \"\(zone)\"; did you mean \"\(suggestion)\"?"),
            "\(outcome.errors)")
        #expect(outcome.errors.contains(#/cdr24\.yaml:\d+:\d+: /#), "\(outcome.errors)")
    }

    @Test func `a byte order mark changes nothing`() async throws {
        let workspace = try workspace("\u{FEFF}" + Workspace.configuration())
        let outcome = try await workspace.run(["import", "--dry-run", "--offline"], environment: Self.nowhere)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("would be delivered"))
    }

    @Test func `a pattern without quotes is explained`() async throws {
        let workspace = try workspace(Workspace.configuration(files: "*.log"))
        let outcome = try await workspace.run(["check", "--offline"], environment: Self.nowhere)
        #expect(outcome.status == 78)
        #expect(outcome.errors.contains(#/cdr24\.yaml:\d+:\d+: /#), "\(outcome.errors)")
        #expect(outcome.errors.contains("a text that begins with * or & needs quotes: \"*.csv\""), "\(outcome.errors)")
    }

    // MARK: Files

    @Test(arguments: [
        ("calls.zip", [UInt8]("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 60), "a spreadsheet or an archive"),
        (
            "calls.xlsx", [UInt8]("PK\u{3}\u{4}".utf8) + [UInt8]("[Content_Types].xml".utf8),
            "a spreadsheet or an archive"
        ),
        ("page.csv", [UInt8]("<!DOCTYPE html>\n<html><body>Log in</body></html>\n".utf8), "a web page"),
        ("blob.csv", (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ $0 / 7) }, "a binary file"),
    ])
    func `what is no CDR file is named by init, check and import, and gives no rejects`(
        _ name: String, _ bytes: [UInt8], _ kind: String
    ) async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(Workspace.configuration(files: "\"\(name)\""))
        try workspace.write(bytes, to: name)
        for command in [["init", name], ["check", "--offline"], ["import"]] {
            let outcome = try await workspace.run(command, portal: portal)
            #expect(outcome.status != 0, "\(command)")
            let text = (outcome.output + outcome.errors).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(text.contains(kind), "\(command): \(text)")
        }
        let failures = try await workspace.run(["failures"])
        #expect(failures.output.hasPrefix("no rejected records"), "\(failures.output)")
    }

    // MARK: The ledger

    @Test func `an empty ledger is no ledger yet, for every command`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let commands = [
            ["status"], ["failures"], ["show", "pbx1:1"], ["retry"], ["prune", "--before", "2020-01-01"], ["report"],
            ["reconcile"], ["rebind", "--host", "x", "--even-if-absent"], ["resolve", "pbx1:1"],
        ]
        for command in commands {
            try workspace.write("", to: "cdr24.sqlite")
            let outcome = try await workspace.run(command, portal: portal)
            #expect(outcome.status == 74, "\(command): \(outcome.status)")
            #expect(outcome.errors.contains("does not exist or is empty"), "\(command): \(outcome.errors)")
            #expect(workspace.read("cdr24.sqlite").isEmpty)
        }
        let check = try await workspace.run(["check", "--offline"], portal: portal)
        #expect(check.output.contains("does not exist yet; the first import creates it"), "\(check.output)")
        #expect(try await workspace.run(["import", "--dry-run"], portal: portal).status == 0)
        #expect(workspace.read("cdr24.sqlite").isEmpty)
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rows.count == 3)
    }

    @Test func `status tells a run that goes on from one that was killed`() async throws {
        let portal = try await Portal.start(["--latency", "telephony.externalCall.finish=20"])
        let workspace = try workspace()
        let program = try workspace.start(["import"], portal: portal)
        // The fourth request is the first finish.
        #expect(await portal.waits(for: "arrived", ofRequest: 4))
        let during = try await workspace.run(["status"])
        #expect(during.output.contains("  1: is running since "), "\(during.output)")
        program.send(SIGKILL)
        _ = await program.outcome()
        let after = try await workspace.run(["status"])
        #expect(after.output.contains(", killed") && !after.output.contains("is running"), "\(after.output)")
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: LoginTests.driver),
            "needs: apt-get install chromium-driver"))
    func `the page of the local portal shows the counts that it holds`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        let script = PackageFolder.url.appendingPathComponent("Tests/EndToEndTests/Pages/portal_tiles.py").path
        let page = await (try RunningProgram("/usr/bin/python3", [script, portal.base], in: workspace.folder)).outcome()
        var shown: [String: String] = [:]
        for line in page.output.split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            if parts.count == 2 { shown[parts[0]] = parts[1] }
        }
        let audit = try await portal.audit()
        #expect(shown["calls"] == "\(audit.rows.count)" && audit.rows.count == 3, "\(page.output)\(page.errors)")
        #expect(shown["requests"] == "\(audit.counter("requests"))")
        #expect(shown["missed"] == "\(audit.counter("missedCalls"))")
        for name in ["not finished", "limit answers", "side effects", "twice"] {
            #expect(shown[name] == "0", "\(name)")
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a ledger that root makes in the folder of another user is spoken of, by both`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let nobody: uid_t = 65_534
        for name in ["", "cdr24.yaml", "Master.csv"] { chown(workspace.path(name), nobody, nobody) }
        let first = try await workspace.run(["import"], portal: portal)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.errors.contains("belongs to root, but its folder to nobody"), "\(first.errors)")
        let remedy = "chown --reference=\(workspace.folder) \(workspace.path("cdr24.sqlite"))*"
        #expect(first.errors.contains(remedy), "\(first.errors)")

        // That user may not read the folder of the built program, so the ledger is all that it is given.
        let program = try await Programs.copy("cdr24", to: workspace.folder)
        func asNobody() async throws -> Outcome {
            let arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", program, "import"]
            let variables = ["BITRIX24_WEBHOOK_URL": portal.url, "STATE_DIRECTORY": workspace.path("state")]
            return await
                (try RunningProgram(
                    "/usr/bin/setpriv", arguments, environment: variables, in: workspace.folder)).outcome()
        }
        let refused = try await asNobody()
        #expect(refused.status == 74, "\(refused.errors)")
        #expect(
            refused.errors.contains("it belongs to root; a command that ran as root has made it"), "\(refused.errors)")
        #expect(refused.errors.contains(remedy), "\(refused.errors)")

        // As the message says.
        let words = ["-c", remedy]
        let mended = await (try RunningProgram("/bin/sh", words, in: workspace.folder)).outcome()
        #expect(mended.status == 0, "\(mended.errors)")
        let next = try await asNobody()
        #expect(next.status == 0, "\(next.errors)")
    }
}
