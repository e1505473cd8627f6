// SPDX-License-Identifier: Apache-2.0

import Foundation
import SwiftCSV

/// Reads a file with SwiftCSV, adds the lengths of all fields up and says how long that took.
///
/// The library takes the first record for a header and gives the others as arrays of strings.
@main struct Peer {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: swiftcsv-peer FILE")
            return
        }
        let begin = ContinuousClock.now
        let csv = try CSV<Enumerated>(
            url: URL(fileURLWithPath: CommandLine.arguments[1]), delimiter: .comma, loadColumns: false)
        var bytes = csv.header.reduce(0) { $0 + $1.utf8.count }
        for row in csv.rows { bytes = row.reduce(bytes) { $0 + $1.utf8.count } }
        let time = (ContinuousClock.now - begin).components
        let seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
        print("records \(csv.rows.count + 1) bytes \(bytes) seconds \(seconds)")
    }
}
