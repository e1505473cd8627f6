// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The manifests that packaging/kubernetes generates.
@Suite struct KubernetesTests {
    private static let folder = "\(PackageFolder.path)/packaging/kubernetes"

    private func run(_ script: String, _ arguments: [String], in workspace: Workspace) async throws -> Outcome {
        let venv = try #require(
            ProcessInfo.processInfo.environment["CDR24_PEERS_VENV"], "run the tests by scripts/test, which sets it")
        return try await RunningProgram(
            "\(venv)/bin/python", ["\(Self.folder)/\(script)"] + arguments, in: workspace.folder
        ).outcome()
    }

    @Test func `the example's manifests are valid by the published schemas`() async throws {
        let workspace = try Workspace()
        let made = try await run("generate", ["\(Self.folder)/example/portals.yaml", "manifests"], in: workspace)
        try #require(made.status == 0, "\(made.errors)")
        let validation = try await run("validate", ["manifests"], in: workspace)
        #expect(
            validation.output == "5 manifests of 2 portals are valid for Kubernetes 1.29, 1.37\n",
            "\(validation.errors)")
        // Made again, they are the same; a folder of somebody else is left alone.
        let first = workspace.read("manifests/alpha/cronjob.yaml")
        #expect(
            try await run("generate", ["\(Self.folder)/example/portals.yaml", "manifests"], in: workspace).status == 0)
        #expect(workspace.read("manifests/alpha/cronjob.yaml") == first && first.contains("concurrencyPolicy: Forbid"))
        let foreign = try await run("generate", ["\(Self.folder)/example/portals.yaml", "."], in: workspace)
        #expect(foreign.status == 1 && foreign.errors.contains("is not empty"))
    }

    @Test func `the example's configurations are those of cdr24`() async throws {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(3).file, to: "Master.csv")
        for name in ["alpha", "beta"] {
            let text = try String(contentsOfFile: "\(Self.folder)/example/config/\(name).yaml", encoding: .utf8)
            try workspace.write(
                text.replacingOccurrences(of: "/cdr/", with: "").replacingOccurrences(of: "Europe/Moscow", with: "UTC"),
                to: "cdr24.yaml")
            let outcome = try await workspace.run(["import", "--dry-run", "--offline", "--ledger", "none.sqlite"])
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }

    @Test(arguments: [
        ("alpha is listed twice", "- name: alpha", "- name: alpha\n    files: { emptyDir: {} }\n  - name: alpha"),
        ("names no version", "cdr24:0.1.0", "cdr24:latest"), ("unknown key schedul", "schedule:", "schedul:"),
        ("config/gamma.yaml is missing", "name: beta", "name: gamma"),
        ("files must be one volume source", "files: {", "file: {"),
        (
            "alpha: files: nfs is not permitted", "persistentVolumeClaim: { claimName: cdr-files-alpha",
            "nfs: { server: pbx-alpha.example.com, path: /exports/cdr"
        ),
        ("supplementalGroups must be a list", "[995]", "[0]"),
    ])
    func `a wrong list is refused and says why`(_ message: String, _ right: String, _ wrong: String) async throws {
        let workspace = try Workspace()
        let list = try String(contentsOfFile: "\(Self.folder)/example/portals.yaml", encoding: .utf8)
        try workspace.write(list.replacingOccurrences(of: right, with: wrong), to: "portals.yaml")
        try FileManager.default.copyItem(atPath: "\(Self.folder)/example/config", toPath: workspace.path("config"))
        let outcome = try await run("generate", ["portals.yaml", "manifests"], in: workspace)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(message) || outcome.errors.contains("unknown key file;"), "\(outcome.errors)")
    }
}
