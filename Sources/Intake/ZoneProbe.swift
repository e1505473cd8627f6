// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
package import CallRecords
import DelimitedText
import ExitCodes

/// Looks at records all over a file before any of it is taken in: a zone may be right in winter and wrong in summer.
///
/// One wrong hour would put calls at a wrong time, and the portal takes nothing back.
struct ZoneProbe {
    let path: String
    let format: FormatDefinition
    /// How the file separates fields and records.
    let dialect: Dialect
    let settings: SourceSettings
    /// Where the part of the file begins that will be taken in.
    let start: Int64

    private static let spots: Int64 = 16
    private static let spotBytes = 32_768

    /// Checks the zone against the ids of the records.
    ///
    /// - Parameter mapper: A mapper that has seen no record.
    /// - Throws: ``ImportFault/configuration(_:)`` when some part of the file contradicts the zone.
    func check(_ mapper: RecordMapper) throws {
        guard settings.checksZone, let size = try FilePart.read(path: path, count: 0)?.size, size > start else {
            return
        }
        let first = Spot(mapper)
        try read(first, at: start)
        try first.judge(path, settings)
        // The header, where there is one, is known from now on; a format without instants in its records ends here.
        guard first.mapper.zoneEvidence.total > 0 else { return }
        let distance = (size - start) / Self.spots
        guard distance > Int64(Self.spotBytes) else { return }
        for number in 1..<Self.spots {
            let spot = Spot(first.mapper)
            try read(spot, at: start + number * distance)
            try spot.judge(path, settings)
        }
    }

    private func read(_ spot: Spot, at byte: Int64) throws {
        var bytes: ByteSource
        do throws(ByteSourceFault) {
            bytes = try ByteSource.open(path: path, from: byte)
        } catch {
            // A log that was cut meanwhile has no such place any more.
            if case .endsBefore = error.problem { return }
            throw error
        }
        guard let slice = try bytes.next() else { return }
        var part = UnsafeRawBufferPointer(rebasing: slice.prefix(Self.spotBytes))
        if byte > start {
            // The place is most probably within a record; what is left of it is passed over.
            guard let end = part.firstIndex(of: dialect.lineEnd == .cr ? 0x0D : 0x0A) else { return }
            part = UnsafeRawBufferPointer(rebasing: part[(end + 1)...])
        }
        var scanner = RecordScanner(dialect: dialect)
        scanner.expectedFieldCount = format.expectedFieldCount
        scanner.scan(part) { spot.take($0) }
    }

    /// A few records that follow each other.
    private final class Spot {
        private(set) var mapper: RecordMapper

        init(_ mapper: RecordMapper) {
            self.mapper = mapper
            self.mapper.forgetEvidence()
        }

        func take(_ record: borrowing Record) { _ = mapper.map(record) }

        func judge(_ path: String, _ settings: SourceSettings) throws {
            // In the hour that comes twice a guess may be wrong by that hour, and the zone right all the same.
            guard let mode = mapper.zoneEvidence.contradiction, mode.count > mapper.clockDoubts.guessed else { return }
            throw ImportFault.configuration("\(path): \(mode.complaint(zone: settings.timeZone))")
        }
    }
}

extension ZoneEvidence.Mode {
    /// What is wrong and what to do, as one sentence.
    package func complaint(zone: String?) -> String {
        """
        by the ids that the phone system wrote, \(Int(share * 100)) % of the records are \
        \(Double(minutes.magnitude) / 60) hours \(minutes > 0 ? "too late" : "too early") with time_zone \
        \(zone ?? "of the format"); correct time_zone (GMT where the phone system writes GMT), or write \
        check_zone: false if the ids are wrong
        """
    }
}
