// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the documents show is run.
@Suite(.serialized) struct DocumentTests {
    private func document(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Programs.package)/\(name)", encoding: .utf8)
    }

    /// The blocks of a language in a Markdown text.
    private func blocks(_ language: String, in text: String) -> [String] {
        var blocks: [String] = []
        var rest = Substring(text)
        while let start = rest.range(of: "```\(language)\n"), let end = rest[start.upperBound...].range(of: "```") {
            blocks.append(String(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return blocks
    }

    @Test(arguments: ["README.md", "docs/configuration.md"])
    func `every configuration in the documents is accepted and works`(_ name: String) async throws {
        let examples = blocks("yaml", in: try document(name))
        #expect(!examples.isEmpty)
        for example in examples {
            let workspace = try Workspace()
            try workspace.write(example, to: "cdr24.yaml")
            let sample = try #require(FileManager.default.contents(atPath: "\(Programs.package)/samples/asterisk.csv"))
            try workspace.write([UInt8](sample), to: "Master.csv")
            let outcome = try await workspace.run(["import", "--dry-run", "--ledger", "none.sqlite", "Master.csv"])
            // 3 is the silence alarm: the sample grows old.
            #expect([0, 3].contains(outcome.status), "\(name): \(outcome.errors)")
            #expect(outcome.output.contains("would be sent"))
        }
    }

    @Test func `every command that the documents name exists`() async throws {
        let help = try await Workspace().run(["--help"]).output
        let texts = try ["README.md", "docs/operations.md", "docs/configuration.md"].map(document).joined()
        let named = Set(texts.matches(of: /(?:`|\$ |\n    )cdr24 ([a-z]+)/).map { String($0.1) })
        for command in named { #expect(help.contains("  \(command) "), "cdr24 \(command)") }
        #expect(named.isSuperset(of: ["import", "status", "failures", "retry", "resolve", "rebind", "formats"]))
    }

    @Test func `the version is that of the changelog, and the exit codes of help and README are the same`() async throws
    {
        let version = try await Workspace().run(["--version"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
        let newest = try document("CHANGELOG.md").firstMatch(of: /\n## ([0-9.]+)/)?.1
        #expect(newest.map(String.init) == version)
        let help = try await Workspace().run(["--help"]).output
        for code in [0, 3, 4, 64, 69, 74, 75, 78] { #expect(help.contains("\n  \(code) "), "\(code)") }
    }

    @Test func `every script can be started as the documents start it`() throws {
        var scripts = 0
        for folder in ["bench", "scripts", ".ci"] {
            let files = try FileManager.default.subpathsOfDirectory(atPath: "\(Programs.package)/\(folder)")
            for file in files where !file.hasPrefix(".") && !file.contains("__pycache__") {
                let path = "\(Programs.package)/\(folder)/\(file)"
                guard let start = FileManager.default.contents(atPath: path)?.prefix(2), start == Data("#!".utf8) else {
                    continue
                }
                scripts += 1
                #expect(FileManager.default.isExecutableFile(atPath: path), "\(folder)/\(file)")
            }
        }
        #expect(scripts >= 15)
    }

    @Test func `links in the documents lead somewhere`() throws {
        let folder = "\(Programs.package)/docs"
        let guides = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }
        for name in ["README.md", "CONTRIBUTING.md"] + guides.map({ "docs/\($0)" }) {
            let base = URL(fileURLWithPath: "\(Programs.package)/\(name)").deletingLastPathComponent().path
            for link in try document(name).matches(of: /\]\(([^)#:]+)\)/) {
                #expect(FileManager.default.fileExists(atPath: "\(base)/\(link.1)"), "\(name): \(link.1)")
            }
        }
    }
}
