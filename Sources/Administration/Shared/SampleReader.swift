// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import DelimitedText
import ExitCodes
import Intake
import Settings

/// The records at the beginning of a file, read as a source of the configuration says: the one way in which commands
/// other than `import` read records.
struct SampleReader: Sendable {
    /// The beginning of the file.
    let file: SampleFile
    /// How it is read.
    let format: FormatDefinition
    private let context: MappingContext

    /// Reads the beginning of a file.
    ///
    /// - Parameter path: The file, also `*.gz`, or `-` for standard input.
    /// - Throws: ``ImportFault``: `configuration` when the source has no format, `input` when the file cannot be read.
    init(path: String, _ source: SourceSettings, _ configuration: ImportConfiguration) throws(ImportFault) {
        format = try source.requireFormat()
        context = MappingContext(source, configuration)
        file = try SampleFile(path: path, encoding: format.encoding)
    }

    /// A mapper that has seen no record.
    ///
    /// - Throws: ``ImportFault/configuration(_:)`` when the source's zone, patterns or lines cannot be used.
    func mapper() throws(ImportFault) -> RecordMapper {
        do throws(SettingsFault) {
            return try RecordMapper(format: format, context: context)
        } catch {
            throw ImportFault(error)
        }
    }

    /// Calls `take` with each record in the order of the file; a record that is cut off at the end is left out.
    func forEachRecord(_ take: (borrowing Record) -> Void) {
        var scanner = RecordScanner(dialect: file.dialect(of: format))
        scanner.expectedFieldCount = format.expectedFieldCount
        file.head.withUnsafeBytes { all in scanner.scan(all) { take($0) } }
        if file.isWhole { scanner.finish { take($0) } }
    }
}
