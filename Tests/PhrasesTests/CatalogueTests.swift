// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Phrases

/// The catalogues have what the source text says, all of it, and nothing else.
@Suite struct CatalogueTests {
    @Test func `every phrase of the source text is translated, and no other`() throws {
        let source = try SourcePhrases()
        #expect(source.templates.count > 100 && source.nouns.count > 10)
        let entries = Catalogue.russian.entries
        let sentences = Set(entries.filter { $0.plural == nil }.map(\.id))
        let missing = source.templates.subtracting(sentences).sorted()
        #expect(missing.isEmpty, "add to ru.po:\n\(missing.map(Self.entry).joined())")
        let nouns = Set(entries.compactMap { entry in entry.plural.map { Noun(entry.id, $0, context: entry.context) } })
        #expect(nouns == source.nouns, "\(nouns.symmetricDifference(source.nouns))")
        // Some texts come from targets that know no phrases; they stand in the source text as they are.
        let obsolete = sentences.subtracting(source.templates).filter { !source.text.contains("\"\($0)\"") }
        #expect(obsolete.isEmpty, "take out of ru.po: \(obsolete)")
    }

    private static func entry(_ id: String) -> String {
        let text = id.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\nmsgid \"\(text)\"\nmsgstr \"\"\n"
    }

    @Test func `every translation is there, in all its forms, with all its values`() {
        let entries = Catalogue.russian.entries
        #expect(Set(entries.map { "\($0.context)|\($0.id)|\($0.plural ?? "")" }).count == entries.count)
        for entry in entries {
            #expect(entry.translations.count == (entry.plural == nil ? 1 : 3), "\(entry.id)")
            #expect(entry.translations.allSatisfy { !$0.isEmpty }, "\(entry.id)")
            guard entry.plural == nil else { continue }
            #expect(Self.values(entry.id) == Self.values(entry.translations.first ?? ""), "\(entry.id)")
        }
    }

    private static func values(_ text: String) -> [String] { text.matches(of: /\{\d+\}/).map { String($0.0) }.sorted() }

    @Test func `numbers go with the right form`() {
        let russian = [1, 2, 5, 21, 1_022].map { Phrase("completed; \($0, .deliveredCall)").text(in: .russian) }
        #expect(
            russian.map { $0.replacing("\u{A0}", with: " ") } == [
                "завершено; 1 звонок доставлен", "завершено; 2 звонка доставлено", "завершено; 5 звонков доставлено",
                "завершено; 21 звонок доставлен", "завершено; 1 022 звонка доставлено",
            ])
        #expect(Noun.ofCall.text(1, in: .russian).hasSuffix("звонка"))
        #expect(Phrase.verbatim("not in the catalogue").text(in: .russian) == "not in the catalogue")
    }

    @Test func `a catalogue is read as gettext writes it`() throws {
        let catalogue = try Catalogue(
            po: """
                # comment
                msgid ""
                msgstr "Language: xx\\n"

                #: a.swift:1
                msgid ""
                "a \\"b\\" "
                "{1}\\n"
                msgstr "x {1}"

                msgctxt "of"
                msgid "call"
                msgid_plural "calls"
                msgstr[0] "c0"
                msgstr[1] "c1"
                msgid "empty"
                msgstr ""
                """)
        #expect(catalogue.entries.count == 3 && catalogue.sentence("a \"b\" {1}\n") == "x {1}")
        #expect(catalogue.forms(of: .ofCall) == ["c0", "c1"] && catalogue.forms(of: .call) == nil)
        #expect(catalogue.sentence("empty") == nil)
        for (text, line) in [("msgid x", 1), ("\n\nmsgid \"x", 3), ("msgfoo \"x\"", 1), ("msgid \"", 1)] {
            #expect { try Catalogue(po: text) } throws: { ($0 as? Catalogue.Fault)?.line == line }
        }
    }
}
