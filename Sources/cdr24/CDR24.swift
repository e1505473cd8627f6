// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
private import CMemory
import ExitCodes
import Foundation

/// The command line.
@main
struct CDR24: AsyncParsableCommand {
    /// The content of the file VERSION beside this one, the only place where the version is written.
    static let version = String(decoding: PackageResources.VERSION, as: UTF8.self).filter { !$0.isNewline }

    static let configuration = CommandConfiguration(
        commandName: "cdr24",
        abstract: "Import the call-detail records of a phone system into Bitrix24, each call exactly once.",
        discussion: """
            EXIT CODES
            \(ExitStatus.table(indent: "  "))
            """,
        version: version,
        subcommands: [
            ImportCommand.self,
            LoginCommand.self,
            CheckCommand.self,
            PreviewCommand.self,
            AuditCommand.self,
            InitCommand.self,
            StatusCommand.self,
            LinesCommand.self,
            ReportCommand.self,
            FailuresCommand.self,
            ShowCommand.self,
            FindCommand.self,
            RetryCommand.self,
            ResolveCommand.self,
            ReconcileCommand.self,
            RebindCommand.self,
            PruneCommand.self,
            FormatsCommand.self,
        ],
        defaultSubcommand: ImportCommand.self)

    static func main() async {
        // A heap for each of a dozen threads, most of which do little, would hold megabytes of what others have freed.
        memory_limit_heaps()
        memory_leave_sqlite_uncounted()
        memory_leave_no_core()
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            if Int(exitCode(for: error).rawValue) == ExitStatus.usage.rawValue {
                await ImportCommand.tell(of: Array(CommandLine.arguments.dropFirst()), message(for: error))
            }
            leave(error)
        }
        do {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            leave(error)
        }
    }

    /// Ends as the parser of the command line would, but repeats no secret that was typed where it does not belong.
    private static func leave(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = HarmlessText.masked(fullMessage(for: error))
        if !message.isEmpty {
            let output = code.isSuccess ? FileHandle.standardOutput : FileHandle.standardError
            output.write(Data((message + "\n").utf8))
        }
        Foundation.exit(code.rawValue)
    }
}
