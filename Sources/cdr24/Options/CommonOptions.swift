// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CDRConfiguration
import ExitCodes
import Foundation
import Importing
import Phrases

/// The options of every command that reads the configuration.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Configuration file (default: cdr24.yaml, else /etc/cdr24/cdr24.yaml, if it exists).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Ledger file (default: that of the configuration; without one, cdr24.sqlite here).", valueName: "file"),
        completion: .file(extensions: ["sqlite"]))
    var ledger: String?

    @Option(help: ArgumentHelp("Inbound webhook of the portal: env:NAME or file:PATH.", valueName: "value"))
    var webhookUrl: String?

    /// The configuration with these options, the environment and, for commands that have them, `sources` laid over it.
    ///
    /// - Parameters:
    ///   - files: The files to read; none means those of the configuration.
    ///   - source: The key prefix of the only source to read.
    func configuration(
        files: [String] = [], _ sources: SourceOptions? = nil, source: String? = nil
    ) throws(ImportFault) -> ImportConfiguration {
        try assembly(files: files, sources, source: source).configuration()
    }

    /// The same, not read yet.
    func assembly(
        files: [String] = [], _ sources: SourceOptions? = nil, source: String? = nil
    ) -> ConfigurationAssembly {
        ConfigurationAssembly(
            config: config, ledger: ledger, webhookUrl: webhookUrl, files: files, format: sources?.format,
            timeZone: sources?.timeZone, source: source,
            environment: ProcessInfo.processInfo.environment)
    }

    /// The ledger that the command works on.
    func ledgerAccess() throws(ImportFault) -> LedgerAccess {
        LedgerAccess(path: try configuration().ledger)
    }

    /// The language of reports: that of the configuration, else that of the locale.
    ///
    /// - Parameter configuration: `nil` where it is not known.
    static func language(of configuration: ImportConfiguration?) -> Language {
        configuration?.language ?? Language(environment: ProcessInfo.processInfo.environment)
    }

    /// Prepares the connection to the portal of a configuration.
    static let connect: PortalConnector = { settings throws(ImportFault) in
        try PortalConnection.open(
            settings, environment: ProcessInfo.processInfo.environment, userAgent: "cdr24/\(CDR24.version)")
    }

    /// Connects to the portal of a configuration, and ends the connection after `body`.
    static func connecting<T>(
        to settings: PortalSettings, _ body: (PortalConnection) async throws(ImportFault) -> T
    ) async throws(ImportFault) -> T {
        let connection = try connect(settings)
        do throws(ImportFault) {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}

/// How files are read, for commands that take files.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Format of the files; cdr24 formats lists all.", valueName: "name"),
        completion: Completions.formats)
    var format: String?

    @Option(help: ArgumentHelp("Time zone of the files, for example Europe/Moscow or GMT.", valueName: "id"))
    var timeZone: String?
}
