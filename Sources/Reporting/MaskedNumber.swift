// SPDX-License-Identifier: Apache-2.0

/// A client's number for pages that many people see: `+79•••••••12`.
///
/// The first three and the last two characters stay, so that somebody who knows the client recognises the number; what is
/// shorter than eight characters is hidden as a whole.
package func maskedNumber(_ number: String) -> String {
    guard number.count >= 8 else { return String(repeating: "•", count: number.count) }
    return number.prefix(3) + String(repeating: "•", count: number.count - 5) + number.suffix(2)
}
