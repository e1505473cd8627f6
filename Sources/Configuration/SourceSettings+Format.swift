// SPDX-License-Identifier: Apache-2.0

package import CallRecords
package import ExitCodes

extension SourceSettings {
    /// The format of the source's files, without which nothing can be read.
    ///
    /// - Throws: ``ImportFault/configuration(_:)`` when none is set.
    package func requireFormat() throws(ImportFault) -> FormatDefinition {
        if let format { return format }
        let owner = keyPrefix == Self.defaultKeyPrefix ? "the files" : "source \(keyPrefix)"
        throw .configuration(
            "the format of \(owner) is not set; set format: (for example asterisk), use --format, or run: cdr24 init FILE"
        )
    }
}
