// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What the documents show is run or compared with the programs.
@Suite(.serialized) struct DocumentTests {
    @Test func `every configuration in the documents is accepted and works`() async throws {
        let examples = try Document.all().flatMap { page in page.blocks("yaml").map { (page.name, $0) } }
        for (name, example) in examples {
            let workspace = try Workspace()
            try workspace.write(example.contains("sources:") ? example : example + Self.sources, to: "cdr24.yaml")
            try workspace.writeSample(to: "Master.csv")
            let outcome = try await workspace.run(["import", "--dry-run", "--ledger", "none.sqlite", "Master.csv"])
            // 3 is the silence alarm: the sample grows old.
            #expect([0, 3].contains(outcome.status), "\(name): \(outcome.errors)")
            #expect(outcome.output.contains("would be "), "\(name)")
        }
        #expect(Set(examples.map(\.0)).isSuperset(of: ["README.md", "docs/configuration.md"]))
    }

    /// Where records come from, for an example that shows another part of the configuration.
    private static let sources = """
        sources:
          - { files: [Master.csv], format: asterisk, time_zone: Europe/Moscow, not_before: 2020-01-01 }

        """

    @Test func `the commands of the README work as they stand there`() async throws {
        let page = try Document("README.md")
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.writeSample(to: "Master.csv")
        try workspace.write(portal.url + "\n", to: "webhook")
        #expect(chmod(workspace.path("webhook"), 0o600) == 0)
        let places = ["/etc/cdr24", "/var/lib/cdr24", "/var/log/asterisk/cdr-csv"]
        let configuration = places.reduce(try #require(page.blocks("yaml").first)) { text, place in
            text.replacingOccurrences(of: place, with: workspace.folder)
        }
        try workspace.write(configuration, to: "cdr24.yaml")
        for command in page.commands where command.hasPrefix("cdr24 ") {
            let outcome = try await workspace.run(Self.words(command))
            // 3: one extension of the sample is not in the example.
            #expect(outcome.status == 0 || command == "cdr24 check" && outcome.status == 3, "\(command)\n\(outcome)")
        }
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 10)
        #expect(audit.isQuiet)
    }

    @Test func `whoever follows the page on getting started arrives`() async throws {
        let page = try Document("docs/getting-started.md")
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.writeSample(to: "Master.csv")
        var statuses: [String: Int] = [:]
        for command in page.commands {
            let outcome = try await workspace.run(Self.words(command), portal: portal)
            statuses[command] = outcome.status
            #expect(!outcome.output.isEmpty || !outcome.errors.isEmpty, "\(command)")
        }
        // What init cannot know is what check and the dry run warn of, and work is left after the first five calls.
        #expect(
            statuses == [
                "cdr24 init Master.csv --output cdr24.yaml": 0, "cdr24 preview Master.csv --limit 3": 0,
                "cdr24 check": 3, "cdr24 import --dry-run": 3, "cdr24 import --max-calls 5": 4,
            ])
        #expect(try await portal.audit().rowsPerKey.count == 5)
    }

    @Test func `every command and option in the documents exists`() async throws {
        var checked: Set<String> = []
        for page in try Document.all() {
            for command in Set(page.commands + page.mentions) {
                checked.insert(String(command.prefix { $0 != " " }))
                let reference = try await Self.reference(for: command)
                #expect(reference != nil, "\(page.name): \(command)")
                let unknown = Self.options(in: command).subtracting(Self.options(in: reference ?? ""))
                #expect(unknown.isEmpty, "\(page.name): \(command): \(unknown)")
            }
        }
        #expect(checked.isSuperset(of: ["cdr24", "bitrix24-sim", "scripts/test", "bench/drill"]))
    }

    @Test func `every option that the documents mention by itself exists`() async throws {
        let help = try await Workspace().run(["--help"]).output
        let commands = help.matches(of: /(?m)^  ([a-z]+) +/).map { "cdr24 \($0.1)" } + ["bitrix24-sim"]
        #expect(commands.count > 10)
        let scripts = try FileManager.default.subpathsOfDirectory(atPath: "\(PackageFolder.path)/bench").map {
            "bench/\($0)"
        }
        var known: Set<String> = []
        for command in commands + scripts {
            known.formUnion(Self.options(in: try await Self.reference(for: command) ?? ""))
        }
        for page in try Document.all() {
            let mentioned = page.text.matches(of: /`(--[a-z-]+)[^`\n]*`/).map { String($0.1) }
            #expect(known.isSuperset(of: mentioned), "\(page.name): \(Set(mentioned).subtracting(known))")
        }
    }

    /// The words of a text that are options.
    private static func options(in text: String) -> Set<String> {
        Set(text.matches(of: /(?:^|[\s"'`(\[,|])(--?[a-z][a-z-]*)/).map { String($0.1) })
    }

    /// What says which options a command has: the help of a program, the text of a script; `nil` if there is no such command.
    private static func reference(for command: String) async throws -> String? {
        let words = words(command, keepingProgram: true)
        switch words[0] {
        case "cdr24":
            let subcommand = words.dropFirst().first { !$0.hasPrefix("-") }
            let help = try await Workspace().run([subcommand, "--help"].compactMap { $0 })
            // An unknown word would be a file for import, the default command: its help does not begin like this.
            let isKnown = subcommand.map { help.output.contains("USAGE: cdr24 \($0) ") } ?? true
            return isKnown ? help.output : nil
        case "bitrix24-sim":
            return try await Workspace().runs("bitrix24-sim", ["--help"]).output
        default:
            // No such file means no such command.
            return try? String(contentsOfFile: "\(PackageFolder.path)/\(words[0])", encoding: .utf8)
        }
    }

    /// The arguments of a command of an example, without what a shell would do with them.
    private static func words(_ command: String, keepingProgram: Bool = false) -> [String] {
        let words = command.prefix { !">|&".contains($0) }.split(separator: " ").map(String.init)
        return keepingProgram ? words : Array(words.dropFirst())
    }

    @Test func `pictures are small`() throws {
        let folder = "\(PackageFolder.path)/docs/images"
        let pictures = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        #expect(Set(pictures).isSuperset(of: ["demo.svg", "report.png", "coverage.png", "portal.png"]))
        for picture in pictures {
            let size = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(picture)")[.size] as? Int
            #expect((size ?? .max) <= 150_000, "\(picture): \(size ?? 0) bytes")
        }
    }

    @Test func `the version is that of the changelog`() async throws {
        let version = try await Workspace().run(["--version"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
        let newest = try Document("CHANGELOG.md").text.firstMatch(of: /\n## ([0-9.]+)/)?.1
        #expect(newest.map(String.init) == version)
    }

    @Test func `help and README list the same exit codes`() async throws {
        let help = try await Workspace().run(["--help"]).output
        let codes = help.matches(of: /(?m)^  (\d+) +[a-z]/).map { String($0.1) }
        #expect(codes == ["0", "3", "4", "64", "69", "74", "75", "78"])
        let listed = try Document("README.md").text.matches(of: /(?m)^\| ([0-9, ]+) \|/).map { String($0.1) }
        #expect(listed.joined(separator: ", ").components(separatedBy: ", ") == codes)
    }

    @Test func `the picture of the README shows what the program prints`() async throws {
        let programs = URL(fileURLWithPath: try Programs.path("cdr24")).deletingLastPathComponent().path
        let outcome = try await Workspace().runs(
            "\(PackageFolder.path)/scripts/picture", ["--check", "--bin", programs],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `every script can be started as the documents start it`() throws {
        var scripts = 0
        for folder in ["bench", "scripts", ".ci"] {
            let files = try FileManager.default.subpathsOfDirectory(atPath: "\(PackageFolder.path)/\(folder)")
            for file in files where !file.hasPrefix(".") && !file.contains("__pycache__") {
                let path = "\(PackageFolder.path)/\(folder)/\(file)"
                guard let start = FileManager.default.contents(atPath: path)?.prefix(2), start == Data("#!".utf8) else {
                    continue
                }
                scripts += 1
                #expect(FileManager.default.isExecutableFile(atPath: path), "\(folder)/\(file)")
            }
        }
        #expect(scripts >= 15)
    }
}

extension Workspace {
    /// Copies the sample of an Asterisk log.
    fileprivate func writeSample(to name: String) throws {
        let sample = try String(contentsOfFile: "\(PackageFolder.path)/samples/asterisk.csv", encoding: .utf8)
        try write(sample, to: name)
    }

    /// Runs another program than `cdr24` in the folder to its end.
    fileprivate func runs(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await RunningProgram(program, arguments, environment: environment, in: folder).outcome()
    }
}
