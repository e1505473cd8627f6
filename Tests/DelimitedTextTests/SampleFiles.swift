// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The folder of sample files beside the package, which is not there on most machines.
enum SampleFiles {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/samples")

    static var areThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// The files of a subfolder in stable order; none if it is not there.
    static func names(in subfolder: String) -> [String] {
        let path = folder.appendingPathComponent(subfolder).path
        return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(path)))
    }
}
