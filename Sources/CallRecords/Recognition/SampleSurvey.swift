// SPDX-License-Identifier: Apache-2.0

package import DelimitedText
package import Settings

/// What a file of a known format shows about the office that it comes from.
package struct SampleSurvey: Sendable {
    /// How much of the file was read.
    package var records = 0
    /// How many of the records are legs of calls.
    package var legs = 0
    /// Calls by direction, in the words of the format: incoming, outgoing.
    package var calls: [String: Int] = [:]
    /// Records and calls passed over, by reason.
    package var skipped: [String: Int] = [:]
    /// Records that cannot become calls, by reason.
    package var rejected: [String: Int] = [:]
    /// Extensions of employees with the number of their records.
    package var extensions: [String: Int] = [:]
    /// Trunks and called numbers that may have a line, with the number of their records.
    package var lines: [String: Int] = [:]
    /// What the phone system should be set to write, as sentences without full stops.
    package var advice: [String] = []
    /// The start of the oldest call.
    package var oldest: CallTime?
    /// The start of the newest call.
    package var newest: CallTime?
    /// How national numbers are probably read, with the part of the numbers that fit, from 0 to 1.
    package var region: (code: String, share: Double)?
    /// Regions that the numbers fit nearly as well.
    package var otherRegions: [String] = []
    /// The zone of the times.
    package var zone: ZoneGuess = .notNeeded
    /// What extensions probably look like, queues and menus left out; `nil` where none were seen.
    package var internalPattern: String?
    /// Numbers of queues and menus, which look like extensions, in their order.
    package var places: [String] = []
    /// Where extensions are full numbers: the pattern whose first group is the inner number; else `nil`.
    package var innerPattern: String?

    /// What is known of the zone of a file's times.
    package enum ZoneGuess: Sendable, Hashable {
        /// The times carry their zone.
        case notNeeded
        /// Ids with an instant of their own show it: the zone, the minutes from UTC, and on how many records that rests.
        case shown(zone: String, minutes: Int, records: Int)
        /// Nothing in the file shows it; the region's main zone, if a region is known.
        case unknown(likely: String?)
    }
}

extension SampleSurvey {
    private static let mostRecords = 5_000

    /// Reads the beginning of a file whose format is known.
    ///
    /// - Parameters:
    ///   - head: The decoded bytes.
    ///   - isWhole: Whether the file ends there.
    ///   - dialect: The dialect of the file; `nil` for that of the format.
    /// - Throws: ``SettingsFault`` when the format cannot be used, which no preset's is.
    package init(
        _ head: [UInt8], isWhole: Bool, format: FormatDefinition, dialect: Dialect? = nil
    ) throws(SettingsFault) {
        let file = SampleText(head: head, isWhole: isWhole, dialect: dialect ?? format.dialect, format: format)
        let neutral = MappingContext(timeZone: format.needsTimeZone ? "GMT" : nil)
        let first = try file.reading(neutral)
        let offset = Self.offset(first.evidence)
        let regions = Self.regions(of: first.numbers, offset: offset, file)
        let region = regions.first
        if let region { self.region = (region.region.code, region.share) }
        otherRegions = regions.dropFirst().map(\.region.code)
        var context = neutral
        context.region = region?.region.code
        if format.needsTimeZone {
            zone = Self.zone(offset: offset, region: region?.region, records: first.evidence.total, file)
            switch zone {
            case .shown(let name, _, _): context.timeZone = name
            case .unknown(let name?): context.timeZone = name
            case .unknown(nil), .notNeeded: break
            }
        }
        let second = try file.reading(context)
        let office = OfficeNumbers(employees: second.employees, hints: second.hints)
        places = office.places
        advice = second.advice
        internalPattern = office.pattern
        innerPattern = office.innerPattern
        // What is told of the file is told by the rules that the configuration will have.
        context.internalPattern = internalPattern
        take(try file.reading(context), CallFolder(format: format))
    }

    private mutating func take(_ reading: SampleText.Reading, _ folder: CallFolder) {
        records = reading.records
        legs = reading.legs.count
        skipped = reading.skipped
        rejected = reading.rejected
        var corrected = reading.legs
        LegGrouping.correctKeys(of: &corrected, marks: reading.marks)
        for legs in Dictionary(grouping: corrected, by: \.key).values {
            switch folder.fold(legs) {
            case .call(let call): calls[call.type == .outgoing ? "outgoing" : "incoming", default: 0] += 1
            case .skipped(let reason): skipped[reason.rawValue, default: 0] += 1
            }
        }
        for leg in reading.legs {
            if let employee = leg.employeeExtension { extensions[employee, default: 0] += 1 }
            oldest = min(oldest ?? leg.start, leg.start)
            newest = max(newest ?? leg.start, leg.start)
        }
        // A client's number is no line, whatever a record has in its place.
        lines = reading.lines.filter { !reading.clients.contains($0.key) }
    }

    /// The clock's minutes from UTC, where ids show them.
    private static func offset(_ evidence: ZoneEvidence) -> Int? {
        guard let mode = evidence.mode, mode.share > 0.5 || mode.count >= 20 else { return nil }
        return mode.minutes
    }

