// SPDX-License-Identifier: Apache-2.0

extension Summary.Neighbour {
    /// What was found, for people.
    var lines: [String] {
        var lines = [
            "Another integration already registers the calls of \(source). Nothing was sent.",
            "  checked at the portal: \(counted(checked, "call")), already there: \(grouped(found)), written by \(writers)",
        ]
        if let offsetSeconds, offsetSeconds.magnitude >= 10 {
            let direction = offsetSeconds > 0 ? "later" : "earlier"
            lines.append(
                "  they begin \(counted(Int(offsetSeconds.magnitude), "second")) \(direction) there: a clock is wrong")
        }
        for example in examples {
            let application = example.application.map { "\"\($0)\"" } ?? "a webhook"
            lines.append(
                "  for example \(example.start), \(example.number): row \(example.statisticsID) by \(application)")
        }
        return lines
    }

    /// What a person can do, for people.
    static let waysOn = [
        "Choose one way to continue, in the configuration at the source:",
        "  leave the source out   the other integration registers all its calls",
        "  neighbours: fill       cdr24 sends only calls that the other integration has not registered",
        "  neighbours: ignore     cdr24 sends all calls; calls that are already there will be there twice",
        "To see what the other integration lost, run: cdr24 audit FILE",
    ]
}
