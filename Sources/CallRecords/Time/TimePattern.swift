// SPDX-License-Identifier: Apache-2.0

// Unsafe: places are compared with the count of the bytes before they are read.

/// How a date and a time are written: letters stand for digits, everything else for itself.
///
/// | letters | meaning |
/// |---|---|
/// | `yyyy`, `yy` | year; two digits are 2000 to 2099 |
/// | `MM`, `M` | month, two digits or one or two; `MMM` is `Jan` to `Dec` |
/// | `dd`, `d` | day |
/// | `HH`, `H` | hour from 0 to 23 |
/// | `hh`, `h` with `a` | hour from 1 to 12 with `AM` or `PM` |
/// | `mm`, `ss` | minute, second |
/// | `S` | a fraction of a second of any length, with its point before; it is dropped, and may be missing |
/// | `Z` | an offset: `Z`, `+03`, `+0300` or `+03:00` |
/// | `?` | the rest of the pattern may be missing |
struct TimePattern: Sendable, Equatable {
    enum Element: Sendable, Equatable {
        case year, shortYear, monthName, dayPeriod, fraction, offset, optionalRest
        case number(Field, minimum: Int)
        case literal(UInt8)
    }

    enum Field: Sendable, Equatable { case month, day, hour, hourOfHalf, minute, second }

    /// What a text says: a time on the clock, and its offset if the text names one.
    struct Reading: Equatable {
        var time = CivilTime()
        var offsetSeconds: Int?
    }

    let text: String
    let elements: [Element]
    /// Whether this is the form of nearly all phone systems: `yyyy-MM-dd HH:mm:ss`.
    private let isUsual: Bool
    private static let usual = "yyyy-MM-dd HH:mm:ss"

    /// Reads a pattern.
    ///
    /// - Returns: `nil` for a pattern that has no year, month or day or uses an unknown letter.
    init?(_ text: String) {
        self.text = text
        var elements: [Element] = []
        var rest = Substring(text)
        while let letter = rest.first {
            let run = rest.prefix { $0 == letter }
            rest = rest.dropFirst(run.count)
            guard let element = Self.elements(of: letter, count: run.count) else { return nil }
            elements += element
        }
        guard elements.contains(where: { $0 == .year || $0 == .shortYear }),
            elements.contains(where: { $0 == .monthName || $0.isNumber(of: .month) }),
            elements.contains(where: { $0.isNumber(of: .day) })
        else { return nil }
        self.elements = elements
        isUsual = text == Self.usual
    }

    private static func elements(of letter: Character, count: Int) -> [Element]? {
        switch (letter, count) {
        case ("y", 4): return [.year]
        case ("y", 2): return [.shortYear]
        case ("M", 3): return [.monthName]
        case ("M", 1...2): return [.number(.month, minimum: count)]
        case ("d", 1...2): return [.number(.day, minimum: count)]
        case ("H", 1...2): return [.number(.hour, minimum: count)]
        case ("h", 1...2): return [.number(.hourOfHalf, minimum: count)]
        case ("m", 1...2): return [.number(.minute, minimum: count)]
        case ("s", 1...2): return [.number(.second, minimum: count)]
        case ("a", 1): return [.dayPeriod]
        case ("S", 1): return [.fraction]
        case ("Z", 1): return [.offset]
        case ("?", 1): return [.optionalRest]
        default:
            guard !letter.isLetter || letter == "T", let byte = letter.asciiValue else { return nil }
            return Array(repeating: .literal(byte), count: count)
        }
    }

    /// Reads a time of this form; the whole text must be used up.
    func read(_ bytes: UnsafeRawBufferPointer) -> Reading? {
        unsafe isUsual ? Self.readUsual(bytes).map { Reading(time: $0) } : unsafe readElements(bytes)
    }