    /// The regions that the numbers fit, the most probable first.
    private static func regions(
        of numbers: [String], offset: Int?, _ file: SampleText
    ) -> [(region: Region, share: Double)] {
        let scored = Region.known.compactMap { region -> (region: Region, share: Double, score: Double)? in
            let share = region.share(of: numbers)
            guard share > 0.3 else { return nil }
            // A region whose clocks never show that offset is hardly the right one, unless the file's clock shows GMT.
            let rank = offset.flatMap { minutes in
                region.zones.firstIndex { file.isShown($0, minutes: minutes) }
            }
            let weight = offset == nil || offset == 0 || rank == 0 ? 1 : rank == nil ? 0.5 : 0.8
            return (region, share, share * weight)
        }
        let most = scored.map(\.score).max() ?? 0
        return scored.filter { $0.score >= most - 0.03 }.map { ($0.region, $0.share) }
    }

    private static func zone(offset: Int?, region: Region?, records: Int, _ file: SampleText) -> ZoneGuess {
        guard let offset else { return .unknown(likely: region?.zones.first) }
        var best: (name: String, share: Double)?
        for name in (region?.zones ?? []) + ["GMT"] where file.isShown(name, minutes: offset) {
            // A zone that this machine does not know is no candidate.
            guard let evidence = try? file.reading(MappingContext(timeZone: name)).evidence, let mode = evidence.mode,
                mode.minutes == 0, mode.share > (best?.share ?? 0)
            else { continue }
            best = (name, mode.share)
        }
        if let best { return .shown(zone: best.name, minutes: offset, records: records) }
        let sign = offset < 0 ? "-" : "+"
        let (hours, minutes) = offset.magnitude.quotientAndRemainder(dividingBy: 60)
        let text = sign + (hours < 10 ? "0" : "") + "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes)"
        return .shown(zone: text, minutes: offset, records: records)
    }

    /// The beginning of a file, to be read several times.
    fileprivate struct SampleText {
        var head: [UInt8]
        var isWhole: Bool
        var dialect: Dialect
        var format: FormatDefinition

        final class Reading {
            var mapper: RecordMapper
            var records = 0
            var legs: [Leg] = []
            var marks: [JoinMarks] = []
            var skipped: [String: Int] = [:]
            var rejected: [String: Int] = [:]
            var numbers: [String] = []
            /// What the records say in the place of the client's number.
            var clients: Set<String> = []
            /// Extensions of employees with the number of their records.
            var employees: [String: Int] = [:]
            var hints: [RecordRecogniser.Hints] = []
            private var recogniser: RecordRecogniser?
            private var seen: Set<String> = []

            init(_ mapper: RecordMapper, _ format: FormatDefinition) {
                self.mapper = mapper
                recogniser = RecordRecogniser(format)
            }

            var advice: [String] { recogniser?.advice(hints) ?? [] }
            var evidence: ZoneEvidence { mapper.zoneEvidence }
            var lines: [String: Int] { mapper.unmappedLines }

            func take(_ record: borrowing Record) {
                if let found = recogniser?.hints(in: record) { hints.append(found) }
                switch mapper.map(record) {
                case .notData: return
                case .leg(let leg):
                    legs.append(leg)
                    marks.append(mapper.joins)
                    if let employee = leg.employeeExtension { employees[employee, default: 0] += 1 }
                    if leg.direction != .internal { noteNumber() }
                case .skipped(let reason): skipped[reason.rawValue, default: 0] += 1
                case .rejected(let rejection):
                    rejected[rejection.reason, default: 0] += 1
                    if rejection.reason == "badNumber" { noteNumber() }
                }
                records += 1
            }

            private func noteNumber() {
                let text = mapper.externalText()
                clients.insert(text)
                let digits = text.utf8.count { $0.isASCIIDigit }
                if digits >= 7, numbers.count < 500, seen.insert(text).inserted {
                    numbers.append(text)
                }
            }
        }

        func reading(_ context: MappingContext) throws(SettingsFault) -> Reading {
            let reading = Reading(try RecordMapper(format: format, context: context), format)
            head.read(dialect, isWhole: isWhole) { record in
                reading.take(record)
                return reading.records < SampleSurvey.mostRecords
            }
            return reading
        }

        /// Whether the zone's clocks are that far from UTC at some time of the year.
        func isShown(_ zone: String, minutes: Int) -> Bool {
            guard let clock = ZoneClock(zone) else { return false }
            // Winter and summer of a year in which all offsets of today hold.
            return [1_705_320_000, 1_721_044_800].contains { clock.offset(at: $0) == minutes * 60 }
        }
    }
}

extension FormatDefinition {
    /// What the phone system should be set to write, by the beginning of a file of the format; sentences without full stops.
    ///
    /// - Parameters:
    ///   - head: The decoded bytes.
    ///   - isWhole: Whether the file ends there.
    ///   - dialect: How the file separates fields and records.
    package func advice(on head: [UInt8], isWhole: Bool, dialect: Dialect) -> [String] {
        guard var recogniser = RecordRecogniser(self) else { return [] }
        var hints: [RecordRecogniser.Hints] = []
        head.read(dialect, isWhole: isWhole) { record in
            hints.append(recogniser.hints(in: record))
            return hints.count < 500
        }
        return recogniser.advice(hints)
    }
}
