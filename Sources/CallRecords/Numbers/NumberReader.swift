// SPDX-License-Identifier: Apache-2.0

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
        /// Not a number, with the reason as a sentence.
        case bad(String)
    }

    /// The portal's longest `PHONE_NUMBER`.
    static let longestNumber = 20
    private static let cacheSize = 65_536

    private let dialling: Dialling
    private let hiddenWords: FrozenTable
    private let tables = FrozenTables()
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
    init(
        region: String?, extensions: ExtensionPattern, rewrites: [(match: String, replace: String)]
    ) throws(PatternMatcher.Fault) {
        dialling = Dialling(region: region)
        self.extensions = extensions
        hiddenWords = tables.freeze(HiddenWords.table)
        for rule in rewrites { self.rewrites.append((try PatternMatcher(rule.match), rule.replace)) }
    }

    mutating func isExtension(_ bytes: UnsafeRawBufferPointer) -> Bool { extensions.matches(bytes) }

    /// Whether the text says that the party hid its number; an empty one does.
    func isHidden(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.isEmpty || hiddenWords.find(bytes) != nil || bytes.allSatisfy { $0 == UInt8(ascii: "0") }
    }

    /// Whether the text looks like a number outside: no extension, at least five digits and nothing that no number has.
    mutating func isOutsideNumber(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var digits = 0
        for byte in bytes {
            if byte.isASCIIDigit {
                digits += 1
            } else if !NumberText.isSeparator(byte), byte != UInt8(ascii: "+") {
                return false
            }
        }
        return digits >= 5 && !extensions.matches(bytes) && !isHidden(bytes)
    }

    /// Reads the number of a party outside.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        if isPlain, let number = dialling.fast(bytes), !extensions.matches(bytes) { return .number(number) }
        if let index = seen.find(bytes) { return readings[Int(index)] }
        let reading = workOut(bytes)
        if readings.count >= Self.cacheSize {
            seen.removeAll()
            readings.removeAll(keepingCapacity: true)
        }
        if bytes.count <= 64 {
            seen.insert(bytes, value: Int32(readings.count))
            readings.append(reading)
        }
        return reading
    }

    private mutating func workOut(_ bytes: UnsafeRawBufferPointer) -> Reading {
        if isHidden(bytes) { return .hidden }
        guard bytes.count <= 256 else { return .bad("a number of at most 256 bytes was expected") }
        var text = String(decoding: bytes, as: UTF8.self)
        for index in rewrites.indices {
            let rewritten = Array(text.utf8).withUnsafeBytes {
                rewrites[index].matcher.replace($0, with: rewrites[index].replacement)
            }
            text = rewritten ?? text
        }
        text = NumberText.unwrapped(text)
        let (isHidden, isExtension) = Array(text.utf8).withUnsafeBytes { (self.isHidden($0), extensions.matches($0)) }
        if isHidden { return .hidden }
        guard let dialled = NumberText.dialled(text) else {
            return isExtension ? .extension : .bad("expected a telephone number")
        }
        switch dialling.read(dialled) {
        case .short where isExtension && !Dialling.isEmergency(dialled): return .extension
        case .short(let digits): return .number(digits)
        case .number(let number) where number.utf8.count > Self.longestNumber:
            return .bad("expected a number of at most 20 characters")
        case .number(let number): return isExtension ? .extension : .number(number)
        case .impossible:
            if isExtension { return .extension }
            return .bad("expected a number that can be dialled")
        }
    }
}
