// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A page of the project's documentation, with the examples in it.
struct Document: Sendable {
    /// The path from the package's folder on.
    let name: String
    let text: String

    init(_ name: String) throws {
        self.name = name
        text = try String(contentsOfFile: "\(PackageFolder.path)/\(name)", encoding: .utf8)
    }

    /// All pages: those in the package's folder, in `docs` and in `bench`.
    static func all() throws -> [Document] {
        try ["", "docs/", "bench/"].flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: "\(PackageFolder.path)/\(folder)")
                .filter { $0.hasSuffix(".md") }.sorted().map { try Document(folder + $0) }
        }
    }

    /// The fenced blocks whose fence names exactly this language.
    func blocks(_ language: String) -> [String] {
        var blocks: [String] = []
        var rest = Substring(text)
        while let start = rest.range(of: "```\(language)\n"), let end = rest[start.upperBound...].range(of: "\n```") {
            blocks.append(String(rest[start.upperBound..<end.lowerBound]) + "\n")
            rest = rest[end.upperBound...]
        }
        return blocks
    }

    /// The commands of the shell examples, in their order: lines of indented blocks and of fenced blocks without a language
    /// that begin with a program of the project, each without its comment.
    var commands: [String] {
        var fence: Substring?
        return text.split(separator: "\n").compactMap { line in
            if line.hasPrefix("```") {
                fence = fence == nil ? line : nil
                return nil
            }
            guard fence == "```" || fence == nil && line.hasPrefix("    ") else { return nil }
            let command = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            return Self.isOurs(command) ? command : nil
        }
    }

    /// The commands of the project's programs that stand in the text between backticks.
    var mentions: [String] {
        text.matches(of: /`([^`\n]+)`/).map { String($0.1) }.filter(Self.isOurs)
    }

    private static func isOurs(_ command: String) -> Bool {
        command.firstMatch(of: /^(cdr24|bitrix24-sim|(scripts|bench)\/[a-z_\/.-]+)( |$)/) != nil
    }
}
