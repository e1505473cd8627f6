// SPDX-License-Identifier: Apache-2.0

/// One named parameter of a method.
package struct Parameter: Sendable, Hashable {
    /// The name as the portal's document spells it; names are case-sensitive and mostly upper-case.
    package var name: String
    /// What is sent under the name.
    package var value: Value

    package init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// A text, a list or a map of further parameters.
    package indirect enum Value: Sendable, Hashable {
        /// A text, sent as it is; numbers and switches are texts too.
        case text(String)
        /// A list; an empty one is sent as an empty text, since the portal would drop it.
        case list([String])
        /// A map of further parameters, such as `FILTER`.
        case fields([Parameter])
    }
}

extension Parameter.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .text(String(value)) }

    /// A whole number, written in decimal digits.
    package static func number(_ value: some BinaryInteger) -> Self { .text(String(value)) }

    /// A switch, written as the number 0 or 1: to the portal every other text, even "N", means on.
    package static func flag(_ value: Bool) -> Self { .text(value ? "1" : "0") }
}

extension Parameter {
    /// Writes parameters as the query of a command: `A=1&FILTER[B][0]=x`, percent-encoded.
    ///
    /// An empty list is written as an empty text: the portal would drop an empty list and answer with everything.
    static func query(_ parameters: [Parameter]) -> String {
        var query = ""
        for parameter in parameters {
            write(parameter.value, under: PercentEncoding.encode(parameter.name), to: &query)
        }
        return query
    }

    private static func write(_ value: Value, under name: String, to query: inout String) {
        switch value {
        case .text(let text):
            if !query.isEmpty { query += "&" }
            query += name + "=" + PercentEncoding.encode(BatchReference.defused(text))
        case .list(let texts) where texts.isEmpty:
            write(.text(""), under: name, to: &query)
        case .list(let texts):
            for (index, text) in texts.enumerated() {
                write(.text(text), under: "\(name)[\(index)]", to: &query)
            }
        case .fields(let fields):
            for field in fields {
                write(field.value, under: "\(name)[\(PercentEncoding.encode(field.name))]", to: &query)
            }
        }
    }

    /// Writes parameters as a JSON object for a request of its own.
    static func json(_ parameters: [Parameter], to text: inout JSONText) {
        text.object(parameters, key: \.name) { parameter, text in
            switch parameter.value {
            case .text(let value): text.text(value)
            case .list(let values) where values.isEmpty: text.text("")
            case .list(let values): text.array(values) { $1.text($0) }
            case .fields(let fields): json(fields, to: &text)
            }
        }
    }
}
