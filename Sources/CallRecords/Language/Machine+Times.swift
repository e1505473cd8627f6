// SPDX-License-Identifier: Apache-2.0

extension Machine {
    /// Before and after these no call was made; they also keep every sum of times within its range.
    private static let firstEpoch: Int64 = 0
    private static let lastEpoch: Int64 = 7_258_118_400

    /// The instant that an expression gives; `nil` for an empty field and for one that cannot be read, which also
    /// leaves a complaint.
    mutating func time(_ index: Program.Index) -> CallTime? {
        let node = self.node(index)
        switch node.operation {
        case .namedTime: return namedTime(node.a)
        case .firstTime:
            for child in node.a..<node.a + node.b {
                if let found = time(self.child(child)) { return found }
            }
            return nil
        case .parseTime: return parseTime(node, at: index)
        case .parseEpoch: return parseEpoch(node, at: index)
        case .shiftTime:
            guard var result = time(node.a), let shift = duration(node.b) else { return nil }
            // Rounded to whole seconds towards the start, as the phone systems do.
            result.epochSeconds += Int64(node.c) * (shift / 1000)
            return result
        default: return nil
        }
    }

    private mutating func parseTime(_ node: Program.Node, at index: Program.Index) -> CallTime? {
        let input = text(node.a)
        guard !input.isEmpty else { return nil }
        for number in program.clocks[Int(node.b)].patterns.indices {
            guard var reading = read(input, pattern: number, of: node) else { continue }
            // The form that the system writes needs no second look; a spreadsheet may put the day or the month first.
            if number > 0 {
                guard let chosen = choose(reading, behind: number, input, node) else { break }
                reading = chosen
            }
            let local = reading.time.secondsSinceEpoch
            if let offset = reading.offsetSeconds {
                return CallTime(epochSeconds: local - Int64(offset), offsetSeconds: Int32(offset))
            }
            return program.clocks[Int(node.b)].isUTC ? CallTime(epochSeconds: local) : instant(local: local, node)
        }
        complain(.date, about: index, found: input)
        return nil
    }

    private mutating func read(_ input: Slice, pattern: Int, of node: Program.Node) -> TimePattern.Reading? {
        arena.withBytes(of: input) { program.clocks[Int(node.b)].patterns[pattern].read($0) }
    }

    /// Of the readings that a text has under several patterns the one that the record's own instant is near to.
    ///
    /// - Parameters:
    ///   - first: The reading under the first pattern that fits.
    ///   - number: The place of that pattern.
    /// - Returns: Nil where the patterns disagree and nothing tells which is right.
    private mutating func choose(
        _ first: TimePattern.Reading, behind number: Int, _ input: Slice, _ node: Program.Node
    ) -> TimePattern.Reading? {
        var others: [TimePattern.Reading] = []
        for later in (number + 1)..<max(number + 1, program.clocks[Int(node.b)].patterns.count) {
            if let other = read(input, pattern: later, of: node), other != first { others.append(other) }
        }
        guard !others.isEmpty else { return first }
        return ([first] + others).first { hint(for: $0.time.secondsSinceEpoch, node) != nil }
    }

    private mutating func instant(local: Int64, _ node: Program.Node) -> CallTime? {
        if let known = surroundings.clock?.settled(local: local) { return known }
        // The record's own instant matters in one hour of the year only.
        let hint = hint(for: local, node)
        return surroundings.clock?.instant(local: local, near: hint)
    }

    /// The record's own instant, where it has one that may be that of a time.
    ///
    /// An id that carries no instant may have other digits: the clocks of the earth are less than a day apart.
    private mutating func hint(for local: Int64, _ node: Program.Node) -> Int64? {
        guard node.c >= 0 else { return nil }
        let near = text(node.c)
        return epochSeconds(near).flatMap { abs($0 - local) < 86_400 ? $0 : nil }
    }

    /// The seconds since 1970 of the instant that an expression gives, like ``time(_:)`` without the zone's offset.
    mutating func instant(_ index: Program.Index) -> Int64? {
        let node = self.node(index)
        return node.operation == .parseEpoch ? parseSeconds(node, at: index) : time(index)?.epochSeconds
    }

    private mutating func parseEpoch(_ node: Program.Node, at index: Program.Index) -> CallTime? {
        guard let seconds = parseSeconds(node, at: index) else { return nil }
        let offset = surroundings.clock?.rememberedOffset(at: seconds) ?? 0
        return CallTime(epochSeconds: seconds, offsetSeconds: Int32(offset))
    }

    private mutating func parseSeconds(_ node: Program.Node, at index: Program.Index) -> Int64? {
        let input = text(node.a)
        guard !input.isEmpty else { return nil }
        // A date such as 20.11.2026 begins like a number with a fraction.
        guard let value = arena.contents.wholeNumber(input), arena.contents.isDecimal(input) else {
            complain(.date, about: index, found: input)
            return nil
        }
        // Phone systems write 0 for "never".
        guard value != 0 else { return nil }
        let seconds = value / Int64(node.b)
        guard seconds > Self.firstEpoch, seconds < Self.lastEpoch else {
            complain(.date, about: index, found: input)
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
    mutating func duration(_ index: Program.Index) -> Int64? {
        let node = self.node(index)
        switch node.operation {
        case .parseDuration:
            let input = text(node.a)
            let value = DurationReading.milliseconds(
                arena.bytes(of: input), unitsPerSecond: node.b, isWhole: node.c != 0)
            if let value { return value }
            complain(.duration, about: index, found: input)
            return nil
        case .between:
            guard let from = time(node.a), let to = time(node.b) else { return complaint == nil ? 0 : nil }
            guard to >= from else { return negative(index) }
            return (to.epochSeconds - from.epochSeconds) * 1000
        case .sum:
            guard let a = duration(node.a), let b = duration(node.b) else { return nil }
            let sum = a + Int64(node.c) * b
            return sum >= 0 ? sum : negative(index)
        case .firstDuration:
            for child in node.a..<node.a + node.b {
                guard let value = duration(self.child(child)) else { return nil }
                if value > 0 { return value }
            }
            return 0
        default: return nil
        }
    }

    /// A duration that ends before it begins is none, and 0 would be a wrong one.
    private mutating func negative(_ index: Program.Index) -> Int64? {
        complain(.duration, about: index, found: arena.append("less than nothing"))
        return nil
    }

    /// Works something out that the record may lack, without a complaint about it, while nothing else was wrong.
    @inline(__always)
    mutating func quietly<Result>(_ body: (inout Machine) -> Result) -> Result {
        let result = body(&self)
        if complaint != nil { complaint = nil }
        return result
    }

    /// The first column that an expression reads, for messages.
    func firstColumn(of index: Program.Index) -> ColumnReference? {
        let node = self.node(index)
        switch node.operation {
        case .column: return program.slots[Int(node.a)]
        case .value: return firstColumn(of: program.values[Int(node.a)].node)
        case .firstFilled, .join, .firstTime, .firstDuration:
            return node.b > 0 ? firstColumn(of: child(node.a)) : nil
        case .literal, .always, .namedTime, .firstCase: return nil
        default: return firstColumn(of: node.a)
        }
    }
}
