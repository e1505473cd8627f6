// SPDX-License-Identifier: Apache-2.0

private import Foundation

/// Turns times on a wall clock into instants, daylight saving included.
///
/// - The hour that comes twice in autumn is taken for its first pass (the larger offset), unless the record carries an
///   instant of its own: a record begins after it, else near to it.
/// - The hour that is left out in spring is read with the offset before the change, as a clock that was not put
///   forward would show it: 02:30 is then 03:30.
struct ZoneClock {
    private let zone: Zone
    /// Offsets of whole hours in which nothing changes, found by the hour's last bits.
    private var hours: [Int64]
    private var offsets: [Int32]
    /// The hour of UTC that was asked for last and its offset, if nothing changes in it.
    private var lastHour = Int64.min
    private var lastOffset = 0
    private static let cacheSize = 256
    /// The times that the clock could not have shown, or has shown twice.
    var doubts = ClockDoubts()

    /// Prepares a clock of a zone.
    ///
    /// - Parameter identifier: A name of the IANA database, `UTC`, `GMT`, or an offset such as `+03:00`.
    /// - Returns: `nil` for an unknown zone.
    init?(_ identifier: String) {
        if let seconds = Self.fixedOffset(identifier) {
            guard let zone = TimeZone(secondsFromGMT: seconds) else { return nil }
            self.zone = Zone(zone)
        } else {
            guard Self.isNamed(identifier), let zone = TimeZone(identifier: identifier) else { return nil }
            self.zone = Zone(zone)
        }
        hours = Array(repeating: .min, count: Self.cacheSize)
        offsets = Array(repeating: 0, count: Self.cacheSize)
    }

    /// All names of zones that this machine knows.
    static var knownNames: [String] { TimeZone.knownTimeZoneIdentifiers + ["UTC", "GMT"] }

    /// The instant at which the clock showed a time.
    ///
    /// - Parameters:
    ///   - local: Seconds from 1970-01-01 00:00:00 on that clock.
    ///   - hint: An instant that the time is near to, which tells the two passes of an ambiguous hour apart.
    mutating func instant(local: Int64, near hint: Int64?) -> CallTime {
        if let known = settled(local: local) { return known }
        let (hour, slot) = Self.slot(of: local)
        let first = offsetsFitting(local: hour * 3600)
        if first.count == 1, first == offsetsFitting(local: hour * 3600 + 3599) {
            hours[slot] = hour
            offsets[slot] = Int32(first[0])
            return CallTime(epochSeconds: local - Int64(first[0]), offsetSeconds: Int32(first[0]))
        }
        let fitting = offsetsFitting(local: local)
        doubts.take(fitting: fitting.count, isTold: hint != nil)
        let offset = Self.choose(fitting, local: local, near: hint) ?? offsetBefore(local: local)
        return CallTime(epochSeconds: local - Int64(offset), offsetSeconds: Int32(offset))
    }

    /// The instant, if the clock has met that hour before and nothing changes in it.
    func settled(local: Int64) -> CallTime? {
        let (hour, slot) = Self.slot(of: local)
        guard hours[slot] == hour else { return nil }
        return CallTime(epochSeconds: local - Int64(offsets[slot]), offsetSeconds: offsets[slot])
    }

    private static func slot(of local: Int64) -> (hour: Int64, slot: Int) {
        let hour = local >= 0 ? local / 3600 : (local - 3599) / 3600
        return (hour, Int(truncatingIfNeeded: hour) & (cacheSize - 1))
    }

    /// The offset of the zone at an instant, in seconds.
    func offset(at epochSeconds: Int64) -> Int {
        zone.zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(epochSeconds)))
    }

    /// What ``offset(at:)`` gives, quicker for instants that lie close together.
    mutating func rememberedOffset(at epochSeconds: Int64) -> Int {
        let hour = Self.slot(of: epochSeconds).hour
        if hour == lastHour { return lastOffset }
        let first = offset(at: hour * 3600)
        guard first == offset(at: hour * 3600 + 3599) else { return offset(at: epochSeconds) }
        (lastHour, lastOffset) = (hour, first)
        return first
    }

    /// The offsets under which the zone's clock shows this time, the larger first: none in the hour that is left out,
    /// two in the hour that comes twice.
    private func offsetsFitting(local: Int64) -> [Int] {
        let candidates = Set([offset(at: local - 100_000), offset(at: local + 100_000), offset(at: local)])
        return candidates.filter { offset(at: local - Int64($0)) == $0 }.sorted(by: >)
    }

    private func offsetBefore(local: Int64) -> Int { offset(at: local - 100_000) }

    /// How many seconds a record's own clock may be behind that of its id.
    private static let clockNoise: Int64 = 60

    private static func choose(_ offsets: [Int], local: Int64, near hint: Int64?) -> Int? {
        guard let hint, offsets.count > 1 else { return offsets.first }
        // Nothing begins before its channel was created, and a record may begin late in a long call.
        if let later = offsets.first(where: { local - Int64($0) >= hint - clockNoise }) { return later }
        return offsets.min { abs(local - Int64($0) - hint) < abs(local - Int64($1) - hint) }
    }

    /// Foundation also takes abbreviations such as `EST` and falls back to other spellings; only real names may pass.
    private static func isNamed(_ identifier: String) -> Bool {
        identifier == "UTC" || identifier == "GMT" || identifier.contains("/")
            || TimeZone.knownTimeZoneIdentifiers.contains(identifier)
    }

    private static func fixedOffset(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 6 || bytes.count == 3, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            let hours = Int(String(decoding: bytes[1...2], as: UTF8.self)), hours <= 18
        else { return nil }
        var minutes = 0
        if bytes.count == 6 {
            guard bytes[3] == UInt8(ascii: ":"), let value = Int(String(decoding: bytes[4...5], as: UTF8.self)),
                value < 60
            else { return nil }
            minutes = value
        }
        let seconds = hours * 3600 + minutes * 60
        return bytes[0] == UInt8(ascii: "-") ? -seconds : seconds
    }
}

/// Foundation's zone at a distance: the size of its type is known at run time only, and so would be the place of
/// everything in a value that has one inside.
private final class Zone: Sendable {
    let zone: TimeZone

    init(_ zone: TimeZone) { self.zone = zone }
}
