// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A folder of small files with the calls that people had, which `CDR24_FIELD` names: `cases.json` says for each what is
/// right, `held` has files for faults of `init`, `preview` and `import`.
enum FieldFolder {
    /// One file of `inputs`.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var file: String
        var format_hint: String
        var time_zone: String
        var config: Settings
        var rows: Int
        var calls: [Call]
        var merged: Int
        var rejected: Int
        var skipped: Int
        var duplicates: Int

        var testDescription: String { file }
        var name: String { (file as NSString).lastPathComponent }

        /// What the importer is told of the phone system.
        struct Settings: Decodable, Sendable {
            var region: String
            var `internal`: String
            var lines: [String: String]
            var default_user: Int
            var not_before: String?
        }

        /// A call that people had.
        struct Call: Decodable, Sendable {
            var direction: String
            var number: String
            var start_utc: String
            var talk: Int
            /// `nil` where the call belongs to nobody in particular.
            var `extension`: String?
            /// `nil` where any is right.
            var status: String?
        }
    }

    static var path: String? { ProcessInfo.processInfo.environment["CDR24_FIELD"] }

    /// The cases; none without the folder.
    static let cases: [Case] = {
        guard let path, let data = FileManager.default.contents(atPath: path + "/cases.json") else { return [] }
        // A file that cannot be read gives no cases, which the test of their number shows.
        return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()

    /// The bytes of a file of the folder.
    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path ?? "")/\(name)")))
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test unless `CDR24_FIELD` names a folder.
    static var fieldFolder: Self {
        .enabled(
            if: FieldFolder.path != nil,
            "set CDR24_FIELD to a folder with cases.json, inputs/ and held/: files with the calls that people had")
    }
}
