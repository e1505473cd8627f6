// SPDX-License-Identifier: Apache-2.0

package import CallRecords
package import DelimitedText
package import ExitCodes

/// The decoded beginning of a file, enough to see what it is.
package struct SampleFile: Sendable {
    /// The file as the user named it; `-` for standard input.
    package var path: String
    /// The first bytes of the file, unpacked and as UTF-8; at most 4 MiB.
    package var head: [UInt8]
    /// Whether the file ends with ``head``.
    package var isWhole: Bool

    private static let length = 4 << 20

    /// How the file separates fields and records if it is of a format: what its beginning says goes before the format.
    package func dialect(of format: FormatDefinition) -> Dialect {
        head.withUnsafeBytes { format.dialect.adapted(to: $0) }
    }

    /// Reads the beginning of a file, of a `.gz` file, or of standard input for `-`.
    ///
    /// - Parameter encoding: How it writes its characters; `nil` for what it looks like.
    /// - Throws: ``ImportFault/input(_:)`` when it cannot be read.
    package init(path: String, encoding: TextEncoding? = nil) throws(ImportFault) {
        self.path = path
        head = []
        isWhole = true
        do throws(ByteSourceFault) {
            var source = try ByteSource.open(path: path, encoding: encoding, guessesEncoding: true)
            while let slice = try source.next() {
                let room = Self.length - head.count
                head.append(contentsOf: slice.prefix(room))
                if slice.count > room {
                    isWhole = false
                    break
                }
            }
        } catch {
            throw ImportFault(error)
        }
    }
}
