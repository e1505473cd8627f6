// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@testable import CallRecords

private let base = """
    name: cloud
    file: { columns: [id, from, to, start, seconds, COLUMN] }
    VALUES
    times: { start: { from: start, epoch: seconds } }
    call:
      key: id
      direction: { text: incoming }
      external: from
      answered: { seconds: { above: 0 } }
      talk: seconds
      status: { text: "200" }
    """

@Suite struct LanguageFieldTests {
    @Test(arguments: ["direction", "answered"])
    func aColumnWithTheNameOfARuleIsRefused(_ name: String) throws {
        let text = base.replacing("COLUMN", with: name).replacing("VALUES\n", with: "")
        let fault = try #require(settingsFault { _ = try format(text) })
        #expect(fault.message.contains("a column cannot be called \"\(name)\""))
        #expect(fault.place.line == 2)
        #expect(fault.hint?.contains("\(name)_word") == true)
    }

    @Test(arguments: ["direction", "answered"])
    func aValueWithTheNameOfARuleIsRefused(_ name: String) throws {
        let text = base.replacing("COLUMN", with: "x").replacing("VALUES", with: "values: { \(name): from }")
        let fault = try #require(settingsFault { _ = try format(text) })
        #expect(fault.message.contains("a value cannot be called \"\(name)\""))
        #expect(fault.place.line == 3)
    }

    @Test func `an alias may have the name of a rule, since it is a word of the header`() throws {
        let text = base.replacing("COLUMN", with: "way").replacing("VALUES\n", with: "")
            .replacing("file: {", with: "file: { header: required, aliases: { way: direction },")
        _ = try format(text)
    }

    @Test(arguments: [
        ("quote: \",\"", "quote and delimiter are the same character"),
        ("delimiter: \";\", quote: \";\"", "quote and delimiter are the same character"),
        ("delimiter: '\"'", "quote and delimiter are the same character"),
        ("delimiter: '\\', escape: backslash", "a backslash cannot be the escape and the delimiter"),
        ("quote: '\\', escape: backslash", "a backslash cannot be the escape and the delimiter"),
    ])
    func oneCharacterHasOneMeaning(_ keys: String, _ message: String) throws {
        let text = base.replacing("COLUMN", with: "x").replacing("VALUES\n", with: "")
            .replacing("file: {", with: "file: { \(keys),")
        let fault = try #require(settingsFault { _ = try format(text) })
        #expect(fault.message.hasPrefix(message), "\(fault)")
        #expect(fault.place.file == "format.yaml")
    }

    private let rest = """
        extends: threecx
        name: threecx_log
        file:
          layouts:
            - columns: [rest, callid, duration, time_start, time_answered, time_end, reason_terminated, from_no, to_no,
                        from_dn, to_dn, dial_no, reason_changed, final_number, final_dn, chain]
        """

    @Test func `what a format inherits sees the values that replace columns`() throws {
        let text = rest + "\nvalues:\n  historyid: { from: rest, match: '(Call \\d+)$' }\n"
        let format = try format(text)
        #expect(format.recognition != nil)
        #expect(format.bases == ["threecx"])
        let row =
            "INFO: Call 1,000001A1F82F1E80_1,00:03:00,2026/11/20 06:00:00,2026/11/20 06:00:01,2026/11/20 06:03:01,"
            + "TerminatedBySrc,89000000001,Ext.101,10000,101,101,,,,Chain: 1;\n"
        var recogniser = try #require(RecordRecogniser(format))
        var looks: [RecordRecogniser.Look] = []
        Array(row.utf8).read(format.dialect, isWhole: true) {
            looks.append(recogniser.look(at: $0))
            return true
        }
        #expect(looks == [.fits])
        #expect(try map(Array(row.utf8), format: format).calls.count == 1)
    }

    @Test func `a fault in what is inherited is told at the user's place`() throws {
        let fault = try #require(settingsFault { _ = try format(rest) })
        #expect(fault.place == SettingsPlace(file: "format.yaml", line: 1, column: 10))
        #expect(fault.message.contains("what is inherited from threecx does not fit the changes"))
        #expect(fault.message.contains("historyid"))
        #expect(fault.hint != nil)
    }

    @Test func `a fault of the user's own is told where it is`() throws {
        let fault = try #require(
            settingsFault { _ = try format("extends: asterisk\nname: x\ncall:\n  call_list: acount") })
        #expect(fault.place.line == 4)
        #expect(fault.hint == "did you mean \"accountcode\"?" || fault.hint != nil)
    }

    @Test func `an unknown format names the nearest one`() throws {
        let fault = try #require(settingsFault { _ = try format("extends: asteriks\nname: x") })
        #expect(fault.hint == "did you mean \"asterisk\"?")
    }

    @Test func `a format knows the presets that it is made of`() throws {
        #expect(try FormatDefinition.preset("freepbx").bases == ["freepbx", "asterisk"])
        #expect(try format("extends: grandstream\nname: ours").bases == ["grandstream", "asterisk"])
    }

    @Test func `rules that ask for what a record lacks are of the right kind`() throws {
        for (key, value) in [
            ("over_trunk", "from"), ("relay", "[]"), ("joined_by", "[id, from, to]"), ("talk_limit", "oops"),
        ] {
            let text = base.replacing("COLUMN", with: "x").replacing("VALUES\n", with: "") + "\n  \(key): \(value)\n"
            #expect(settingsFault { _ = try format(text) } != nil, "\(key)")
        }
        let text = base.replacing("COLUMN", with: "x").replacing("VALUES\n", with: "")
            .replacing("file: {", with: "file: { needs: [secnods],")
        #expect(settingsFault { _ = try format(text) }?.hint == "did you mean \"seconds\"?")
    }
}
