// SPDX-License-Identifier: Apache-2.0

import ExitCodes
internal import FoundationEssentials

extension JSONValue {
    /// Reads a reply's body; `nil` when it is not JSON.
    ///
    /// Texts are made printable; a reply of more than 250,000 values is not read. A byte order mark is skipped, and bytes that are not UTF-8 are replaced: a reply that arrived whole is worth
    /// more than its one broken letter.
    package init?(_ bytes: [UInt8]) {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard bytes.contains(where: { $0 > 0x20 }), Self.isOfUsualSize(bytes) else { return nil }
        // What is not JSON as it stands may still be once broken UTF-8 is replaced.
        if let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) {
            self = value
            return
        }
        let mended = String(decoding: bytes, as: UTF8.self)
        guard !mended.utf8.elementsEqual(bytes),
            // nil says all that there is to say: this is not JSON.
            let value = try? JSONDecoder().decode(JSONValue.self, from: Data(mended.utf8))
        else { return nil }
        self = value
    }
}

extension JSONValue {
    /// The most values in a reply: three times as many as 2,500 rows of statistics with 30 fields have.
    ///
    /// Sixteen MiB of empty lists are eight million values, which would take half a minute and 440 MiB.
    private static let mostValues = 250_000

    /// Whether there cannot be more than ``mostValues`` values.
    private static func isOfUsualSize(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count > mostValues else { return true }
        var values = 0
        for byte in bytes where byte == UInt8(ascii: ",") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
            values += 1
        }
        return values <= mostValues
    }
}

extension JSONValue: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// A failed attempt says only that the value is of another kind: each `try?` goes on to the next one.
    ///
    /// Every attempt that fails costs the building of an error, so the most frequent kinds come first: texts, numbers and
    /// objects, which are nearly all of a reply.
    package init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        // A failed attempt means only that the value is of another kind; the last attempt throws.
        if single.decodeNil() {
            self = .null
        } else if let text = try? single.decode(String.self) {  // else of another kind
            self = .string(HarmlessText.printable(text))
        } else if let number = try? single.decode(Double.self) {  // else of another kind
            self = Self.number(number, single)
        } else if let container = try? decoder.container(keyedBy: Key.self) {  // else of another kind
            var members: [String: JSONValue] = [:]
            for key in container.allKeys {
                members[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
            }
            self = .object(members)
        } else if let value = try? single.decode(Bool.self) {  // else of another kind
            self = .bool(value)
        } else {
            var container = try decoder.unkeyedContainer()
            var elements: [JSONValue] = []
            while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
            self = .array(elements)
        }
    }

    /// A number as what it is; one that a `Double` does not hold exactly is read again as a whole number, which it may
    /// not be.
    private static func number(_ number: Double, _ container: any SingleValueDecodingContainer) -> JSONValue {
        if number.magnitude < 0x1p53 { return Int64(exactly: number).map(JSONValue.int) ?? .double(number) }
        // A number with a fraction, or beyond 64 bits, is no Int64 and stays a Double.
        return (try? container.decode(Int64.self)).map(JSONValue.int) ?? .double(number)
    }
}
