// SPDX-License-Identifier: Apache-2.0

package import Settings

/// What is done about LINE_NUMBERs that the portal does not know: `new_lines:` of the configuration.
package enum NewLines: String, Sendable, Hashable, CaseIterable {
    /// They are created with a name before the first call is sent.
    case create
    /// The import stops before the first call is sent.
    case stop
    /// Their calls are sent without a line.
    case omit

    /// Reads the key.
    ///
    /// - Throws: ``SettingsFault`` for any other word.
    package init(_ node: SettingsNode) throws(SettingsFault) {
        guard let value = NewLines(rawValue: try node.string()) else {
            throw node.fault(
                "expected create, stop or omit",
                hint: "this says what to do with a line that the portal does not have")
        }
        self = value
    }
}

extension ImportConfiguration {
    /// LINE_NUMBER -> the name under which the portal is given it: what the phone system calls it.
    package var lineNames: [String: String] {
        var names: [String: [String]] = [:]
        for (name, number) in lines where !name.isEmpty && name != number { names[number, default: []].append(name) }
        return names.mapValues { $0.sorted().joined(separator: ", ") }
    }
}
