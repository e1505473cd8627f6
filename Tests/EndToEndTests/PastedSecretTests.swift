// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The address of a webhook that was written where something else belongs is not repeated.
@Suite(.serialized) struct PastedSecretTests {
    private static let secret = "s3cr3tw0rd16char"
    private static let address = "https://office.bitrix24.ru/rest/1/\(secret)/"

    @Test(arguments: [
        ["import", address], ["import", "--config", address], ["import", "--format", address],
        ["import", "--webhook-url", "env:\(address)"], ["import", "--webhook-url", "file:\(address)"],
        ["import", "--webhook-url", address], ["import", "--time-zone", address], ["import", "--max-calls", address],
        ["import", "--until", address], ["import", "--ledger", address], ["import", "--report", address], [address],
        ["check", address], ["preview", address], ["init", address], ["resolve", address], ["retry", address],
        ["rebind", "--host", address], ["formats", address], ["import", "--\(address)"],
    ])
    func aPastedWebhookIsMasked(_ arguments: [String]) async throws {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(2).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let outcome = try await workspace.run(
            arguments, environment: ["BITRIX24_WEBHOOK_URL": "http://127.0.0.1:9/rest/1/another0secret00/"])
        #expect(!outcome.errors.contains(Self.secret), "\(outcome.errors)")
        #expect(!outcome.output.contains(Self.secret), "\(outcome.output)")
        #expect(!(outcome.errors + outcome.output).contains("another0secret00"))
    }

    @Test(arguments: [
        "webhook_url: { file: ADDRESS }", "webhook_url: '${ADDRESS}'", "webhook: ADDRESS", "ADDRESS: 1",
        "webhook_url: { fil: ADDRESS }", "proxy: ADDRESS", "webhook_url: ADDRESS",
        "webhook_url: { credential: ADDRESS }",
    ])
    func aWebhookInTheConfigurationIsMasked(_ line: String) async throws {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(2).file, to: "Master.csv")
        let pasted = line.replacing("ADDRESS", with: Self.address)
        try workspace.write(
            Workspace.configuration().replacing("webhook_url: ${BITRIX24_WEBHOOK_URL}", with: pasted), to: "cdr24.yaml")
        for command in [["import"], ["check", "--offline"], ["check", "--offline", "--json"]] {
            let outcome = try await workspace.run(command)
            #expect(!outcome.errors.contains(Self.secret), "\(outcome.errors)")
            #expect(!outcome.output.contains(Self.secret), "\(outcome.output)")
        }
    }

    @Test func `the program says where a webhook belongs`() async throws {
        let workspace = try Workspace()
        let outcome = try await workspace.run(["import", Self.address])
        #expect(outcome.status == 74 && outcome.errors.contains("give file:PATH"), "\(outcome.errors)")
        // The parser of the command line ends as it did: usage is 64, help is no error.
        #expect(try await workspace.run(["import", "--max-calls", "x"]).status == 64)
        let help = try await workspace.run(["--help"])
        #expect(help.status == 0 && help.output.contains("EXIT CODES") && help.errors.isEmpty)
        #expect(try await workspace.run(["--version"]).status == 0)
    }
}
