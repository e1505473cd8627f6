// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// Reads how long something took, in any of the forms that phone systems write.
///
/// | text | milliseconds |
/// |---|---|
/// | empty | 0 |
/// | `27`, `27.5` | 27,000, 27,500 (of the unit that the format names, seconds unless it says otherwise) |
/// | `0:27`, `00:00:27`, `1:02:03` | 27,000, 27,000, 3,723,000 |
/// | `1h 2m 3s`, `45s`, `5 min` | 3,723,000, 45,000, 300,000 |
/// | `PT1M5.3S` | 65,300 |
/// | `27,5` | 27,500 |
/// | `1 234`, `1'234`, `1,234,567` | 1,234,000, 1,234,000, 1,234,567,000 |
/// | `0.000347222222` | no duration: a spreadsheet keeps times as fractions of a day |
/// | `1,234`, `1.234` | 1,234,000 where the format says that it writes whole seconds; else no duration, and 1,234 |
enum DurationReading {
    /// Longer times cannot be meant: ten years.
    private static let largest: Int64 = 315_360_000_000

    /// - Parameters:
    ///   - bytes: The field.
    ///   - unitsPerSecond: 1 for seconds, 1,000 for milliseconds, 1,000,000 for microseconds; used for plain numbers.
    ///   - isWhole: Whether the writer knows no fractions of three digits, so that a mark before them parts thousands.
    /// - Returns: Milliseconds, rounded down; `nil` for anything else.
    static func milliseconds(
        _ bytes: UnsafeRawBufferPointer, unitsPerSecond: Int32, isWhole: Bool = false
    ) -> Int64? {
        var value: Int64 = 0
        // Nearly every duration is a few digits and nothing else.
        for index in 0..<bytes.count {
            let byte = unsafe bytes[index]
            guard byte.isASCIIDigit, index < 17 else {
                return unsafe general(bytes, unitsPerSecond: unitsPerSecond, isWhole: isWhole)
            }
            value = value * 10 + Int64(byte & 15)
        }
        return scaled(value, unitsPerSecond)
    }

    private static func scaled(_ value: Int64, _ unitsPerSecond: Int32) -> Int64? {
        let units = Int64(unitsPerSecond)
        guard units <= 1000 else { return value / (units / 1000) <= largest ? value / (units / 1000) : nil }
        let (result, isTooLarge) = value.multipliedReportingOverflow(by: 1000 / units)
        return isTooLarge || result > largest ? nil : result
    }

    private static func general(_ bytes: UnsafeRawBufferPointer, unitsPerSecond: Int32, isWhole: Bool) -> Int64? {
        guard bytes.count <= 32 else { return nil }
        var text = unsafe NumberText.plain(String(decoding: bytes, as: UTF8.self)).trimming()
        if text.isEmpty { return 0 }
        switch grouped(text, isWhole: isWhole) {
        case .number(let digits): text = digits
        case .doubtful: return nil
        case .none: break
        }
        if let number = decimal(text) {
            return isOfDay(text, number) ? nil : within(number * 1000 / Double(unitsPerSecond))
        }
        if text.contains(":") { return clock(text) }
        text = text.lowercased()
        return text.hasPrefix("pt") ? words(text.dropFirst(2)) : words(Substring(text))
    }

    private enum Grouping {
        case none
        /// The number without its marks.
        case number(String)
        /// It may be thousands or a fraction.
        case doubtful
    }

    /// Numbers whose thousands are set apart, and those with a decimal comma.
    private static func grouped(_ text: String, isWhole: Bool) -> Grouping {
        guard let mark = text.first(where: { !$0.isNumber }), " ,.'".contains(mark) else { return .none }
        var parts = text.split(separator: mark, omittingEmptySubsequences: false)
        var fraction = ""
        if let last = parts.last, parts.count > 1, let point = last.firstIndex(where: { $0 == "." || $0 == "," }) {
            fraction = "." + last[last.index(after: point)...]
            parts[parts.count - 1] = last[..<point]
        }
        guard (parts + [fraction.dropFirst()]).allSatisfy({ $0.utf8.allSatisfy(\.isASCIIDigit) }) else { return .none }
        let areThousands = (1...3).contains(parts[0].count) && parts.dropFirst().allSatisfy { $0.count == 3 }
        guard areThousands else {
            return mark == "," && parts.count == 2 && fraction.isEmpty ? .number(parts.joined(separator: ".")) : .none
        }
        // A leading zero begins a fraction.
        let isPlainlyGrouped = mark == " " || mark == "'" || parts.count > 2 || !fraction.isEmpty
        if isPlainlyGrouped || isWhole && parts[0] != "0" { return .number(parts.joined() + fraction) }
        if mark == "." || parts[0] == "0" { return .number(parts.joined(separator: ".")) }
        return .doubtful
    }

    private static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }) else { return nil }
        return Double(text)
    }

    /// Whether a number is that of a spreadsheet, which keeps times as fractions of a day: 30 s are `0.000347222222`.
    ///
    /// Phone systems write tenths, hundredths, milliseconds or microseconds.
    private static func isOfDay(_ text: String, _ value: Double) -> Bool {
        guard value > 0, value < 1, let point = text.firstIndex(of: ".") else { return false }
        let digits = text[text.index(after: point)...].utf8.count
        return value < 0.01 || ![1, 2, 3, 6].contains(digits)
    }

    private static func within(_ milliseconds: Double) -> Int64? {
        milliseconds >= 0 && milliseconds <= Double(largest) ? Int64(milliseconds) : nil
    }

    /// `H:MM:SS`, `MM:SS`, either with a fraction.
    private static func clock(_ text: String) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var total = 0.0
        for (index, part) in parts.enumerated() {
            guard !part.isEmpty, let number = decimal(String(part)) else { return nil }
            if index > 0, number >= 60 { return nil }
            if index < parts.count - 1, part.contains(".") { return nil }
            total = total * 60 + number
        }
        return within(total * 1000)
    }

    private static let units: [String: Double] = [
        "d": 86_400, "h": 3600, "hour": 3600, "hours": 3600, "hr": 3600, "m": 60, "min": 60, "mins": 60, "minute": 60,
        "minutes": 60, "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    ]

    /// Numbers each with a unit after it.
    private static func words(_ text: Substring) -> Int64? {
        var rest = text
        var total = 0.0
        while !rest.isEmpty {
            rest = rest.drop { $0 == " " || $0 == "," }
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = decimal(String(number)), let factor = units[String(unit)] else { return nil }
            total += value * factor
        }
        return within(total * 1000)
    }
}

extension String {
    /// The text without ASCII spaces at its ends.
    func trimming() -> String {
        var bytes = self.utf8[...]
        while let first = bytes.first, first.isASCIISpace { bytes = bytes.dropFirst() }
        while let last = bytes.last, last.isASCIISpace { bytes = bytes.dropLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
