// SPDX-License-Identifier: Apache-2.0

import FileRights
import Foundation
private import Glibc

/// Why a secret cannot be had; never contains the secret.
package struct SecretFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what to do, without a full stop.
    package let description: String
}

extension SecretSource {
    /// Fetches the secret.
    ///
    /// White space around it, such as the line break at the end of a file, is taken off.
    ///
    /// - Parameters:
    ///   - environment: The environment's variables.
    ///   - what: What the secret is, as messages call it.
    /// - Throws: ``SecretFault`` when it is missing, empty, or in a file that others may read.
    package func read(
        environment: [String: String], what: String = "the webhook address"
    ) throws(SecretFault) -> String {
        let text: String
        switch self {
        case .literal(let value):
            text = value
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw SecretFault(
                    description: "the environment variable \(name) is not set; set it to \(what)")
            }
            text = value
        case .file(let path):
            let folder = environment["CREDENTIALS_DIRECTORY"] ?? ""
            let isCredential = !folder.isEmpty && path.hasPrefix(folder + "/")
            text = isCredential ? try Self.readFile(path, what) : try Self.readPrivateFile(path, what)
        case .credential(let name):
            guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else {
                throw SecretFault(
                    description:
                        "the credential \(name) with \(what) is missing: CREDENTIALS_DIRECTORY is not set; a systemd unit "
                        + "needs LoadCredential=\(name):PATH, and a command that you type is run by systemd-run with it"
                )
            }
            // systemd guards the folder; the modes of the files in it say nothing, since access lists grant the rights.
            text = try Self.readFile("\(folder)/\(name)", what)
        }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { throw SecretFault(description: "\(what) is empty") }
        return trimmed
    }

    private static func readPrivateFile(_ path: String, _ what: String) throws(SecretFault) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SecretFault(
                description: "cannot read the file \(path) with \(what): "
                    + (FileObstacle.reading(path) ?? String(cString: strerror(errno))))
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SecretFault(
                description: "other users can read the file \(path) with \(what); run: chmod 600 \(path)")
        }
        return try readFile(path, what)
    }

    private static func readFile(_ path: String, _ what: String) throws(SecretFault) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SecretFault(
                description: "cannot read the file \(path) with \(what): "
                    + (FileObstacle.reading(path) ?? "check that it is a file"))
        }
        return String(decoding: data, as: UTF8.self)
    }
}
