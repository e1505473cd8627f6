// SPDX-License-Identifier: Apache-2.0

import Phrases

extension Summary.Neighbour {
    /// What was found, for people.
    var lines: [Phrase] {
        var lines = [
            Phrase("Another integration already registers the calls of \(source). Nothing was sent."),
            Phrase(
                """
                  checked at the portal: \(checked, .call), already there: \(found), written by \(writers)
                """),
        ]
        if let offsetSeconds, offsetSeconds.magnitude >= 10 {
            let seconds = Int(offsetSeconds.magnitude)
            lines.append(
                offsetSeconds > 0
                    ? Phrase("  they begin \(seconds, .second) later there: a clock is wrong")
                    : Phrase("  they begin \(seconds, .second) earlier there: a clock is wrong"))
        }
        for example in examples {
            let application = example.application.map { Phrase("\"\($0)\"") } ?? Phrase("a webhook")
            lines.append(
                Phrase(
                    """
                      for example \(LocalTime.text(example.start)), \(example.number): row \("\(example.statisticsID)") by \
                    \(application)
                    """))
        }
        return lines
    }

    /// What a person can do, for people.
    static let waysOn = [
        Phrase("Choose one way to continue, in the configuration at the source:"),
        Phrase("  leave the source out   the other integration registers all its calls"),
        Phrase("  neighbours: fill       cdr24 sends only calls that the other integration has not registered"),
        Phrase("  neighbours: ignore     cdr24 sends all calls; calls that are already there will be there twice"),
        Phrase("To see what the other integration lost, run: cdr24 audit FILE"),
    ]
}
