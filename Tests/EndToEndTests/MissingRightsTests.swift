// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What a user is told who may not read or write what a command needs.
@Suite(.enabled(if: geteuid() == 0, "needs root, who makes files that another user may not use"))
struct MissingRightsTests {
    /// A file, how it is closed, what is run, and what is said; `FOLDER` stands for the folder.
    private static let cases: [(file: String, mode: mode_t, group: gid_t?, arguments: [String], words: [String])] = [
        (
            "cdr24.yaml", 0o600, nil, ["check"],
            ["cannot read the configuration cdr24.yaml: ", "may not read it; as root, run: chown nobody: cdr24.yaml"]
        ),
        (
            "webhook", 0o600, nil, ["import"],
            ["cannot read the file", "the webhook address: ", "as root, run: chown nobody: FOLDER/webhook"]
        ),
        (
            "Master.csv", 0o640, 1, ["import", "--dry-run", "--offline"],
            ["Permission denied", "its group daemon may: as root, run: usermod --append --groups daemon nobody"]
        ),
        (
            "logs", 0o750, 1, ["import", "logs/Master.csv", "--dry-run", "--offline"],
            ["may not look into logs; its group daemon may: as root, run: usermod --append --groups daemon nobody"]
        ),
        (
            "logs", 0o750, 1, ["import", "logs/*.csv", "--dry-run", "--offline"],
            ["the folder logs/ cannot be read: ", "usermod --append --groups daemon nobody"]
        ),
        (
            "", 0o755, nil, ["import", "--dry-run", "--offline", "--ledger", "state/alpha/cdr24.sqlite"],
            ["the folder state/alpha does not exist; as root, run: install -d -m 700 -o nobody state/alpha"]
        ),
        (
            "", 0o755, nil, ["check", "--offline", "--ledger", "state/alpha/cdr24.sqlite"],
            ["the folder state/alpha does not exist; as root, run: install -d -m 700 -o nobody state/alpha"]
        ),
        (
            "cdr24.sqlite", 0o644, nil, ["import"],
            [
                "it belongs to root; a command that ran as root has made it; as root, run: chown --reference=FOLDER FOLDER/"
            ]
        ),
    ]

    @Test(arguments: cases.indices)
    func `the missing right is named with the command that grants it`(_ number: Int) async throws {
        let (file, mode, group, arguments, words) = Self.cases[number]
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let nobody: uid_t = 65_534
        try FileManager.default.createDirectory(
            atPath: workspace.path("logs"), withIntermediateDirectories: false)
        for name in ["Master.csv", "logs/Master.csv"] {
            try workspace.write(AsteriskCall.day(3).file, to: name)
        }
        try workspace.write(portal.url, to: "webhook")
        let text = Workspace.configuration().replacing("${BITRIX24_WEBHOOK_URL}", with: "{ file: webhook }")
        try workspace.write(text, to: "cdr24.yaml")
        chmod(workspace.path("webhook"), 0o600)
        if file == "cdr24.sqlite" {
            let environment = ["STATE_DIRECTORY": workspace.folder]
            #expect(try await workspace.run(["import"], environment: environment).status == 0)
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: workspace.folder)
        for name in [""] + names where !name.hasPrefix("cdr24.sqlite") { chown(workspace.path(name), nobody, nobody) }
        if !file.isEmpty {
            chown(workspace.path(file), 0, group ?? 0)
            chmod(workspace.path(file), mode)
        }

        // That user may not read the folder of the built program.
        let program = try await Programs.copy("cdr24", to: workspace.folder)
        let outcome = await
            (try RunningProgram(
                "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", program] + arguments,
                environment: ["STATE_DIRECTORY": workspace.folder], in: workspace.folder)).outcome()
        #expect(outcome.status != 0)
        let said = outcome.output + outcome.errors
        for word in words {
            let word = word.replacing("FOLDER", with: workspace.folder)
            #expect(said.contains(word), "expected: \(word)\n\(said)")
        }
    }
}
