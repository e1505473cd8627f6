// SPDX-License-Identifier: Apache-2.0

import CallRecords
package import ExitCodes
import FileRights
import Foundation
private import Glibc
import Settings

/// Lays the environment and the options over the configuration file.
package struct ConfigurationAssembly: Sendable {
    private let config: String?
    private let ledger: String?
    private let webhookUrl: String?
    private let files: [String]
    private let format: String?
    private let timeZone: String?
    private let source: String?
    private let environment: [String: String]
    private let places: SystemPlaces

    /// Prepares to read a configuration.
    ///
    /// - Parameters:
    ///   - config: The path of the configuration file; `nil`: the environment's, else `cdr24.yaml`, else that of the
    ///     system, if it exists.
    ///   - ledger: The path of the ledger; `nil`: the environment's, else the configuration's.
    ///   - webhookUrl: `env:NAME`, `file:PATH` or a loopback address; `nil`: the environment's, else the configuration's.
    ///   - files: The files to read; none means those of the configuration.
    ///   - format: The name of a format for all sources; `nil`: that of each.
    ///   - timeZone: The zone of all sources; `nil`: that of each.
    ///   - source: The key prefix of the only source to read, to which the files belong; `nil`: all sources.
    ///   - environment: The environment's variables.
    ///   - places: Where the system keeps configurations and state.
    package init(
        config: String? = nil, ledger: String? = nil, webhookUrl: String? = nil, files: [String] = [],
        format: String? = nil, timeZone: String? = nil, source: String? = nil,
        environment: [String: String], places: SystemPlaces = .usual
    ) {
        self.config = config
        self.ledger = ledger
        self.webhookUrl = webhookUrl
        self.files = files
        self.format = format
        self.timeZone = timeZone
        self.source = source
        self.environment = environment
        self.places = places
    }

    /// The configuration file with environment and options laid over it.
    ///
    /// - Throws: ``ImportFault``: `input` when the file cannot be read, `configuration` when something in it is wrong,
    ///   `usage` when an option is.
    package func configuration() throws(ImportFault) -> ImportConfiguration {
        var configuration = try file(named: config ?? environment["CDR24_CONFIG"])
        overlay(&configuration)
        if let source {
            try choose(source, &configuration)
        } else if !files.isEmpty {
            try chooseSources(&configuration)
        }
        if let name = format {
            let format = try preset(name)
            for index in configuration.sources.indices { configuration.sources[index].format = format }
        }
        if let zone = timeZone {
            for index in configuration.sources.indices { configuration.sources[index].timeZone = zone }
        }
        return configuration
    }

    /// What can be read of a configuration that is wrong, or not what the command line needs: who is to be told, and how;
    /// the defaults where nothing can.
    package func configurationBesideFaults() -> ImportConfiguration {
        guard let path = config ?? environment["CDR24_CONFIG"] ?? defaultFile,
            let data = FileManager.default.contents(atPath: path)
        else { return ImportConfiguration() }
        // Text in another encoding has no lines that could be told apart.
        guard let text = try? Self.text(data, path) else { return ImportConfiguration() }
        var configuration = ImportConfiguration(besideFaults: text, file: path)
        configuration.path = path
        place(&configuration, of: path)
        overlay(&configuration)
        return configuration
    }

    /// Lays over the configuration what options and environment say about ledger, portal and state.
    private func overlay(_ configuration: inout ImportConfiguration) {
        if let ledger = ledger ?? environment["CDR24_LEDGER"] { configuration.ledger = ledger }
        if let webhook = webhookUrl {
            configuration.portal.webhook = SecretSource(option: webhook)
            configuration.portal.oauth = nil
        } else if environment["CDR24_WEBHOOK_URL"] != nil {
            configuration.portal.webhook = .environment("CDR24_WEBHOOK_URL")
            configuration.portal.oauth = nil
        }
        configuration.stateFolder = configuration.stateFolder ?? places.stateFolder(environment: environment)
        configuration.portal.oauth?.placeTokens(besideLedger: configuration.ledger)
    }

    /// The configuration file; without one, the defaults.
    private func file(named: String?) throws(ImportFault) -> ImportConfiguration {
        guard let path = named ?? defaultFile else {
            try checkSystemFolder()
            return ImportConfiguration()
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .input(
                "cannot read the configuration \(path): "
                    + (FileObstacle.reading(path) ?? "check the path and its permissions"))
        }
        do throws(SettingsFault) {
            var configuration = try ImportConfiguration(text: try Self.text(data, path), file: path)
            configuration.path = path
            place(&configuration, of: path)
            return configuration
        } catch {
            throw ImportFault(error)
        }
    }

    /// The text of the configuration file; editors of Windows begin it with a byte order mark.
    private static func text(_ data: Data, _ path: String) throws(SettingsFault) -> String {
        if data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF]) {
            throw SettingsFault(
                place: SettingsPlace(file: path, line: 1, column: 1), message: "the file is in UTF-16",
                hint: "save it as UTF-8")
        }
        let hasMark = data.starts(with: [0xEF, 0xBB, 0xBF])
        return String(decoding: hasMark ? data.dropFirst(3) : data, as: UTF8.self)
    }

    /// Keeps only the source with a key prefix, and gives it the named files.
    private func choose(_ name: String, _ configuration: inout ImportConfiguration) throws(ImportFault) {
        let known = Set(configuration.sources.map(\.keyPrefix)).sorted()
        var sources = configuration.sources.filter { $0.keyPrefix == name }
        // Without a configuration, the command line names the only source there is.
        if configuration.sources.isEmpty, name == SourceSettings.defaultKeyPrefix { sources = [SourceSettings()] }
        guard !sources.isEmpty else {
            throw .usage(
                """
                --source: the configuration has no source with the key_prefix \(name); \
                \(known.isEmpty ? "it has no sources" : "known: \(known.joined(separator: ", "))")
                """)
        }
        if !files.isEmpty {
            // Of several sources of one phone system, the one that names the file knows best how it is read.
            var chosen = sources.first { source in files.allSatisfy(source.covers) } ?? sources[0]
            chosen.files = files
            chosen.isCorrection = true
            sources = [chosen]
        }
        configuration.otherSources = configuration.sources.filter { $0.keyPrefix != name }
        configuration.sources = sources
    }

    /// `cdr24.yaml` in the current folder, else that of the system.
    private var defaultFile: String? {
        // One that exists and cannot be read is a fault, so that no command goes on with other settings.
        ["cdr24.yaml", places.defaultConfiguration].first { access($0, F_OK) == 0 }
    }

    /// Refuses to go on without a configuration where there may be one that this user must not see, and nothing was named in
    /// its place.
    private func checkSystemFolder() throws(ImportFault) {
        guard files.isEmpty, ledger == nil, environment["CDR24_LEDGER"] == nil else { return }
        let path = places.defaultConfiguration
        guard access(path, F_OK) != 0, errno == EACCES, let obstacle = FileObstacle.reading(path) else { return }
        throw .input(
            "cannot read the configuration \(path): \(obstacle); or run the command as the user of the nightly import: "
                + "runuser -u cdr24 -- cdr24 …")
    }

    /// Completes the paths of a configuration.
    ///
    /// In the folder of the system's configurations, the ledger is kept in the state folder unless it is named.
    private func place(_ configuration: inout ImportConfiguration, of path: String) {
        let systemFolder = places.stateFolder(ofConfiguration: path)
        if let systemFolder, configuration.ledger == ImportConfiguration.ledgerName {
            configuration.ledger = (configuration.stateFolder ?? systemFolder) + "/" + ImportConfiguration.ledgerName
        }
        configuration.resolvePaths(against: URL(fileURLWithPath: path).deletingLastPathComponent().path)
        configuration.stateFolder = configuration.stateFolder ?? systemFolder
    }

    /// Gives each named file the settings of the source it belongs to.
    private func chooseSources(_ configuration: inout ImportConfiguration) throws(ImportFault) {
        switch configuration.sources.count {
        case 0:
            var source = SourceSettings()
            source.files = files
            configuration.sources = [source]
        case 1:
            configuration.sources[0].files = files
        default:
            var sources = configuration.sources.map { source in
                var source = source
                source.files = []
                return source
            }
            for file in files {
                guard let index = configuration.sources.firstIndex(where: { $0.covers(file) }) else {
                    throw .usage(
                        """
                        \(file) matches none of the \(sources.count) sources of the configuration; name the source with \
                        --source (\(sources.map(\.keyPrefix).joined(separator: ", "))), or add the file to the files of a source
                        """)
                }
                sources[index].files.append(file)
            }
            configuration.sources = sources.filter { !$0.files.isEmpty }
            configuration.otherSources = sources.filter(\.files.isEmpty)
        }
    }

    private func preset(_ name: String) throws(ImportFault) -> FormatDefinition {
        do throws(SettingsFault) {
            return try FormatDefinition.preset(name)
        } catch {
            throw .usage("--format: \(error.message)" + (error.hint.map { "; \($0)" } ?? ""))
        }
    }
}
