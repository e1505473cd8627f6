// SPDX-License-Identifier: Apache-2.0

import Phrases
import Settings

extension Language {
    /// Reads a language.
    ///
    /// - Parameter hint: What to do where none is wanted.
    init(_ node: SettingsNode, hint: String) throws(SettingsFault) {
        let name = try node.string()
        guard let language = Language(rawValue: name) else {
            throw node.fault(
                "expected \(Language.allCases.map(\.rawValue).joined(separator: " or ")), found \(name)", hint: hint)
        }
        self = language
    }
}
