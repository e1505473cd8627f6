// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import ExitCodes
import Foundation
import Importing
import Reporting

/// `cdr24 failures`: what needs a person.
struct FailuresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "List rejected records, refused calls and held calls, with the reason and what to do.",
        discussion: """
            Every import ends with exit code \(ExitStatus.needsAttention.rawValue) until each of them is delivered, \
            corrected or dismissed. To correct rejected records, write them to a file with --csv, correct them there, and \
            import the file with: cdr24 import --source NAME FILE. A corrected record leaves the list by itself.
            """)

    @Argument(
        help: ArgumentHelp(
            "With --dismiss: keys of calls and names of rejected records (r17), as listed.", valueName: "key"))
    var keys: [String] = []

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Print the rejected records, as they are in their files, to be corrected and imported again.")
    var csv = false

    @Flag(help: "With --csv: print the refused and held calls instead, with their reasons.")
    var calls = false

    @Option(
        name: .customLong("output"),
        help: ArgumentHelp("With --csv: write one file for each source to this folder.", valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("Only the source with this key_prefix.", valueName: "key_prefix"))
    var source: String?

    @Flag(help: "Give up what is named by keys, --reason or --source: it no longer needs attention.")
    var dismiss = false

    @Flag(help: "Take a dismissal back.")
    var undo = false

    @Flag(help: "List what was dismissed.")
    var dismissed = false

    @Option(
        help: ArgumentHelp("With --dismiss or --undo: only this reason, for example badNumber.", valueName: "reason"))
    var reason: String?

    @Option(
        help: ArgumentHelp(
            "List at most n records and n calls of each state (default: 1000; --csv: all).", valueName: "n"))
    var limit: Int?

    private static let usualLimit = 1_000
    private static let conversion = """
        the rejected records come from files of several encodings: they are printed as UTF-8, and bytes that are not valid \
        in their encoding are printed as the replacement character
        """

    func validate() throws {
        if let limit { try validateLimit(limit) }
        let decides = dismiss || undo
        if decides, keys.isEmpty, reason == nil, source == nil {
            throw ValidationError("--dismiss and --undo need a key, --reason or --source")
        }
        if !decides, !keys.isEmpty || reason != nil {
            throw ValidationError("keys and --reason need --dismiss or --undo")
        }
        if !csv, calls || folder != nil { throw ValidationError("--calls and --output need --csv") }
        if csv, output.json { throw ValidationError("--csv and --json exclude each other") }
    }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let ledger = LedgerAccess(path: configuration.ledger)
            if dismiss || undo {
                var choice = Dismissal.Choice()
                choice.keys = keys
                choice.reason = reason
                choice.source = source
                let report = try Dismissal(ledger, choice).run(isUndone: undo)
                output.print(report)
                if !report.unknown.isEmpty { throw ExitCode(.needsAttention) }
                return
            }
            let listing = FailureListing(ledger, source: source)
            guard csv else {
                return output.print(
                    try listing.list(limit: limit ?? Self.usualLimit, isDismissed: dismissed),
                    in: CommonOptions.language(of: configuration))
            }
            if calls {
                print(try listing.list(limit: limit ?? .max, isDismissed: dismissed).callsCSV, terminator: "")
            } else {
                try write(try listing.files(limit: limit ?? .max))
            }
        }
    }

    private func write(_ files: [RejectedRecords]) throws(ImportFault) {
        if let folder { return try write(files, to: folder) }
        if files.count > 1 {
            let sources = Set(files.map(\.source)).sorted()
            throw .usage(
                """
                the rejected records come from \(files.count) kinds of files; write one file for each with: \
                cdr24 failures --csv --output FOLDER\
                \(sources.count > 1 ? ", or choose a source with --source (\(sources.joined(separator: ", ")))" : "")
                """)
        }
        for file in files {
            FileHandle.standardOutput.write(Data(file.bytes))
            StandardErrorLog.say("\(counted(file.count, "record")); \(Self.remedy(file, path: "FILE"))")
            if file.isConverted { StandardErrorLog.say(Self.conversion) }
        }
    }

    private static func remedy(_ file: RejectedRecords, path: String) -> String {
        "correct the file, then run: cdr24 import --source \(file.source) \(path)"
    }

    private func write(_ files: [RejectedRecords], to folder: String) throws(ImportFault) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .input("cannot create the folder \(folder); check that the folder above exists and is writable")
        }
        var numbers: [String: Int] = [:]
        for file in files {
            numbers[file.source, default: 0] += 1
            let number = numbers[file.source, default: 1]
            let path = "\(folder)/\(file.source)\(number > 1 ? "-\(number)" : "").csv"
            guard !FileManager.default.fileExists(atPath: path) else {
                throw .input("\(path) already exists and is not overwritten; choose another folder with --output")
            }
            // Records have clients' numbers: they are for the owner of the ledger.
            guard
                FileManager.default.createFile(
                    atPath: path, contents: Data(file.bytes), attributes: [.posixPermissions: 0o600])
            else { throw .input("cannot write \(path); check that the folder is writable") }
            print("\(path): \(counted(file.count, "record")); \(Self.remedy(file, path: path))")
            if file.isConverted { StandardErrorLog.say(Self.conversion) }
        }
        if files.isEmpty { print("no rejected records") }
    }
}

/// Refuses a `--limit` below 0.
func validateLimit(_ limit: Int) throws {
    if limit < 0 { throw ValidationError("--limit: expected a number from 0 up, for example 50; found \(limit)") }
}
