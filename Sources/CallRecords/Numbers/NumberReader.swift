// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// Reads the numbers of a phone system: which is an extension, which is hidden, and how the others are spelt in E.164.
///
/// Every distinct text is worked out once and remembered; the memory is bounded, and what it forgets is worked out
/// again with the same result.
struct NumberReader {
    /// What a text is when it stands for a party outside.
    enum Reading: Equatable {
        /// E.164 with `+`; for a short number of the region (112) its digits.
        case number(String)
        case hidden
        case `extension`
        /// Not a number.
        case bad(Fault)
    }

    /// Why a text is no number that the portal may be sent.
    struct Fault: Equatable {
        /// What was expected.
        var message: String
        /// What can be done about it, if something is known.
        var hint: String?
        /// Whether the number was there before a spreadsheet rounded it.
        var isRounded = false
    }

    /// The portal's longest `PHONE_NUMBER`.
    static let longestNumber = 20
    private static let cacheSize = 65_536

    private let dialling: Dialling
    private var advice: NumberAdvice
    private let hiddenWords: HiddenWords
    /// Whether a number means what it says, because no rule rewrites any.
    private var isPlain: Bool { rewrites.isEmpty }
    private var rewrites: [(matcher: PatternMatcher, replacement: String)] = []
    private var extensions: ExtensionPattern
    private var seen = ByteTable(isCaseless: false)
    private var readings: [Reading] = []

    /// - Parameters:
    ///   - region: An ISO 3166 code such as `RU`, or `nil` when only numbers with `+` are to be read.
    ///   - extensions: What an extension looks like.
    ///   - rewrites: Rules done in order, each on the result of the one before.
    ///   - hidden: Words for a hidden number, beside those that are known.
    init(
        region: String?, extensions: ExtensionPattern, rewrites: [(match: String, replace: String)],
        hidden: [String] = []
    ) throws(PatternMatcher.Fault) {
        dialling = Dialling(region: region)
        advice = NumberAdvice(dialling: dialling)
        self.extensions = extensions
        hiddenWords = HiddenWords(added: hidden)
        for rule in rewrites { self.rewrites.append((try PatternMatcher(rule.match), rule.replace)) }
    }

    mutating func isExtension(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if unsafe extensions.matches(bytes) { return true }
        guard unsafe bytes.contains(where: { $0 >= 0x80 }), bytes.count <= 64 else { return false }
        return unsafe isExtension(NumberText.plain(String(decoding: bytes, as: UTF8.self)))
    }

