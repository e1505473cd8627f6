// SPDX-License-Identifier: Apache-2.0

/// A message's authentication code by SHA-256 and a secret key, as RFC 2104 defines it.
package enum HMAC {
    /// The code of a message, 32 bytes.
    ///
    /// - Parameter key: Of any length.
    package static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
        var padded = key.count > SHA256.blockBytes ? SHA256.hash(key) : key
        padded += [UInt8](repeating: 0, count: SHA256.blockBytes - padded.count)
        let inner = SHA256.hash(padded.map { $0 ^ 0x36 } + message)
        return SHA256.hash(padded.map { $0 ^ 0x5c } + inner)
    }
}
