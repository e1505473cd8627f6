// SPDX-License-Identifier: Apache-2.0

/// What a mapper noticed beside the legs, about a part of a file or about all of it.
package struct MappingNotes: Sendable {
    /// What the records say about the zone of the file.
    package private(set) var zoneEvidence = ZoneEvidence()
    /// The times that fell into the hours in which the zone's clocks are changed.
    package private(set) var clockDoubts = ClockDoubts()
    /// Trunks and DIDs that have no line in the configuration, with the number of records; at most 1,000 names.
    package private(set) var unmappedLines: [String: Int] = [:]
    /// The names in the order in which they were met: those that come too late are left out.
    private var names: [String] = []

    private static let mostNames = 1000

    /// Nothing.
    package init() {}

    init(zoneEvidence: ZoneEvidence, clockDoubts: ClockDoubts, unmapped: [(name: String, records: Int)]) {
        self.zoneEvidence = zoneEvidence
        self.clockDoubts = clockDoubts
        names = unmapped.map(\.name)
        unmappedLines = Dictionary(unmapped.map { ($0.name, $0.records) }, uniquingKeysWith: +)
    }

    /// Adds what was noticed in the part of the file that comes next.
    package mutating func add(_ later: MappingNotes) {
        zoneEvidence.merge(later.zoneEvidence)
        clockDoubts.merge(later.clockDoubts)
        for name in later.names {
            let isKnown = unmappedLines[name] != nil
            guard isKnown || names.count < Self.mostNames else { continue }
            if !isKnown { names.append(name) }
            unmappedLines[name, default: 0] += later.unmappedLines[name] ?? 0
        }
    }
}

extension RecordMapper {
    /// Hands over what was noticed since the last time, and begins anew.
    package mutating func takeNotes() -> MappingNotes {
        let notes = MappingNotes(
            zoneEvidence: zoneEvidence, clockDoubts: clockDoubts, unmapped: unmapped.counts)
        forgetEvidence()
        unmapped.removeAll()
        return notes
    }
}
