// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

private let promtool = "/usr/bin/promtool"

/// Metrics and alerts as Prometheus' own tool sees them.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool), "needs: apt-get install prometheus"))
struct MetricsTests {
    private static func check(_ arguments: [String], input: String? = nil) async throws -> Outcome {
        let folder = try TemporaryFolder()
        return await (try RunningProgram(promtool, arguments, input: input, in: folder.path)).outcome()
    }

    @Test func `metrics of two portals can lie in one folder`() async throws {
        var series: [String] = []
        for _ in 1...2 {
            let portal = try await Portal.start()
            let workspace = try Workspace()
            try workspace.write(AsteriskCall.day(3).file + "a,broken,record\n", to: "Master.csv")
            try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
            let (outcome, _) = try await workspace.importing(["--metrics", "cdr24.prom"], portal: portal)
            #expect(outcome.status == 3, "\(outcome.errors)")
            let metrics = workspace.read("cdr24.prom")
            let found = try await Self.check(["check", "metrics"], input: metrics)
            #expect(found.status == 0 && found.errors.isEmpty, "\(found)")
            let host = portal.base.dropFirst("http://".count)
            #expect(metrics.contains("cdr24_last_run_exit_code{portal=\"\(host)\"} 3\n"), "\(metrics)")
            #expect(metrics.contains("cdr24_source_newest_call_timestamp_seconds{portal=\"\(host)\",source=\"pbx1\"} "))
            #expect(!metrics.contains("last_success"))
            #expect(
                metrics.contains("cdr24_source_coverage{portal=\"\(host)\",source=\"pbx1\",state=\"missing\"} 0\n"),
                "\(metrics)")
            // The first day of a source is not judged, and neither is today.
            #expect(metrics.contains(/cdr24_source_coverage\{[^}]*state="not_judged"\} [12]\n/), "\(metrics)")
            let method = "telephony.externalCall.finish"
            #expect(
                metrics.contains("cdr24_portal_operating_seconds{portal=\"\(host)\",method=\"\(method)\"} "),
                "\(metrics)")
            series += metrics.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
                String($0.prefix { $0 != " " })
            }
        }
        // The collector refuses a folder in which one series stands twice.
        #expect(Set(series).count == series.count && series.count > 30)
    }

    @Test func `the time of the last success outlives a failure`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(3).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        var moments: [Substring] = []
        for exit in [0, 3] {
            if exit == 3 { try workspace.write(AsteriskCall.day(3).file + "a,broken,record\n", to: "Master.csv") }
            let (outcome, _) = try await workspace.importing(["--metrics", "cdr24.prom"], portal: portal)
            #expect(outcome.status == exit, "\(outcome.errors)")
            let lines = workspace.read("cdr24.prom").split(separator: "\n")
            moments.append(try #require(lines.first { $0.hasPrefix("cdr24_last_success_timestamp_seconds{") }))
            try await Task.sleep(for: .milliseconds(1_100))
        }
        #expect(moments[0] == moments[1])
    }

    @Test func `every alert fires when it should, and only then`() async throws {
        let rules = PackageFolder.url.appendingPathComponent("docs/alerts.test.yml").path
        let found = try await Self.check(["test", "rules", rules])
        #expect(found.status == 0, "\(found.output)\(found.errors)")
        let tested = try String(contentsOfFile: rules, encoding: .utf8)
        let alerts = try String(
            contentsOf: PackageFolder.url.appendingPathComponent("docs/alerts.yml"), encoding: .utf8)
        let names = alerts.matches(of: /alert: (\w+)/).map { String($0.1) }
        #expect(names.count >= 7)
        for name in names { #expect(tested.contains("alertname: \(name)"), "\(name)") }
        // A rule about a metric that does not exist never fires.
        let written = try String(
            contentsOf: PackageFolder.url.appendingPathComponent("Sources/Reporting/Summary+Metrics.swift"),
            encoding: .utf8)
        for metric in alerts.matches(of: /cdr24_(\w+)/).map({ String($0.1) }) {
            #expect(written.contains("\"\(metric)\""), "\(metric)")
        }
    }
}
