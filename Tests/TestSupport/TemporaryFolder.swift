// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A folder of its own that is removed when nobody holds it any longer.
package final class TemporaryFolder: Sendable {
    /// The folder's path, without a slash at its end.
    package let path: String

    /// Creates an empty folder.
    ///
    /// - Throws: What the file system reports when the folder cannot be created.
    package init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("cdr24-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    // A folder that stays behind harms nobody, and a deinitialiser cannot report it.
    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in the folder, whether or not the file exists.
    package func file(_ name: String = "cdr24.sqlite") -> String { "\(path)/\(name)" }

    /// Writes a file and returns its path; a file that exists is replaced.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    /// Writes a file in UTF-8 and returns its path; a file that exists is replaced.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try write(text.utf8, to: name)
    }

    /// Appends to a file that exists.
    package func append(_ text: String, to name: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file(name)))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    /// The bytes of a file; `nil` if it cannot be read.
    package func bytes(_ name: String = "cdr24.sqlite") -> Data? { FileManager.default.contents(atPath: file(name)) }

    /// The text of a file; empty if it cannot be read.
    package func text(_ name: String) -> String { String(decoding: bytes(name) ?? Data(), as: UTF8.self) }

    /// The permissions of a file.
    ///
    /// - Throws: What the file system reports when the file does not exist.
    package func mode(_ name: String = "cdr24.sqlite") throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }
}
