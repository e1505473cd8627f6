// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `pace-in-virtual-time REGIME [trace]`: imports calls into a portal of that regime and prints what came of it as JSON, one
/// line for each night.
///
/// The regime is one object of `bench/pace/regimes.json`; `bench/pace/in_virtual_time` runs all of them and prints the table.
@main
enum PaceInVirtualTime {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let isTraced = arguments.last == "trace"
        guard arguments.count == (isTraced ? 3 : 2) else {
            FileHandle.standardError.write(Data("usage: pace-in-virtual-time REGIME-AS-JSON [trace]\n".utf8))
            exit(64)
        }
        let results = try await Trial(Regime.read(arguments[1]), isTraced: isTraced).run()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for result in results { print(String(decoding: try encoder.encode(result), as: UTF8.self)) }
    }
}
