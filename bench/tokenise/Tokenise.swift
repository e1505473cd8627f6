// SPDX-License-Identifier: Apache-2.0

import CZlib
import DelimitedText

/// Reads a file as records and says how many there are and how long that took: the figure that other CSV readers are
/// compared with.
@main struct Tokenise {
    /// How much is done with every record.
    enum Depth: String {
        /// Records and fields are counted.
        case count
        /// Every field is taken out of its quotes, and its length is added up.
        case lengths
        /// Every field is taken out of its quotes, and goes into a checksum.
        case checksum
    }

    struct Tally {
        var records = 0
        var fields = 0
        var bytes = 0
        var checksum: UInt = 0
    }

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2, let depth = Depth(rawValue: arguments.count > 2 ? arguments[2] : "lengths") else {
            print("usage: tokenise FILE [count|lengths|checksum]")
            return
        }
        let clock = ContinuousClock()
        var tally = Tally()
        var size: Int64 = 0
        let time = try clock.measure {
            var source = try ByteSource.open(path: arguments[1])
            var scanner = RecordScanner(dialect: Dialect())
            while let slice = try source.next() {
                scanner.scan(slice) { add($0, to: &tally, depth) }
            }
            scanner.finish { add($0, to: &tally, depth) }
            size = source.position
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
        print("records \(tally.records) fields \(tally.fields) bytes \(tally.bytes) crc \(tally.checksum)")
        print("seconds \(seconds) gigabytes_per_second \(Double(size) / seconds / 1e9)")
    }

    @inline(__always)
    static func add(_ record: borrowing Record, to tally: inout Tally, _ depth: Depth) {
        tally.records += 1
        tally.fields += record.fieldCount
        if depth == .count { return }
        // Sums of its own stay in registers.
        var (bytes, checksum) = (0, tally.checksum)
        if depth == .lengths {
            record.forEachField { bytes &+= $0.count }
        } else {
            record.forEachField { field in
                bytes += field.count
                checksum = crc32(checksum, field.baseAddress, uInt(field.count))
            }
        }
        tally.bytes += bytes
        tally.checksum = checksum
    }
}
