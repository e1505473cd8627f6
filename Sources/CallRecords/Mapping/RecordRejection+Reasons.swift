// SPDX-License-Identifier: Apache-2.0

import DelimitedText

extension RecordRejection {
    init(broken fault: RecordFault) {
        self.init(
            reason: "brokenRecord", column: fault.field, expected: "", found: "\(fault)",
            hint: "the rest of the file is read all the same; correct the row in the source and import it again")
    }

    init(tooFew count: Int, expected: ClosedRange<Int>) {
        self.init(
            reason: "tooFewColumns", expected: "expected \(Self.words(expected))", found: "\(count)",
            hint: "the row may have been cut off; check also that the format is the right one")
    }

    init(tooMany count: Int, expected: ClosedRange<Int>) {
        self.init(
            reason: "tooManyColumns", expected: "expected \(Self.words(expected))", found: "\(count)",
            hint: "a field may contain the delimiter without quotes around it")
    }

    /// Whether the record has another number of fields than it should.
    var isAboutCount: Bool { reason == "tooFewColumns" || reason == "tooManyColumns" }

    init(missing column: String, words: [String], in title: String) {
        self.init(
            reason: "missingColumn", field: column,
            expected:
                "expected a column \(words.map(\.quotedForMessage).joined(separator: " or ")) in the header, because "
                + "without it the calls of \(title) would be told wrongly",
            found: nil,
            hint: "export the file again with that column, or name its word under file.aliases")
    }

    init(noHeaderIn title: String) {
        self.init(
            reason: "noHeader", expected: "expected a header row before the first record, because \(title) has one",
            found: nil,
            hint: "check that the format is the right one")
    }

    private static func words(_ count: ClosedRange<Int>) -> String {
        count.count == 1 ? "\(count.lowerBound) columns" : "\(count.lowerBound) to \(count.upperBound) columns"
    }
}

extension RecordMapper {
    /// A rejection about the field that an expression reads first.
    func rejection(
        _ reason: String, about rule: Program.Rule, _ expected: String, found: String?, hint: String? = nil
    ) -> RecordRejection {
        let (column, field) = place(of: rule)
        return RecordRejection(
            reason: reason, column: column, field: field, expected: expected, found: found, hint: hint)
    }

    func rejection(_ complaint: Machine.Complaint) -> RecordRejection {
        let found = complaint.found.quotedForMessage
        switch complaint.kind {
        case .date:
            return rejection(
                "badDate", about: complaint.rule, "expected a date and time", found: found,
                hint: "dates of another form can be read by giving the format's times another pattern")
        case .duration:
            return rejection("badDuration", about: complaint.rule, "expected a duration", found: found)
        }
    }

    private func place(of rule: Program.Rule) -> (column: Int?, field: String?) {
        guard let reference = machine.firstColumn(of: rule) else { return (nil, nil) }
        let place = place(ofSlot: machine.program.slots.firstIndex(of: reference))
        if place.field == nil, case .name(let name) = reference { return (place.column, name) }
        return place
    }

    func place(ofSlot slot: Int?) -> (column: Int?, field: String?) {
        guard let slot, columns.places.fields[slot] != Int.min else { return (nil, nil) }
        let place = columns.places.fields[slot]
        let index = place < 0 ? columns.names.count + place : place
        return (index + 1, columns.names.indices.contains(index) ? columns.names[index] : nil)
    }
}
