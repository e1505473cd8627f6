// SPDX-License-Identifier: Apache-2.0

import Foundation

/// With which exit code the run before ended: a file in the state folder, which can be read when the ledger cannot.
struct FormerEnd: Sendable {
    private let folder: String
    private let path: String

    /// - Parameter tag: Tells one configuration from the others that use the folder.
    init(folder: String, tag: String) {
        self.folder = folder
        path = "\(folder)/\(tag)"
    }

    /// The exit code; `nil` where none was noted.
    var exitCode: Int? {
        FileManager.default.contents(atPath: path).flatMap {
            Int(String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace })
        }
    }

    /// Notes an exit code.
    func note(_ exitCode: Int) {
        // Where nothing can be noted, each failure counts as new: better told twice than never.
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // As above.
        try? Data("\(exitCode)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