    private mutating func isExtension(_ text: String) -> Bool {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe extensions.matches($0) }
    }

    /// Whether the text says that the party hid its number; an empty one does.
    func isHidden(_ bytes: UnsafeRawBufferPointer) -> Bool { unsafe bytes.isEmpty || hiddenWords.contains(bytes) }

    private func isHidden(_ text: String) -> Bool { unsafe Array(text.utf8).withUnsafeBytes { unsafe isHidden($0) } }

    /// Whether the text looks like a number outside: no extension, at least five digits and nothing that no number has.
    mutating func isOutsideNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var digits = 0
        for index in 0..<bytes.count {
            let byte = unsafe bytes[index]
            if byte.isASCIIDigit {
                digits += 1
            } else if !NumberText.isSeparator(byte), byte != UInt8(ascii: "+") {
                return unsafe isOutsideNumberInside(bytes)
            }
        }
        return unsafe digits >= 5 && !extensions.matches(bytes) && !isHidden(bytes)
    }

    /// The same for a text that has more than a number in it.
    private mutating func isOutsideNumberInside(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= 256, unsafe bytes.count(where: { $0.isASCIIDigit || $0 >= 0x80 }) >= 5 else {
            return false
        }
        let text = unsafe NumberText.unwrapped(NumberText.plain(String(decoding: bytes, as: UTF8.self)))
        guard let dialled = NumberText.dialled(text), !isExtension(text), !isHidden(text) else { return false }
        return dialled.utf8.count(where: \.isASCIIDigit) >= 5
    }

    /// How a text is spelt that is a number of a form that nearly all have; ``read(_:)`` gives the same for it.
    ///
    /// - Returns: `nil` for any other text.
    mutating func spelling(of bytes: UnsafeRawBufferPointer) -> Dialling.Spelling? {
        guard isPlain, let spelling = unsafe dialling.spelling(of: bytes), unsafe !extensions.matches(bytes) else {
            return nil
        }
        return spelling
    }

    /// Reads the number of a party outside.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        if let spelling = unsafe spelling(of: bytes) { return .number(unsafe spelling.number(bytes)) }
        if let index = unsafe seen.find(bytes) { return readings[Int(index)] }
        let reading = unsafe workOut(bytes)
        if readings.count >= Self.cacheSize {
            seen.removeAll()
            readings.removeAll(keepingCapacity: true)
        }
        if bytes.count <= 64 {
            unsafe seen.insert(bytes, value: Int32(readings.count))
            readings.append(reading)
        }
        return reading
    }

    /// Reads a number that went over a trunk and looks like an extension all the same: a service of the network.
    ///
    /// - Parameter isDialled: Whether it was dialled here. Who calls in with three or four digits is most probably a
    ///   colleague in another office.
    mutating func readService(_ bytes: UnsafeRawBufferPointer, isDialled: Bool) -> Reading {
        let text = unsafe NumberText.unwrapped(NumberText.plain(String(decoding: bytes, as: UTF8.self)))
        guard let dialled = NumberText.dialled(text), (isDialled ? 3 : 5)...6 ~= dialled.utf8.count else {
            return .extension
        }
        switch dialling.read(dialled) {
        case .short(let digits), .number(let digits): return .number(digits)
        case .impossible:
            return .bad(
                Fault(
                    message: "expected a number outside, because the call went over a trunk",
                    hint: advice.hint(for: dialled)))
        }
    }

    private mutating func workOut(_ bytes: UnsafeRawBufferPointer) -> Reading {
        if unsafe isHidden(bytes) { return .hidden }
        guard bytes.count <= 256 else { return .bad(Fault(message: "expected a number of at most 256 bytes")) }
        let plain = unsafe NumberText.plain(String(decoding: bytes, as: UTF8.self))
        let rewritten = rewritten(plain)
        var text = NumberText.unwrapped(rewritten ?? plain)
        // A rule for the number itself does not fit its wrapping.
        if rewritten == nil, text != plain, let changed = self.rewritten(text) { text = NumberText.unwrapped(changed) }
        let isExtension = isExtension(text)
        if isHidden(text) { return .hidden }
        if NumberText.isScientific(text) {
            return .bad(
                Fault(
                    message: "expected a telephone number, whose last digits a spreadsheet has rounded away",
                    hint:
                        "export the file again and do not open it with a spreadsheet, or have it read the column as text",
                    isRounded: true))
        }
        guard let dialled = NumberText.dialled(text) else {
            return isExtension ? .extension : .bad(Fault(message: "expected a telephone number"))
        }
        return reading(of: dialled, isExtension: isExtension)
    }

    private mutating func reading(of dialled: String, isExtension: Bool) -> Reading {
        switch dialling.read(dialled) {
        case .short where isExtension && !Dialling.isEmergency(dialled): return .extension
        case .short(let digits): return .number(digits)
        case .number(let number) where number.utf8.count > Self.longestNumber:
            return .bad(Fault(message: "expected a number of at most \(Self.longestNumber) characters"))
        case .number(let number): return isExtension ? .extension : .number(number)
        case .impossible:
            if Dialling.isEmergency(dialled) { return .number(dialled) }
            if isExtension { return .extension }
            return .bad(
                Fault(
                    message: "expected a number that can be dialled from outside", hint: advice.hint(for: dialled)))
        }
    }

    /// The text after all rules that fit it; `nil` when none does.
    private mutating func rewritten(_ text: String) -> String? {
        var text = text
        var isChanged = false
        for index in rewrites.indices {
            let result = unsafe Array(text.utf8).withUnsafeBytes {
                unsafe rewrites[index].matcher.replace($0, with: rewrites[index].replacement)
            }
            guard let result else { continue }
            text = result
            isChanged = true
        }
        return isChanged ? text : nil
    }
}
