// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

private func read(
    _ text: String, region: String? = "RU", extensions: String = #"^\d{2,4}$"#,
    rewrites: [(match: String, replace: String)] = []
) throws -> NumberReader.Reading {
    var reader = try NumberReader(
        region: region, extensions: try ExtensionPattern(extensions), rewrites: rewrites)
    let first = Array(text.utf8).withUnsafeBytes { reader.read($0) }
    let again = Array(text.utf8).withUnsafeBytes { reader.read($0) }
    #expect(first == again)
    return first
}

@Suite struct NumberTests {
    @Test(arguments: [
        "89000000001", "+79000000001", "79000000001", "9000000001", "8 (900) 000-00-01", "+7 900 000 00 01",
        "81079000000001", "8~10 7 900 000 00 01", "sip:+79000000001@pbx.example;user=phone", "tel:%2B79000000001",
        "\"Anna\" <sip:89000000001@10.0.0.1>", "'+79000000001", "89000000001@trunk1",
    ])
    func oneSubscriberHasOneSpelling(_ text: String) throws {
        #expect(try read(text) == .number("+79000000001"))
    }

    @Test(arguments: [
        ("0231000000", "FR", "+33231000000"), ("003265000000", "FR", "+3265000000"),
        ("902000000", "UZ", "+998902000000"), ("020 7946 0000", "GB", "+442079460000"),
        ("(202) 555-0100", "US", "+12025550100"), ("12025550100", "US", "+12025550100"),
        ("01149302312500", "US", "+49302312500"), ("030 2312500", "DE", "+49302312500"),
    ])
    func nationalNumbersAreReadInTheirRegion(_ text: String, _ region: String, _ expected: String) throws {
        #expect(try read(text, region: region) == .number(expected))
    }

    @Test(arguments: [
        ("0004915112345678", "DE"), ("0004930123456", "DE"), ("0000442079460000", "DE"), ("80001234567", "RU"),
        ("+4900302312500", "RU"),
    ])
    func aNationalNumberBeginsWithZeroOnlyWhereThePlanHasSuchNumbers(_ text: String, _ region: String) throws {
        guard case .bad = try read(text, region: region) else {
            Issue.record("expected a bad number for \(text): \(try read(text, region: region))")
            return
        }
    }

    @Test(arguments: [
        ("0612345678", "IT", "+390612345678"), ("00390612345678", "DE", "+390612345678"),
        ("+390549886377", "SM", "+390549886377"), ("0123456789", "CI", "+2250123456789"),
        ("+2250707123456", "RU", "+2250707123456"), ("061234567", "CG", "+242061234567"),
        ("011441234", "GA", "+24111441234"), ("004915112345678", "DE", "+4915112345678"),
        ("+49 (0)30 2312500", "RU", "+49302312500"),
    ])
    func zerosThatBelongToANumberStay(_ text: String, _ region: String, _ expected: String) throws {
        #expect(try read(text, region: region) == .number(expected))
    }

    @Test(arguments: [
        "", "anonymous", "Anonymous", "UNKNOWN", "<unknown>", "restricted", "n/a", "-", "0000000000", "Скрыт",
        "sip:anonymous@anonymous.invalid", "+266696687",
    ])
    func hiddenNumbersAreRecognised(_ text: String) throws {
        #expect(try read(text) == .hidden)
    }

    @Test(arguments: ["101", "10", "9999", "sip:101@10.0.0.1"])
    func extensionsAreNoNumbersOutside(_ text: String) throws {
        #expect(try read(text) == .extension)
    }

    @Test(arguments: ["112", "911"])
    func emergencyNumbersAreNumbersEvenIfTheyLookLikeExtensions(_ text: String) throws {
        let region = text == "911" ? "US" : "RU"
        #expect(try read(text, region: region) == .number(text))
    }

    @Test(arguments: [
        "214943", "*97", "vmu201", "STARTMEETME", "+", "7,92456E+10", "123456789012345678901234", "h\u{0}x",
    ])
    func whatCannotBeANumberIsSaid(_ text: String) throws {
        guard case .bad = try read(text) else {
            Issue.record("expected a bad number for \(text)")
            return
        }
    }

    @Test func `without a region only numbers with a plus are read`() throws {
        #expect(try read("+79000000001", region: nil) == .number("+79000000001"))
        guard case .bad = try read("89000000001", region: nil) else {
            Issue.record("a national number needs a region")
            return
        }
    }

    @Test func `rewrite rules are done in order, each on the result of the one before`() throws {
        let rules: [(match: String, replace: String)] = [
            (#"^9(\d{10,})$"#, "$1"), (#"^(\d{6})$"#, "+73022$1"), ("^00", "+"),
        ]
        #expect(try read("989000000001", rewrites: rules) == .number("+79000000001"))
        #expect(try read("214943", rewrites: rules) == .number("+73022214943"))
        #expect(try read("0049302312500", rewrites: rules) == .number("+49302312500"))
        #expect(try read("101", rewrites: rules) == .extension)
    }

    @Test func `the quick way spells every number as the thorough way does`() {
        for region in ["RU", "US", "KZ", "DE", nil] {
            let dialling = Dialling(region: region)
            for prefix in 0..<1000 {
                for form in ["+7", "+1", "8", "7", "1", "8107", "8101"] {
                    let digits = "\(prefix)"
                    let text = form + String(repeating: "0", count: 3 - digits.count) + digits + "1234567"
                    let quick = Array(text.utf8).withUnsafeBytes { dialling.fast($0) }
                    if let quick, dialling.thorough(text) != .number(quick) {
                        Issue.record("\(text) in \(region ?? "no region"): \(quick), \(dialling.thorough(text))")
                    }
                }
            }
        }
    }

    @Test func `a small memory forgets nothing that matters`() throws {
        var reader = try NumberReader(region: "DE", extensions: try ExtensionPattern(), rewrites: [])
        for number in 0..<300 {
            let text = "0302312\(5000 + number)"
            let reading = Array(text.utf8).withUnsafeBytes { reader.read($0) }
            #expect(reading == .number("+49302312\(5000 + number)"))
        }
    }

    @Test(arguments: [
        (#"^\d{2,4}$"#, ["10", "1234"], ["1", "12345", "12a", "", "+12"]),
        (#"^[0-9]{3}$"#, ["101"], ["10", "1010"]),
        (#"^(1\d\d|20[0-5])$"#, ["101", "205"], ["206", "1101"]),
        (#"^\d{3,}$"#, ["123", "123456789"], ["12"]),
    ])
    func extensionPatternsMeanWhatTheySay(_ pattern: String, _ fitting: [String], _ others: [String]) throws {
        var pattern = try ExtensionPattern(pattern)
        for text in fitting { #expect(Array(text.utf8).withUnsafeBytes { pattern.matches($0) }) }
        for text in others { #expect(!Array(text.utf8).withUnsafeBytes { pattern.matches($0) }) }
    }
}

@Suite struct UnreadableNumberTests {
    private let record = """
        "","123456","101","from-trunk","","SIP/trunk1-1","SIP/101-2","Dial","","2026-11-20 09:00:00",,\
        "2026-11-20 09:00:09",9,0,"NO ANSWER","DOCUMENTATION","1795154400.1",""

        """

    @Test func `a number that cannot be dialled is rejected, or passed over if that is wanted`() throws {
        let rejected = try map(record)
        #expect(rejected.rejections.map(\.reason) == ["badNumber"])
        var context = MappingContext.moscow
        context.skipsBadNumbers = true
        let skipped = try map(record, context: context)
        #expect(skipped.rejections.isEmpty)
        #expect(skipped.skips == ["badNumber"])
    }
}
