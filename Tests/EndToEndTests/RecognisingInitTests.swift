// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `cdr24 init` on odd files, under another name and with half of their rows.
@Suite(.serialized) struct RecognisingInitTests {
    /// A file, and the format that it must be recognised as, or a word of the refusal.
    static let invented: [(name: String, format: String)] = [
        ("threecx-service.csv", "threecx"), ("threecx-report.csv", "threecx_report"),
        ("asterisk-21-columns.csv", "asterisk"), ("asterisk-cut.csv", "asterisk"), ("cucm-no-header.csv", "cucm"),
        ("cucm-cmr.csv", "quality report"), ("freeswitch-excel.csv", "freeswitch"),
        ("grandstream-api.csv", "grandstream"),
    ]

    static let written: [(name: String, format: String)] = [
        ("3cx-cdr-file-27col.csv", "threecx"), ("3cx-v20-call-report-export.csv", "threecx_report"),
        ("asterisk-cdr_csv-18col-good.csv", "asterisk"), ("asterisk-cdr_csv-18col-testsuite.csv", "asterisk"),
        ("asterisk-cdr_csv-21col-newcdrcolumns.csv", "asterisk"),
        ("asterisk-cdr_csv-truncated-lastline.csv", "asterisk"),
        ("avaya-ipoffice-smdr-synthetic.csv", "avaya_ipoffice"),
        ("cucm-cdr-no-header-typerow-first.csv", "cucm"), ("cucm15-cdr.csv", "cucm"),
        ("cucm15-cmr-not-calls.csv", "quality report"), ("freepbx13-export-16col-a.csv", "freepbx"),
        ("freepbx17-export-26col-queues.csv", "freepbx"), ("freeswitch-mod_cdr_csv-example-docs.csv", "freeswitch"),
        ("freeswitch-mod_cdr_csv-example-excel.csv", "freeswitch"),
        ("grandstream-ucm63xx-26col-older.csv", "grandstream"),
        ("grandstream-ucm6xxx-cdrapi-doc-unquoted.csv", "grandstream"), ("opensips-acc-flatstore-pipe.csv", "opensips"),
        ("yeastar-s-cdr-table-DERIVED.csv", "yeastar_s"),
    ]

    @Test(arguments: invented)
    func `an odd file is recognised or refused for what it is`(_ file: (name: String, format: String)) async throws {
        try await expectRecognition(of: SampleFiles.invented.bytes(file.name), as: file.format)
    }

    @Test(.furtherSamples, arguments: written)
    func `a further sample is recognised or refused for what it is`(_ file: (name: String, format: String)) async throws
    {
        try await expectRecognition(of: SampleFiles.written.bytes(file.name), as: file.format)
    }

    private func expectRecognition(of bytes: [UInt8], as format: String) async throws {
        let workspace = try Workspace()
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        // Two rows of heads stay; of the rest every other row goes, or where there are few, none.
        let half = lines.enumerated().filter { $0.offset < 3 || $0.offset.isMultiple(of: 2) }.map(\.element)
        try workspace.write(Array(half.joined(separator: [0x0A])), to: "export (1)")
        let made = try await workspace.run(["init", "export (1)", "--output", "cdr24.yaml"])
        if format.contains(" ") {
            #expect(made.status == 74, "\(made.errors)")
            #expect(made.errors.contains(format), "\(made.errors)")
            #expect(made.output.isEmpty)
        } else {
            #expect(made.status == 0, "\(made.errors)")
            #expect(made.errors.contains("(format: \(format)), confidence "), "\(made.errors)")
        }
    }

    @Test(arguments: [
        (
            "Conference,Moderator,Participants,Start,End\nSales,101,5,2026-11-20 09:00,2026-11-20 10:00\n"
                + "Board,102,7,2026-11-20 11:00,2026-11-20 12:00\n", "conferences"
        ),
        (
            "Agent Name,Login Time,Logout Time,Paused,Available\nAnna,09:00:00,17:00:00,00:10:00,07:50:00\n"
                + "Boris,09:00:00,17:00:00,00:20:00,07:40:00\n", "agents"
        ),
    ])
    func `what holds no calls is called by its name`(_ text: String, _ word: String) async throws {
        let workspace = try Workspace()
        try workspace.write(text, to: "Master.csv")
        let refused = try await workspace.run(["init", "Master.csv"])
        #expect(refused.status == 74)
        #expect(refused.errors.contains(word), "\(refused.errors)")
        #expect(refused.output.isEmpty)
    }
}
