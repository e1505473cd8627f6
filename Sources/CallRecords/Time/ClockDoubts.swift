// SPDX-License-Identifier: Apache-2.0

/// How many times of a file fell into the hours in which a zone's clocks are changed.
package struct ClockDoubts: Sendable, Hashable {
    /// In the hour that came twice, and nothing told which pass was meant: the first was taken.
    package var guessed = 0
    /// In the hour that came twice; an instant in the record told which pass was meant.
    package var told = 0
    /// In the hour that was left out: read as an hour later.
    package var missing = 0

    package init(guessed: Int = 0, told: Int = 0, missing: Int = 0) {
        self.guessed = guessed
        self.told = told
        self.missing = missing
    }

    /// - Parameter fitting: Under how many offsets the zone's clock shows the time.
    mutating func take(fitting: Int, isTold: Bool) {
        switch fitting {
        case 0: missing += 1
        case 1: break
        default: if isTold { told += 1 } else { guessed += 1 }
        }
    }

    /// Adds what another mapper has met.
    package mutating func merge(_ other: ClockDoubts) {
        guessed += other.guessed
        told += other.told
        missing += other.missing
    }

    /// What a person should know, as sentences without full stops.
    package var remarks: [String] {
        var remarks: [String] = []
        if guessed + told > 0 {
            remarks.append(
                "\(guessed + told) times are of the hour that comes twice when clocks are put back: \(told) were told "
                    + "apart by the records' ids, \(guessed) were taken for its first pass")
        }
        if missing > 0 {
            remarks.append(
                "\(missing) times are of the hour that is left out when clocks are put forward, and were read as an "
                    + "hour later: does the phone system's clock follow time_zone?")
        }
        return remarks
    }
}
