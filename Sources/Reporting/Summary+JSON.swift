// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Summary {
    /// The summary as one JSON object with sorted keys; ends with a line break.
    package var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Encoding fails for numbers that are not finite only; the one floating-point value is a sum of waits.
        guard let data = try? encoder.encode(self) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    /// Reads a summary that ``json`` wrote.
    package init(json: String) throws {
        self = try JSONDecoder().decode(Summary.self, from: Data(json.utf8))
    }
}
