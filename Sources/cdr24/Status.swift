// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Reporting

/// `cdr24 status`: the ledger at a glance.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the ledger: calls by state, the last runs, the oldest call on its way.")

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Print JSON.")
    var json = false

    func run() async throws {
        try await reporting {
            let status = try options.desk().status()
            guard json else {
                print(status.text, terminator: "")
                return
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(status), as: UTF8.self))
        }
    }
}
