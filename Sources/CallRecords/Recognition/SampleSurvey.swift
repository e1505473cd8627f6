// SPDX-License-Identifier: Apache-2.0

package import DelimitedText
package import Settings

/// What a file of a known format shows about the office that it comes from.
package struct SampleSurvey: Sendable {
    /// How much of the file was read.
    package var records = 0
    package var legs = 0
    /// Calls by direction, in the words of the format: incoming, outgoing.
    package var calls: [String: Int] = [:]
    /// Records and calls passed over, by reason.
    package var skipped: [String: Int] = [:]
    package var rejected: [String: Int] = [:]
    /// Extensions of employees with the number of their records.
    package var extensions: [String: Int] = [:]
    /// Trunks and called numbers that may have a line, with the number of their records.
    package var lines: [String: Int] = [:]
    /// The starts of the oldest and the newest call.
    package var oldest: CallTime?
    package var newest: CallTime?
    /// How national numbers are probably read, with the part of the numbers that fit, from 0 to 1.
    package var region: (code: String, share: Double)?
    /// Regions that the numbers fit nearly as well.
    package var otherRegions: [String] = []
    /// The zone of the times.
    package var zone: ZoneGuess = .notNeeded
    /// What extensions probably look like; `nil` where none were seen.
    package var internalPattern: String?

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
        take(try file.reading(context), CallFolder(format: format))
    }

    private mutating func take(_ reading: SampleText.Reading, _ folder: CallFolder) {
        records = reading.records
        legs = reading.legs.count
        skipped = reading.skipped
        rejected = reading.rejected
        lines = reading.lines
        for legs in Dictionary(grouping: reading.legs, by: \.key).values {
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
        internalPattern = Self.pattern(of: extensions)
    }

    /// The lengths that all but a few of the extensions have.
    private static func pattern(of extensions: [String: Int]) -> String? {
        var lengths: [Int: Int] = [:]
        for (name, count) in extensions where name.utf8.allSatisfy(\.isASCIIDigit) && name.utf8.count <= 6 {
            lengths[name.utf8.count, default: 0] += count
        }
        let total = lengths.values.reduce(0, +)
        let usual = lengths.filter { $0.value * 50 >= total }.keys
        guard let least = usual.min(), let most = usual.max() else { return nil }
        return least == most ? #"^\d{\#(least)}$"# : #"^\d{\#(least),\#(most)}$"#
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
            var skipped: [String: Int] = [:]
            var rejected: [String: Int] = [:]
            var numbers: [String] = []
            private var seen: Set<String> = []

            init(_ mapper: RecordMapper) { self.mapper = mapper }

            var evidence: ZoneEvidence { mapper.zoneEvidence }
            var lines: [String: Int] { mapper.unmappedLines }

            func take(_ record: borrowing Record) {
                switch mapper.map(record) {
                case .notData: return
                case .leg(let leg):
                    legs.append(leg)
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
                let digits = text.utf8.count { $0.isASCIIDigit }
                if digits >= 7, numbers.count < 500, seen.insert(text).inserted {
                    numbers.append(text)
                }
            }
        }

        func reading(_ context: MappingContext) throws(SettingsFault) -> Reading {
            let reading = Reading(try RecordMapper(format: format, context: context))
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
