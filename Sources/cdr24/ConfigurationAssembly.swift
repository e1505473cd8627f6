// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import Importing
import Settings

/// Lays the environment and the options over the configuration file.
struct ConfigurationAssembly {
    var config: String?
    var ledger: String?
    var webhookUrl: String?
    var files: [String] = []
    var format: String?
    var timeZone: String?
    let environment: [String: String]

    func configuration() throws(ImportFault) -> Importing.Configuration {
        var configuration = try Self.file(named: config ?? environment["CDR24_CONFIG"])
        if let ledger = ledger ?? environment["CDR24_LEDGER"] { configuration.ledger = ledger }
        if let webhook = webhookUrl {
            configuration.portal.webhook = SecretSource(option: webhook)
        } else if environment["CDR24_WEBHOOK_URL"] != nil {
            configuration.portal.webhook = .environment("CDR24_WEBHOOK_URL")
        }
        if !files.isEmpty { try chooseSources(&configuration) }
        if let name = format {
            let format = try preset(name)
            for index in configuration.sources.indices { configuration.sources[index].format = format }
        }
        if let zone = timeZone {
            for index in configuration.sources.indices { configuration.sources[index].timeZone = zone }
        }
        return configuration
    }

    /// The configuration file; without one, the defaults.
    static func file(named: String?) throws(ImportFault) -> Importing.Configuration {
        let path = named ?? "cdr24.yaml"
        guard let data = FileManager.default.contents(atPath: path) else {
            if named == nil { return Importing.Configuration() }
            throw .input("the configuration \(path) cannot be read; check the path and who may read it")
        }
        do throws(SettingsFault) {
            var configuration = try Importing.Configuration(text: String(decoding: data, as: UTF8.self), file: path)
            configuration.resolvePaths(against: URL(fileURLWithPath: path).deletingLastPathComponent().path)
            return configuration
        } catch {
            throw ImportFault(error)
        }
    }

    /// Gives each named file the settings of the source it belongs to.
    private func chooseSources(_ configuration: inout Importing.Configuration) throws(ImportFault) {
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
                        "\(file) belongs to none of the \(sources.count) sources of the configuration; name it there")
                }
                sources[index].files.append(file)
            }
            configuration.sources = sources.filter { !$0.files.isEmpty }
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
