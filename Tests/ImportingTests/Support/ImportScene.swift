// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallRecords
import Clocks
import ExitCodes
import Foundation
import Logging
import PortalSimulator
import Reporting
import TestSupport
import Testing

@testable import Administration
@testable import Delivery
@testable import Importing
@testable import Intake

/// Whole imports of real files into a real ledger, with a portal in memory.
final class ImportScene: Sendable {
    let time: VirtualTime
    let portal: SimulatedTransport
    private let files: TemporaryFolder
    /// A rule that moved with the time would be another one in each run.
    private let notBefore: Int64

    init(_ time: VirtualTime, _ configure: (inout PortalOptions) -> Void = { _ in }) throws {
        self.time = time
        var options = PortalOptions()
        configure(&options)
        portal = try SimulatedTransport(time, options)
        files = try TemporaryFolder()
        notBefore = time.wallSeconds - 30 * 86_400
    }

    var folder: String { files.path }

    func path(_ name: String) -> String { files.file(name) }

    func write(_ text: String, to name: String = "Master.csv") throws { try files.write(text, to: name) }

    func append(_ text: String, to name: String = "Master.csv") throws { try files.append(text, to: name) }

    /// How many calls the portal's statistics hold.
    func rowCount() async throws -> Int { try await portal.audit().rows.count }

    /// A record as Asterisk's `cdr_csv` writes it; `age` is in seconds before now.
    func record(_ number: Int, age: Int = 7_200, id: String? = nil) -> String {
        let start = Int(time.wallSeconds) - age
        func text(_ seconds: Int) -> String {
            Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.dateTimeSeparator(.space))
                .replacingOccurrences(of: "Z", with: "")
        }
        let phone = "8900\(1_000_000 + number)"
        return """
            "","\(phone)","101","from-trunk","\"\"x\"\" <\(phone)>","SIP/trunk1-\(number)","SIP/101-\(number)","Dial",\
            "SIP/101,30","\(text(start))","\(text(start + 5))","\(text(start + 35))",35,30,"ANSWERED","DOCUMENTATION",\
            "\(id ?? "\(start).\(number)")",""

            """
    }

    func records(_ numbers: ClosedRange<Int>) -> String { numbers.map { record($0) }.joined() }

    /// One import of `files`.
    func run(
        _ files: [String] = ["Master.csv"], isDryRun: Bool = false, sources: Int = 1,
        stop: StopSignal = StopSignal(), maximumCalls: Int? = nil,
        _ change: (inout ImportConfiguration) -> Void = { _ in },
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws -> ImportRun.Result {
        var configuration = ImportConfiguration()
        configuration.ledger = path("cdr24.sqlite")
        configuration.stateFolder = path("state")
        configuration.users.extensions = ["101": 1]
        configuration.users.fallback = 1
        configuration.numbers.region = "RU"
        configuration.numbers.internal = "^\\d{3}$"
        for index in 0..<sources {
            var source = SourceSettings()
            source.files = (sources == 1 ? files : [files[index]]).map(path)
            source.format = try FormatDefinition.preset("asterisk")
            source.timeZone = "UTC"
            source.trunks = ["trunk1"]
            source.notBefore = notBefore
            configuration.sources.append(source)
        }
        change(&configuration)
        var options = ImportRun.Options()
        options.isDryRun = isDryRun
        options.maximumCalls = maximumCalls
        let portal = portal
        let host = "test-\(folder.suffix(12)).invalid"
        let run = ImportRun(
            configuration: configuration, options: options, time: time.source, stop: stop,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onProgress: onProgress
        ) { settings throws(ImportFault) in
            PortalConnection(
                portal: Portal(transport: portal, timeout: settings.replyTimeout), host: host, close: {})
        }
        return await run.run()
    }
}

extension Summary.Records {
    var addsUp: Bool {
        read == calls + merged + waiting + late + duplicates + skipped.values.reduce(0, +)
            + rejected.values.reduce(0, +) && calls >= 0 && merged >= 0 && waiting >= 0
    }
}

/// What an import did to its records and calls, and that its account adds up.
func expect(
    _ result: ImportRun.Result, read: Int, delivered: Int, duplicates: Int = 0, exitCode: Int = 0,
    _ location: SourceLocation = #_sourceLocation
) {
    let summary = result.summary
    #expect(summary.run.exitCode == exitCode, "\(result.complaint ?? "")", sourceLocation: location)
    #expect(summary.records.read == read, sourceLocation: location)
    #expect(summary.records.duplicates == duplicates, sourceLocation: location)
    #expect(summary.calls.delivered == delivered, sourceLocation: location)
    #expect(summary.records.addsUp, "\(summary.records)", sourceLocation: location)
}
