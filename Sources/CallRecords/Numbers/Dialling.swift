// SPDX-License-Identifier: Apache-2.0

private import CPhoneNumber

// Unsafe: places are within a length that was compared before; texts for C end with a zero, and live as long as the
// call.

/// Spells dialled digits in E.164, as they would be understood in one region.
struct Dialling {
    enum Result: Equatable {
        case number(String)
        /// A short number of the region, as its digits.
        case short(String)
        case impossible
    }

    let region: String
    /// How long digits without a plus are if they cannot be a number, as bits: a file may be full of them.
    private let impossibleLengths: UInt32

    /// - Parameter region: An ISO 3166 code, or `nil` when only numbers with `+` are to be read.
    init(region: String?) {
        self.region = region ?? ""
        impossibleLengths = unsafe cdr24_phone_impossible_lengths(self.region)
    }

    /// Whether the region's numbering plan assigns the number; stricter than reading it, and slower.
    static func isAssigned(_ dialled: String, in region: String) -> Bool {
        unsafe dialled.utf8.count <= 40 && cdr24_phone_is_of_region(dialled, region) == 1
    }

    /// The digits behind `+` that lead into the region; `nil` without one.
    var countryCode: Int? {
        let code = unsafe Int(cdr24_phone_country_code(region))
        return code > 0 ? code : nil
    }

    static func isKnown(region: String) -> Bool { unsafe cdr24_phone_region_is_known(region) == 1 }

    /// Numbers that reach the police, the fire brigade or an ambulance nearly everywhere, and no extension should have.
    static func isEmergency(_ digits: String) -> Bool { digits == "112" || digits == "911" }

    /// - Parameter dialled: Digits with or without a `+` before them.
    func read(_ dialled: String) -> Result {
        let length = dialled.utf8.count
        if length < 32, impossibleLengths >> UInt32(length) & 1 == 1, dialled.utf8.first != UInt8(ascii: "+") {
            return .impossible
        }
        return unsafe Array(dialled.utf8).withUnsafeBytes { unsafe fast($0) }.map { .number($0) } ?? thorough(dialled)
    }

    /// The forms whose spelling follows from the numbering plan alone: ten digits after +7 or +1 are never taken for
    /// anything else, because what is left without a trunk prefix would be too short.
    ///
    /// - Parameter dialled: Any bytes.
    /// - Returns: `nil` for every other form, and for what is no number.
    func fast(_ dialled: UnsafeRawBufferPointer) -> String? {
        unsafe spelling(of: dialled).map { unsafe $0.number(dialled) }
    }

    /// How some dialled bytes are spelt: what is left of them, behind a plus and a country unless they begin with one.
    struct Spelling {
        /// How many bytes a number of a plan that is known here has at most.
        static let mostBytes = 12

        /// The country's only digit; `nil` where it stands in the bytes already, behind a plus.
        fileprivate var country: UInt8?
        /// How many of the dialled bytes are left out.
        fileprivate var dropped = 0

        /// The number in E.164.
        func number(_ dialled: UnsafeRawBufferPointer) -> String {
            unsafe String(unsafeUninitializedCapacity: Self.mostBytes) { room in
                unsafe write(dialled, to: UnsafeMutableRawBufferPointer(room))
            }
        }

        /// Writes the number in E.164.
        ///
        /// - Parameter room: At least ``mostBytes``.
        /// - Returns: How many bytes it has.
        func write(_ dialled: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer) -> Int {
            var count = 0
            if let country {
                unsafe room[0] = UInt8(ascii: "+")
                unsafe room[1] = country
                count = 2
            }
            for index in dropped..<dialled.count {
                unsafe room[count] = dialled[index]
                count &+= 1
            }
            return count
        }
    }

    /// How bytes are spelt that ``fast(_:)`` reads.
    func spelling(of dialled: UnsafeRawBufferPointer) -> Spelling? {
        guard dialled.count == 12 || dialled.count == 11 || dialled.count == 14 else { return nil }
        for index in 1..<dialled.count where unsafe !dialled[index].isASCIIDigit { return nil }
        switch unsafe (dialled.count, dialled[0], dialled[1]) {
        case (12, UInt8(ascii: "+"), UInt8(ascii: "7")) where unsafe Self.isRussian(dialled[2]),
            (12, UInt8(ascii: "+"), UInt8(ascii: "1")) where unsafe dialled[2] >= UInt8(ascii: "2"):
            return Spelling()
        case (11, UInt8(ascii: "8"), let digit) where region == "RU" && Self.isRussian(digit),
            (11, UInt8(ascii: "7"), let digit) where region == "RU" && Self.isRussian(digit):
            return Spelling(country: UInt8(ascii: "7"), dropped: 1)
        case (11, UInt8(ascii: "1"), let digit) where region == "US" && digit >= UInt8(ascii: "2"):
            return Spelling(country: UInt8(ascii: "1"), dropped: 1)
        case (14, UInt8(ascii: "8"), UInt8(ascii: "1"))
        where unsafe region == "RU" && dialled[2] == UInt8(ascii: "0") && dialled[3] == UInt8(ascii: "7")
            && Self.isRussian(dialled[4]):
            // 810 goes abroad, and +7 is reached that way too.
            return Spelling(country: UInt8(ascii: "7"), dropped: 4)
        default:
            return nil
        }
    }

    /// Whether a subscriber's number may begin with this digit in the plan of +7.
    private static func isRussian(_ digit: UInt8) -> Bool {
        digit == UInt8(ascii: "3") || digit == UInt8(ascii: "4") || digit == UInt8(ascii: "8")
            || digit == UInt8(ascii: "9")
    }

    /// Whether the two largest plans have numbers that begin like this.
    private static func isOfPlan(_ number: String) -> Bool {
        let digits = Array(number.utf8.prefix(3))
        guard digits.count == 3 else { return false }
        switch digits[1] {
        case UInt8(ascii: "7"): return isRussian(digits[2]) || digits[2] == UInt8(ascii: "7")
        case UInt8(ascii: "1"): return digits[2] >= UInt8(ascii: "2")
        default: return true
        }
    }

    /// Whether ten digits are the whole of a national number, and not one of eleven that has lost a digit.
    private func isBelievable(_ dialled: String, as number: String) -> Bool {
        guard Self.isOfPlan(number) else { return false }
        guard number.hasPrefix("+7"), let first = dialled.utf8.first,
            first == UInt8(ascii: "7") || first == UInt8(ascii: "8")
        else { return true }
        return Self.isAssigned(number, in: region) || Self.isAssigned(number, in: "KZ")
    }

    /// What the library of telephone numbers says.
    func thorough(_ dialled: String) -> Result {
        guard dialled.utf8.count <= 40 else { return .impossible }
        var kind: Int32 = 0
        let output = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 48) { room in
            kind = unsafe cdr24_phone_read(dialled, region, room.baseAddress, room.count)
            return unsafe kind > 0 ? room.baseAddress.map { unsafe String(cString: $0) } ?? "" : ""
        }
        switch Int(kind) {
        case cdr24_phone_number:
            // Ten digits alone are possible in the two largest plans, whatever they are.
            return dialled.utf8.count == 10 && !isBelievable(dialled, as: output) ? .impossible : .number(output)
        case cdr24_phone_short: return .short(output)
        default: return .impossible
        }
    }
}