    /// Reads `yyyy-MM-dd HH:mm:ss`: the same as its elements give, in a fifth of the time.
    private static func readUsual(_ bytes: UnsafeRawBufferPointer) -> CivilTime? {
        guard bytes.count == 19 else { return nil }
        // A byte that is no digit, or another one between the numbers, sets a bit here.
        var wrong =
            unsafe (bytes[4] ^ UInt8(ascii: "-")) | (bytes[7] ^ UInt8(ascii: "-")) | (bytes[10] ^ UInt8(ascii: " "))
        unsafe wrong |= (bytes[13] ^ UInt8(ascii: ":")) | (bytes[16] ^ UInt8(ascii: ":"))
        func pair(_ place: Int) -> Int {
            let (tens, ones) = unsafe (bytes[place] &- 0x30, bytes[place + 1] &- 0x30)
            if tens > 9 || ones > 9 { wrong = 1 }
            return Int(tens) &* 10 &+ Int(ones)
        }
        var time = CivilTime()
        time.year = pair(0) &* 100 &+ pair(2)
        (time.month, time.day) = (pair(5), pair(8))
        (time.hour, time.minute, time.second) = (pair(11), pair(14), pair(17))
        return wrong == 0 && time.isValid ? time : nil
    }

    private func readElements(_ bytes: UnsafeRawBufferPointer) -> Reading? {
        var reading = Reading()
        var isAfternoon: Bool?
        var position = 0
        var index = 0
        while index < elements.count {
            let element = elements[index]
            index += 1
            switch element {
            case .literal(let byte):
                guard position < bytes.count, unsafe bytes[position] == byte else { return nil }
                position += 1
            case .year:
                guard let value = unsafe Self.number(bytes, &position, 4...4) else { return nil }
                reading.time.year = value
            case .shortYear:
                guard let value = unsafe Self.number(bytes, &position, 2...2) else { return nil }
                reading.time.year = 2000 + value
            case .number(let field, let minimum):
                guard let value = unsafe Self.number(bytes, &position, minimum...2) else { return nil }
                reading.time.set(field, value)
            case .monthName:
                guard let month = unsafe Self.month(bytes, &position) else { return nil }
                reading.time.month = month
            case .dayPeriod:
                guard position + 2 <= bytes.count, unsafe bytes[position + 1].asciiLowercased == UInt8(ascii: "m")
                else {
                    return nil
                }
                isAfternoon = unsafe bytes[position].asciiLowercased == UInt8(ascii: "p")
                position += 2
            case .fraction:
                guard position < bytes.count, unsafe bytes[position] == UInt8(ascii: ".") else { continue }
                position += 1
                while position < bytes.count, unsafe bytes[position].isASCIIDigit { position += 1 }
            case .offset:
                guard let offset = unsafe Self.offset(bytes, &position) else { return nil }
                reading.offsetSeconds = offset
            case .optionalRest:
                if position == bytes.count { index = elements.count }
            }
        }
        guard position == bytes.count else { return nil }
        if let isAfternoon {
            guard (1...12).contains(reading.time.hour) else { return nil }
            reading.time.hour = reading.time.hour % 12 + (isAfternoon ? 12 : 0)
        }
        return reading.time.isValid ? reading : nil
    }

    private static func number(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ digits: ClosedRange<Int>
    ) -> Int? {
        var value = 0
        var count = 0
        while count < digits.upperBound, position < bytes.count, unsafe bytes[position].isASCIIDigit {
            value = unsafe value * 10 + Int(bytes[position] & 15)
            position += 1
            count += 1
        }
        return count >= digits.lowerBound ? value : nil
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func month(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        guard position + 3 <= bytes.count else { return nil }
        let word = unsafe String(decoding: bytes[position..<position + 3].map(\.asciiLowercased), as: UTF8.self)
        position += 3
        return months.firstIndex(of: word).map { $0 + 1 }
    }

    private static func offset(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        guard position < bytes.count else { return nil }
        let sign = unsafe bytes[position]
        position += 1
        if sign.asciiLowercased == UInt8(ascii: "z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = unsafe number(bytes, &position, 2...2)
        else {
            return nil
        }
        if position < bytes.count, unsafe bytes[position] == UInt8(ascii: ":") { position += 1 }
        let minutes = unsafe position < bytes.count ? number(bytes, &position, 2...2) : 0
        guard let minutes, hours <= 18, minutes < 60 else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}

extension TimePattern.Element {
    fileprivate func isNumber(of wanted: TimePattern.Field) -> Bool {
        if case .number(let field, _) = self { field == wanted } else { false }
    }
}

extension CivilTime {
    fileprivate mutating func set(_ field: TimePattern.Field, _ value: Int) {
        switch field {
        case .month: month = value
        case .day: day = value
        case .hour, .hourOfHalf: hour = value
        case .minute: minute = value
        case .second: second = value
        }
    }
}
