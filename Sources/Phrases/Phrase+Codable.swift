// SPDX-License-Identifier: Apache-2.0

/// How a phrase is kept in a summary: the English text, and where it has values its template and them, so that it can be
/// translated later.
extension Phrase: Codable {
    private enum CodingKeys: String, CodingKey {
        case text, template, values
    }

    /// Reads what ``encode(to:)`` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let template = try container.decodeIfPresent(String.self, forKey: .template) {
            self.init(template: template, values: try container.decode([Value].self, forKey: .values))
        } else {
            self = .verbatim(try container.decode(String.self, forKey: .text))
        }
    }

    /// Writes `text`, and where the phrase has values `template` and `values`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(english, forKey: .text)
        guard !values.isEmpty else { return }
        try container.encode(template, forKey: .template)
        try container.encode(values, forKey: .values)
    }
}

extension Phrase.Value: Codable {
    private enum CodingKeys: String, CodingKey {
        case text, number, noun, plural, context, phrase, list
    }

    /// Reads what ``encode(to:)`` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try container.decodeIfPresent(String.self, forKey: .text) {
            self = .text(text)
        } else if let phrase = try container.decodeIfPresent(Phrase.self, forKey: .phrase) {
            self = .phrase(phrase)
        } else if let list = try container.decodeIfPresent([Phrase].self, forKey: .list) {
            self = .list(list)
        } else {
            let number = try container.decode(Int.self, forKey: .number)
            guard let noun = try container.decodeIfPresent(String.self, forKey: .noun) else {
                self = .number(number)
                return
            }
            let plural = try container.decodeIfPresent(String.self, forKey: .plural) ?? noun
            let context = try container.decodeIfPresent(String.self, forKey: .context) ?? ""
            self = .counted(number, Noun(noun, plural, context: context))
        }
    }

    /// Writes the one key of the value's kind; a number of things has `number`, `noun` and `plural`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text(let text): try container.encode(text, forKey: .text)
        case .number(let number): try container.encode(number, forKey: .number)
        case .counted(let number, let noun):
            try container.encode(number, forKey: .number)
            try container.encode(noun.singular, forKey: .noun)
            try container.encode(noun.plural, forKey: .plural)
            if !noun.context.isEmpty { try container.encode(noun.context, forKey: .context) }
        case .phrase(let phrase): try container.encode(phrase, forKey: .phrase)
        case .list(let list): try container.encode(list, forKey: .list)
        }
    }
}
