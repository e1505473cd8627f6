// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Testing

/// Where a CDR file lies that tests read.
package enum SampleFiles: Sendable {
    /// `Tests/Samples`: small invented files, each with what is odd about one phone system's.
    case invented
    /// `real` in the folder that `CDR24_SAMPLES` names: files that phone systems wrote.
    case written
    /// `csv-suites` in the folder that `CDR24_SAMPLES` names: public CSV conformance suites.
    case suites

    /// The folder that `CDR24_SAMPLES` names; `nil` if the variable is not set.
    package static var furtherFolder: String? { ProcessInfo.processInfo.environment["CDR24_SAMPLES"] }

    /// The folder; `nil` if `CDR24_SAMPLES` is needed and not set.
    package var folder: URL? {
        let further = Self.furtherFolder.map { URL(fileURLWithPath: $0) }
        return switch self {
        case .invented: PackageFolder.url.appendingPathComponent("Tests/Samples")
        case .written: further?.appendingPathComponent("real")
        case .suites: further?.appendingPathComponent("csv-suites")
        }
    }

    /// The bytes of a file.
    ///
    /// - Throws: ``Missing`` when the file cannot be read, also when `CDR24_SAMPLES` is not set.
    package func bytes(_ name: String) throws -> [UInt8] {
        guard let file = folder?.appendingPathComponent(name),
            let data = FileManager.default.contents(atPath: file.path)
        else { throw Missing(name: name, folder: folder?.path) }
        return [UInt8](data)
    }

    /// The names of the files in a subfolder, in order; none if it cannot be read.
    package func names(in subfolder: String = "", ending: String = ".csv") -> [String] {
        let path = folder?.appendingPathComponent(subfolder).path ?? ""
        // Without CDR24_SAMPLES there is nothing to list, and the tests of these files are skipped.
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(ending) }
            .sorted()
    }

    /// A sample file that cannot be read.
    package struct Missing: Error, CustomStringConvertible {
        fileprivate let name: String
        fileprivate let folder: String?
        /// The file and the folder that was searched.
        package var description: String { "\(name): not found in \(folder ?? "CDR24_SAMPLES, which is not set")" }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test of further samples unless `CDR24_SAMPLES` names their folder; a file that is missing there fails.
    package static var furtherSamples: Self {
        .enabled(
            if: SampleFiles.furtherFolder != nil,
            "set CDR24_SAMPLES to a folder with real/ (CDR files of phone systems) and csv-suites/")
    }
}
