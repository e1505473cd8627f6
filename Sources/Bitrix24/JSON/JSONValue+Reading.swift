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

    package init(from decoder: any Decoder) throws {
        if let single = try? decoder.singleValueContainer(), let scalar = Self.scalar(single) {
            self = scalar
            return
        }
        if let container = try? decoder.container(keyedBy: Key.self) {
            var members: [String: JSONValue] = [:]
            for key in container.allKeys {
                members[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
            }
            self = .object(members)
            return
        }
        var container = try decoder.unkeyedContainer()
        var elements: [JSONValue] = []
        while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
        self = .array(elements)
    }

    /// Texts first: they are the most frequent, and every failed attempt costs the building of an error.
    private static func scalar(_ container: any SingleValueDecodingContainer) -> JSONValue? {
        if container.decodeNil() { return .null }
        if let text = try? container.decode(String.self) { return .string(text) }
        if let number = try? container.decode(Int64.self) { return .int(number) }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let number = try? container.decode(Double.self) { return .double(number) }
        return nil
    }
}
