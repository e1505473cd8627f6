// SPDX-License-Identifier: Apache-2.0

/// What came of `cdr24 retry`.
package struct RetryReport: Sendable, Equatable {
    /// A call that stays as it is.
    package struct Refusal: Sendable, Equatable {
        /// The call key.
        package let key: String
        /// Why, as a clause without a full stop.
        package let reason: String

        /// A refusal; see the properties.
        package init(key: String, reason: String) {
            self.key = key
            self.reason = reason
        }

        /// The refusal as one line, without a line break.
        package var text: String { "\(key) is unchanged: \(reason)" }
    }

    /// How many calls the next import continues with.
    package var changed = 0
    /// The calls that stay as they are.
    package var refusals: [Refusal] = []

    /// A report of nothing.
    package init() {}

    /// How many calls are retried, of how many; ends with a line break.
    package var text: String {
        "\(grouped(changed)) of \(counted(changed + refusals.count, "call")) will be retried by the next import\n"
    }
}
