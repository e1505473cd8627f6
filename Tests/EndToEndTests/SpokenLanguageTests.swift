// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What an administrator reads is in the language of the configuration or the locale; what programs read is English.
@Suite(.serialized) struct SpokenLanguageTests {
    private static let russian = ["LANG": "ru_RU.UTF-8"]

    /// Three calls: one is delivered, one is held for its extension, one record is rejected.
    private func workspace(_ more: String = "") throws -> Workspace {
        let workspace = try Workspace()
        var calls = AsteriskCall.day(3)
        calls[1].employee = 199
        var lines = calls.map(\.record)
        lines[2] = lines[2].replacingOccurrences(of: "8900", with: "89x0")
        try workspace.write(lines.joined(), to: "Master.csv")
        try workspace.write(Workspace.configuration() + more, to: "cdr24.yaml")
        return workspace
    }

    /// Whether a line of a text for people is English: words of Latin letters that are not names, keys or commands.
    private func english(_ text: String) -> [Substring] {
        let words = ["call", "record", "file", "needs", "the", "delivered", "held", "rejected", "warning", "missed"]
        return text.split(separator: "\n").filter { line in
            let parts = line.split { !$0.isLetter }
            return parts.contains { words.contains($0.lowercased()) }
        }
    }

    @Test func `summary, report and remedies are Russian in a Russian locale`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let run = try await workspace.run(
            ["import", "--summary-json", "s.json", "--report", "r.html"], portal: portal, environment: Self.russian)
        #expect(run.status == 3)
        #expect(run.output.hasPrefix("cdr24 import: завершено; требует внимания: "), "\(run.output)")
        for words in [
            "1\u{A0}отложенный звонок (unknownExtension)", "добавьте внутренний номер в users.extensions",
            "199 (1\u{A0}звонок)", "Звонки    доставлено 1", "код завершения 3",
        ] { #expect(run.output.contains(words), "\(words): \(run.output)") }
        #expect(english(run.output).isEmpty, "\(english(run.output))")
        let failures = try await workspace.run(["failures"], environment: Self.russian)
        #expect(failures.output.contains("добавьте внутренний номер в users.extensions, затем выполните: cdr24 retry"))
        let page = workspace.read("r.html")
        #expect(page.contains("<html lang=\"ru\">") && page.contains("<h1>Завершено; требует внимания: "))
        let report = try await workspace.run(["report"], environment: Self.russian)
        #expect(report.output.contains("на портале нет активного сотрудника с таким внутренним номером"))
        let json = workspace.read("s.json")
        #expect(json.contains("completed; needs attention") && !json.contains("звон"), "\(json)")
        #expect(!run.errors.contains("звон"))
        await portal.stop()
    }

    @Test func `the configuration has priority over the locale, and LC_ALL over LANG`() async throws {
        let english = try workspace("language: en\n")
        let first = try await english.run(["import", "--dry-run", "--offline"], environment: Self.russian)
        #expect(first.output.hasPrefix("cdr24 import: completed; "), "\(first.output)\(first.errors)")
        let russian = try workspace("language: ru\n")
        let second = try await russian.run(["import", "--dry-run", "--offline"])
        #expect(second.output.hasPrefix("cdr24 import: завершено; "), "\(second.output)\(second.errors)")
        let third = try await workspace().run(
            ["import", "--dry-run", "--offline"], environment: Self.russian.merging(["LC_ALL": "C"]) { $1 })
        #expect(third.output.hasPrefix("cdr24 import: completed; "), "\(third.output)\(third.errors)")
        let wrong = try await workspace("language: xx\n").run(["import", "--dry-run"])
        #expect(wrong.status == 78 && wrong.errors.contains("expected en or ru"), "\(wrong.errors)")
    }

    @Test func `the page on getting started has the same commands in both languages`() throws {
        let english = try Document("docs/getting-started.md")
        let russian = try Document("docs/getting-started.ru.md")
        #expect(russian.commands == english.commands && english.commands.count == 5)
    }
}
