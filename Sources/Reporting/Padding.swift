// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with spaces behind it, up to a width in characters; what is longer stays as it is.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// The text with spaces before it, up to a width in characters; what is longer stays as it is.
    func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
