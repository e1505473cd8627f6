// SPDX-License-Identifier: Apache-2.0

/// What came of `cdr24 failures --dismiss`.
package struct DismissalReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.dismissal/1"
    /// Whether what was dismissed needs a person again.
    package let isUndone: Bool
    /// How many rejected records it concerns.
    package var rejects = 0
    /// How many refused and held calls it concerns.
    package var calls = 0
    /// What was named and is not there.
    package var unknown: [String] = []
    /// What needs a person now.
    package var attention = Attention()

    /// A report of nothing.
    package init(isUndone: Bool) { self.isUndone = isUndone }

    /// What was dismissed, what was not found, and what is left; ends with a line break.
    package var text: String {
        var text =
            "\(counted(rejects, "rejected record")) and \(counted(calls, "call")) "
            + (isUndone ? "need attention again\n" : "dismissed; take it back with --undo\n")
        let place = isUndone ? "cdr24 failures --dismissed" : "cdr24 failures"
        for key in unknown { text += "\(key): not listed by \(place)\n" }
        if let sentence = attention.sentence { text += sentence + "\n" }
        return text
    }
}
