// SPDX-License-Identifier: Apache-2.0

import Foundation
private import Glibc

/// Why a secret cannot be had; never contains the secret.
package struct SecretFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
}

extension SecretSource {
    /// Fetches the secret.
    ///
    /// White space around it, such as the line break at the end of a file, is taken off.
    ///
    /// - Parameter environment: The environment's variables.
    /// - Throws: ``SecretFault`` when it is missing, empty, or in a file that others may read.
    package func read(environment: [String: String]) throws(SecretFault) -> String {
        let text: String
        switch self {
        case .literal(let value):
            text = value
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw SecretFault(
                    description: "the environment variable \(name) is not set; "
                        + "set it to the portal's inbound webhook address")
            }
            text = value
        case .file(let path):
            text = try Self.readPrivateFile(path)
        }
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty else { throw SecretFault(description: "the webhook address is empty") }
        return trimmed
    }

    private static func readPrivateFile(_ path: String) throws(SecretFault) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SecretFault(
                description: "the file \(path) with the webhook address cannot be read: "
                    + String(cString: strerror(errno)))
        }
        guard status.st_mode & 0o077 == 0 else {
            throw SecretFault(
                description: "the file \(path) with the webhook address can be read by others; run: chmod 600 \(path)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw SecretFault(description: "the file \(path) with the webhook address cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
