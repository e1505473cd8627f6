// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

extension JSONValue {
    /// Reads a reply's body; `nil` when it is not JSON.
    ///
    /// A byte order mark is skipped, and bytes that are not UTF-8 are replaced: a reply that arrived whole is worth
    /// more than its one broken letter.
    package init?(_ bytes: [UInt8]) {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard bytes.contains(where: { $0 > 0x20 }) else { return nil }
        if let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) {
            self = value
            return
        }
        let mended = String(decoding: bytes, as: UTF8.self)
        guard !mended.utf8.elementsEqual(bytes),
            let value = try? JSONDecoder().decode(JSONValue.self, from: Data(mended.utf8))
        else { return nil }
        self = value
    }
}

extension JSONValue: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Every attempt that fails costs the building of an error, so the most frequent kinds come first: texts, numbers and
    /// objects, which are nearly all of a reply.
    package init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let text = try? single.decode(String.self) {
            self = .string(text)
        } else if let number = try? single.decode(Double.self) {
            self = Self.number(number, single)
        } else if let container = try? decoder.container(keyedBy: Key.self) {
            var members: [String: JSONValue] = [:]
            for key in container.allKeys {
                members[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
            }
            self = .object(members)
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else {
            var container = try decoder.unkeyedContainer()
            var elements: [JSONValue] = []
            while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
            self = .array(elements)
        }
    }

    /// A number as what it is; one that a `Double` does not hold exactly is read again as a whole number.
    private static func number(_ number: Double, _ container: any SingleValueDecodingContainer) -> JSONValue {
        if number.magnitude < 0x1p53 { return Int64(exactly: number).map(JSONValue.int) ?? .double(number) }
        return (try? container.decode(Int64.self)).map(JSONValue.int) ?? .double(number)
    }
}
