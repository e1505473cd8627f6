// SPDX-License-Identifier: Apache-2.0

/// One command of a batch.
package struct Command: Sendable, Hashable {
    /// The name under which the reply reports this command, such as `r0001`; it must not look like a number.
    package let key: String
    /// The method, as in `telephony.externalCall.register`.
    package let method: String
    /// The parameters in the order in which they are written.
    package let parameters: [Parameter]

    /// - Parameter key: Letters, digits and `_`, starting with a letter: keys that look like numbers make the
    ///   portal write lists where it otherwise writes objects.
    package init(key: String, method: String, parameters: [Parameter] = []) {
        precondition(
            key.utf8.first.map(Self.isLetter) == true
                && key.utf8.allSatisfy { Self.isLetter($0) || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_") },
            "a command's key is a word, not '\(key)'")
        self.key = key
        self.method = method
        self.parameters = parameters
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// The command as it stands in the batch: `method?query`.
    package var text: String {
        let query = Parameter.query(parameters)
        return query.isEmpty ? method : "\(method)?\(query)"
    }

    /// The same command under another key.
    package func keyed(_ key: String) -> Command {
        Command(key: key, method: method, parameters: parameters)
    }
}
