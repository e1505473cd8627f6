// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Settings
import Testing

@testable import CallRecords

/// The forms that files take: headers anywhere, rows that are no data, columns counted from the right.
@Suite struct FileFormTests {
    /// What the records of a text are: the id of a leg, or why there is none.
    private func read(_ text: String, file: String) throws -> [String] {
        let format = try format(
            """
            name: office
            file: { columns: [id, from, to, when, note, secs], \(file) }
            times: { start: { from: when, pattern: "yyyy-MM-dd HH:mm:ss" } }
            call:
              key: id
              direction: { text: incoming }
              external: from
              employee: to
              answered: { secs: { above: 0 } }
              talk: secs
              status: { text: "200" }
            """)
        return try map(Array(text.utf8), format: format).records.map { record in
            switch record {
            case .notData: "no data"
            case .skipped(let reason): "skipped \(reason.rawValue)"
            case .rejected(let rejection): rejection.reason
            case .leg(let leg): "\(leg.key.dropFirst(5)) \(leg.talk.components.seconds) \(leg.employeeExtension ?? "-")"
            }
        }
    }

    private static let header = "id,from,to,when,note,secs\n"

    private static func row(_ id: String, note: String = "", to: String = "101", end: String = "") -> String {
        "\(id),+79000000001,\(to),2026-01-14 23:51:15,\(note),7\(end)\n"
    }

    @Test func `a header may stand behind a preamble, and come again in the middle of the file`() throws {
        let text = "Call report\n\n" + Self.header + Self.row("a") + Self.header + Self.row("b")
        #expect(try read(text, file: "header: required") == ["noHeader", "no data", "a 7 101", "no data", "b 7 101"])
        let optional = Self.row("a") + Self.header + Self.row("b")
        #expect(try read(optional, file: "header: optional") == ["a 7 101", "no data", "b 7 101"])
    }

    @Test func `a header in another order and in other words rules the records behind it`() throws {
        let text = "Seconds,id,from,to,when,note\n7,a,+79000000001,101,2026-01-14 23:51:15,x\n"
        #expect(try read(text, file: "header: required, aliases: { secs: Seconds }") == ["no data", "a 7 101"])
    }

    @Test func `rows of types and footers are no data`() throws {
        let file = "header: required, not_data: { any: [{ id: VARCHAR }, { id: { starts: Total } }] }"
        let text = Self.header + "VARCHAR,VARCHAR,VARCHAR,TIMESTAMP,VARCHAR,INTEGER\n" + Self.row("a") + "Total: 1\n"
        #expect(try read(text, file: file) == ["no data", "no data", "a 7 101", "no data"])
    }

    @Test func `an extra delimiter at the end of every line is no column`() throws {
        #expect(try read(Self.row("a", end: ","), file: "header: none") == ["a 7 101"])
        #expect(try read(Self.row("a", end: ",x"), file: "header: none") == ["tooManyColumns"])
        #expect(try read("a,+79000000001\n", file: "header: none") == ["tooFewColumns"])
    }

    @Test func `columns behind a text with unquoted delimiters are counted from the right`() throws {
        let text = Self.row("a", note: "x, y, z") + Self.row("b", note: "plain")
        #expect(try read(text, file: "surplus_belongs_to: note") == ["a 7 101", "b 7 101"])
    }

    @Test func `words for nothing are nothing`() throws {
        let text = Self.row("a", to: "NULL") + Self.row("b", to: "\\N") + Self.row("c", to: " 102 ")
        #expect(try read(text, file: #"null_words: ["NULL", "\\N"], trim: true"#) == ["a 7 -", "b 7 -", "c 7 102"])
    }

    @Test(
        arguments: [
            ("auto", nil), ("utf-8", TextEncoding.utf8), ("CP1251", .windows1251), ("utf-16be", .utf16BE),
        ] as [(String, TextEncoding?)])
    func `an encoding is what it is called`(name: String, encoding: TextEncoding?) throws {
        let node = try SettingsNode(yaml: "encoding: \(name)\ncolumns: [a, b]", file: "form.yaml")
        #expect(try FileForm(node).encoding == encoding)
    }

    @Test func `an unknown encoding is refused with those that are known`() throws {
        let fault = settingsFault {
            _ = try FileForm(SettingsNode(yaml: "encoding: klingon\ncolumns: [a]", file: "form.yaml"))
        }
        #expect(fault?.message.contains("windows-1251") == true)
    }
}
