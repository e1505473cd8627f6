// SPDX-License-Identifier: Apache-2.0

/// What came of `cdr24 retry`.
package struct RetryReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.retry/1"
    /// A call that stays as it is.
    package struct Refusal: Sendable, Equatable, Encodable {
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
    /// How many rejected records were read anew.
    package var rejects = 0
    /// How many of them the present rules accept: as legs of calls, or as records to leave out.
    package var accepted = 0

    /// A report of nothing.
    package init() {}

    /// How many calls are retried and records accepted, of how many; ends with a line break.
    package var text: String {
        var text = ""
        if changed + refusals.count > 0 || rejects == 0 {
            text +=
                "\(grouped(changed)) of \(counted(changed + refusals.count, "call")) will be retried by the next import\n"
        }
        if rejects > 0 {
            text +=
                "\(grouped(accepted)) of \(counted(rejects, "rejected record")) \(accepted == 1 ? "is" : "are") accepted now\n"
        }
        if accepted > 0 { text += "deliver them with: cdr24 import\n" }
        return text
    }
}
