// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The value as JSON, without spaces; the members of objects are in the order of their names.
    package var json: String {
        var text = JSONText()
        write(to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    private func write(to text: inout JSONText) {
        switch self {
        case .null: text.raw("null")
        case .bool(let value): text.raw(value ? "true" : "false")
        case .int(let number): text.raw(String(number))
        case .double(let number): text.raw(number.isFinite ? String(number) : "null")
        case .string(let value): text.text(value)
        case .array(let elements): text.array(elements) { $0.write(to: &$1) }
        case .object(let members):
            text.object(members.sorted { $0.key < $1.key }, key: \.key) { $0.value.write(to: &$1) }
        }
    }
}
