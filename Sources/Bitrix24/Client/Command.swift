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
            key.first.map { $0.isASCII && $0.isLetter } == true
                && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") },
            "a command's key is a word, not '\(key)'")
        self.key = key
        self.method = method
        self.parameters = parameters
    }

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
