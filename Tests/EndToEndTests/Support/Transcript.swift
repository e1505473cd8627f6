// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// An administrator with a mistake to mend, who has the nightly line of cron, an editor for the configuration, and nothing but
/// the commands that the program has printed last.
final class Transcript {
    let portal: Portal
    private let workspace: Workspace
    /// What the last command printed.
    private(set) var last = Outcome(status: 0, output: "", errors: "", elapsed: .zero)
    private var helps: [String: String] = [:]

    init(_ file: String, _ configuration: String) async throws {
        portal = try await Portal.start()
        workspace = try Workspace()
        try workspace.write(file, to: "Master.csv")
        try correct(configuration)
    }

    /// Edits the configuration.
    func correct(_ configuration: String) throws { try workspace.write(configuration, to: "cdr24.yaml") }

    /// Runs the nightly import.
    func night(_ options: String...) async throws { try await run(["import"] + options) }

    /// Runs a command as it was printed last; the test fails if it was not.
    ///
    /// - Parameter beginning: The words that it begins with, which no other printed command does.
    func follow(_ beginning: String) async throws {
        let words = beginning.split(separator: " ").map(String.init)
        let printed = Self.commands(in: last).filter { $0.starts(with: words) }
        let exact = printed.filter { $0 == words }
        let meant = try #require(
            exact.first ?? printed.first, "\(beginning) was not printed: \(last.output)\(last.errors)")
        #expect(!exact.isEmpty || printed.count == 1, "\(beginning) is not one command: \(printed)")
        try await run(Array(meant.dropFirst()))
    }

    /// Runs a command that nobody suggested: the mistake itself.
    func decideByHand(_ words: String...) async throws { try await run(words) }

    /// The exit code was 0, and the portal has these calls once and no others.
    func expectDone(_ calls: [AsteriskCall]) async throws {
        #expect(last.status == 0, "\(last.output)\(last.errors)")
        let rows = try await portal.audit().rowsPerKey
        #expect(rows == Dictionary(uniqueKeysWithValues: calls.map { ($0.key, 1) }))
    }

    private func run(_ words: [String]) async throws {
        last = try await workspace.run(words, portal: portal)
        for command in Self.commands(in: last) { try await expectKnown(command) }
    }

    /// Every command that is printed exists, with each of its options.
    private func expectKnown(_ command: [String]) async throws {
        let name = try #require(command.dropFirst().first, "no command: \(command)")
        if helps[name] == nil { helps[name] = try await workspace.run([name, "--help"]).output }
        let help = helps[name] ?? ""
        // Whoever mistypes a command gets the help of the program.
        #expect(help.contains("USAGE: cdr24 \(name)"), "\(command)")
        for option in command where option.hasPrefix("--") { #expect(help.contains(option), "\(command): \(option)") }
    }

    /// The commands in what was printed: each from its name to the end of the line or of its clause.
    static func commands(in outcome: Outcome) -> [[String]] {
        (outcome.output + "\n" + outcome.errors).split(separator: "\n").flatMap { line in
            line.matches(of: #/(?:^|[ `])(cdr24 [^,;`>()]+)/#).compactMap { match -> [String]? in
                let words = match.1.split(separator: " ").map(String.init)
                // The heading of a summary, "cdr24 import: completed", and a message, "cdr24: …", are none.
                guard words.count > 1, !words[1].hasSuffix(":") else { return nil }
                return words
            }
        }
    }
}
