// SPDX-License-Identifier: Apache-2.0

// Unsafe: texts are looked at while the arena keeps them; nothing is appended meanwhile.

extension Machine {
    /// Before and after these no call was made; they also keep every sum of times within its range.
    private static let firstEpoch: Int64 = 0
    private static let lastEpoch: Int64 = 7_258_118_400

    /// The instant that an expression gives; `nil` for an empty field and for one that cannot be read, which also
    /// leaves a complaint.
    mutating func time(_ place: Program.Time) -> CallTime? {
        switch expression(place) {
        case .named(let moment): return namedTime(moment)
        case .first(let times):
            for member in times.places {
                if let found = time(self.member(member, of: times)) { return found }
            }
            return nil
        case .parse(let text, let clock, let near): return parse(text, clock, near: near, at: place)
        case .parseEpoch(let text, let units):
            guard let seconds = parseSeconds(text, units, at: place) else { return nil }
            let offset = surroundings.clock?.rememberedOffset(at: seconds) ?? 0
            return CallTime(epochSeconds: seconds, offsetSeconds: Int32(offset))
        case .shift(let start, let span, let sign):
            guard var result = time(start), let shift = duration(span) else { return nil }
            // Rounded to whole seconds towards the start, as the phone systems do.
            result.epochSeconds += Int64(sign) * (shift / 1000)
            return result
        }
    }

    private mutating func parse(
        _ text: Program.Text, _ clock: Program.ClockPlace, near: Program.Text?, at place: Program.Time
    ) -> CallTime? {
        let input = self.text(text)
        guard !input.isEmpty else { return nil }
        for number in program.clocks[Int(clock.index)].patterns.indices {
            guard var reading = read(input, pattern: number, of: clock) else { continue }
            // The form that the system writes needs no second look; a spreadsheet may put the day or the month first.
            if number > 0 {
                guard let chosen = choose(reading, behind: number, input, clock, near: near) else { break }
                reading = chosen
            }
            let local = reading.time.secondsSinceEpoch
            if let offset = reading.offsetSeconds {
                return CallTime(epochSeconds: local - Int64(offset), offsetSeconds: Int32(offset))
            }
            return program.clocks[Int(clock.index)].isUTC
                ? CallTime(epochSeconds: local) : instant(local: local, near: near)
        }
        complain(.date, about: .time(place), found: input)
        return nil
    }

    private mutating func read(_ input: Slice, pattern: Int, of clock: Program.ClockPlace) -> TimePattern.Reading? {
        unsafe arena.withBytes(of: input) { unsafe program.clocks[Int(clock.index)].patterns[pattern].read($0) }
    }

    /// Of the readings that a text has under several patterns the one that the record's own instant is near to.
    ///
    /// - Parameters:
    ///   - first: The reading under the first pattern that fits.
    ///   - number: The place of that pattern.
    /// - Returns: Nil where the patterns disagree and nothing tells which is right.
    private mutating func choose(
        _ first: TimePattern.Reading, behind number: Int, _ input: Slice, _ clock: Program.ClockPlace,
        near: Program.Text?
    ) -> TimePattern.Reading? {
        var others: [TimePattern.Reading] = []
        for later in (number + 1)..<max(number + 1, program.clocks[Int(clock.index)].patterns.count) {
            if let other = read(input, pattern: later, of: clock), other != first { others.append(other) }
        }
        guard !others.isEmpty else { return first }
        return ([first] + others).first { hint(for: $0.time.secondsSinceEpoch, near: near) != nil }
    }

    private mutating func instant(local: Int64, near: Program.Text?) -> CallTime? {
        if let known = surroundings.clock?.settled(local: local) { return known }
        // The record's own instant matters in one hour of the year only.
        let hint = hint(for: local, near: near)
        return surroundings.clock?.instant(local: local, near: hint)
    }

    /// The record's own instant, where it has one that may be that of a time.
    ///
    /// An id that carries no instant may have other digits: the clocks of the earth are less than a day apart.
    private mutating func hint(for local: Int64, near: Program.Text?) -> Int64? {
        guard let near else { return nil }
        let text = self.text(near)
        return epochSeconds(text).flatMap { abs($0 - local) < 86_400 ? $0 : nil }
    }

    /// The seconds since 1970 of the instant that an expression gives, like ``time(_:)`` without the zone's offset.
    mutating func instant(_ place: Program.Time) -> Int64? {
        guard case .parseEpoch(let text, let units) = expression(place) else { return time(place)?.epochSeconds }
        return parseSeconds(text, units, at: place)
    }

    private mutating func parseSeconds(
        _ text: Program.Text, _ unitsPerSecond: Int32, at place: Program.Time
    ) -> Int64? {
        let input = self.text(text)
        guard !input.isEmpty else { return nil }
        // A date such as 20.11.2026 begins like a number with a fraction.
        guard let value = arena.contents.decimal(input) else {
            complain(.date, about: .time(place), found: input)
            return nil
        }
        // Phone systems write 0 for "never".
        guard value != 0 else { return nil }
        let seconds = value / Int64(unitsPerSecond)
        guard seconds > Self.firstEpoch, seconds < Self.lastEpoch else {
            complain(.date, about: .time(place), found: input)
            return nil
        }
        return seconds
    }

    /// A number of seconds since 1970 with or without a fraction; `nil` for anything else.
    func epochSeconds(_ input: Slice) -> Int64? {
        guard let value = arena.contents.wholeNumber(input), value > Self.firstEpoch, value < Self.lastEpoch else {
            return nil
        }
        return value
    }

    /// The milliseconds that an expression gives; `nil` when a field cannot be read, which also leaves a complaint.
    mutating func duration(_ place: Program.Span) -> Int64? {
        switch expression(place) {
        case .parse(let text, let units, let isWhole):
            let input = self.text(text)
            let value = unsafe DurationReading.milliseconds(
                arena.bytes(of: input), unitsPerSecond: units, isWhole: isWhole)
            if let value { return value }
            complain(.duration, about: .span(place), found: input)
            return nil
        case .between(let from, let to):
            guard let from = time(from), let to = time(to) else { return complaint == nil ? 0 : nil }
            guard to >= from else { return negative(place) }
            return (to.epochSeconds - from.epochSeconds) * 1000
        case .sum(let a, let b, let sign):
            guard let a = duration(a), let b = duration(b) else { return nil }
            let sum = a + Int64(sign) * b
            return sum >= 0 ? sum : negative(place)
        case .first(let spans):
            for member in spans.places {
                guard let value = duration(self.member(member, of: spans)) else { return nil }
                if value > 0 { return value }
            }
            return 0
        }
    }

    /// A duration that ends before it begins is none, and 0 would be a wrong one.
    private mutating func negative(_ place: Program.Span) -> Int64? {
        complain(.duration, about: .span(place), found: arena.append("less than nothing"))
        return nil
    }

    /// Works something out that the record may lack, without a complaint about it, while nothing else was wrong.
    @inline(__always)
    mutating func quietly<Result>(_ body: (inout Machine) -> Result) -> Result {
        let result = body(&self)
        if complaint != nil { complaint = nil }
        return result
    }
}
