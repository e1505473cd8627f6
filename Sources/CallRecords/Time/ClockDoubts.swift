// SPDX-License-Identifier: Apache-2.0

/// How many times of a file could not be taken as they stand: those of the hours in which a zone's clocks are changed,
/// and those that contradict what else the record says; and details that calls are sent without.
package struct ClockDoubts: Sendable, Hashable {
    /// In the hour that came twice, and nothing told which pass was meant: the first was taken.
    package var guessed = 0
    /// In the hour that came twice; an instant in the record told which pass was meant.
    package var told = 0
    /// In the hour that was left out: read as an hour later.
    package var missing = 0
    /// Starts that a clock of another zone had written, and that were read by the record's id.
    package var moved = 0
    /// Talks that were longer than their call, and were cut.
    package var cutTalks = 0
    /// Details that records have and that cannot be sent, by the portal's name of the parameter.
    package var leftOut: [String: Int] = [:]

    /// Creates the counts; those left out are 0.
    package init(guessed: Int = 0, told: Int = 0, missing: Int = 0, moved: Int = 0, cutTalks: Int = 0) {
        self.guessed = guessed
        self.told = told
        self.missing = missing
        self.moved = moved
        self.cutTalks = cutTalks
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
        moved += other.moved
        cutTalks += other.cutTalks
        if !other.leftOut.isEmpty { leftOut.merge(other.leftOut, uniquingKeysWith: +) }
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
        if moved > 0 {
            remarks.append(
                "the clock was set to another zone in part of the file: the starts of \(moved) records were read by their "
                    + "ids instead; write check_zone: false if the ids are wrong")
        }
        if cutTalks > 0 {
            remarks.append(
                "\(cutTalks) records have a talk time that is longer than the call: it was cut to what the record's other "
                    + "times allow")
        }
        return remarks + leftOut.sorted { $0.key < $1.key }.map { Self.remark($0.key, $0.value) }
    }

    private static func remark(_ parameter: String, _ count: Int) -> String {
        let records = "\(count) record\(count == 1 ? "" : "s")"
        let have = count == 1 ? "has" : "have"
        switch parameter {
        case "COST_CURRENCY":
            return "\(records) \(have) a cost without a currency, which is not sent: set currency in the source"
        case "CALL_LIST_ID":
            return "\(records) \(count == 1 ? "names" : "name") a call list that call_lists does not have"
        default:
            return "\(records) \(have) a \(parameter) that the portal does not accept, and calls are sent without it"
        }
    }
}
