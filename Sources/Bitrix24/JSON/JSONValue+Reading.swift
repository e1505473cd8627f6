// SPDX-License-Identifier: Apache-2.0

import ExitCodes
internal import Foundation

extension JSONValue {
    /// Reads a reply's body; `nil` when it is not JSON.
    ///
    /// Texts are made printable; a reply of more than 250,000 values is not read. A byte order mark is skipped, and bytes that are not UTF-8 are replaced: a reply that arrived whole is worth
    /// more than its one broken letter.
    package init?(_ bytes: [UInt8]) {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard bytes.contains(where: { $0 > 0x20 }), Self.isOfUsualSize(bytes) else { return nil }
        // What is not JSON as it stands may still be once broken UTF-8 is replaced.
        if let value = JSONValue(json: bytes) {
            self = value
            return
        }
        let mended = String(decoding: bytes, as: UTF8.self)
        guard !mended.utf8.elementsEqual(bytes), let value = JSONValue(json: mended.utf8) else { return nil }
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

extension JSONValue {
    /// Reads JSON; `nil` for anything else.
    ///
    /// `JSONDecoder` would take twice as long: it does not tell what kind of value comes next, and each wrong guess is an
    /// error with a path.
    private init?(json: some Sequence<UInt8>) {
        // The error says no more than that this is not JSON.
        guard let object = try? JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed) else {
            return nil
        }
        self.init(object)
    }

    /// What `JSONSerialization` has made of a value. The types are compared before anything is cast, which is slow.
    private init(_ object: Any) {
        let type: Any.Type = Swift.type(of: object)
        if type == String.self, let text = object as? String {
            self = .string(HarmlessText.printable(text))
        } else if type == [String: Any].self, let members = object as? [String: Any] {
            self = .object(members.mapValues { JSONValue($0) })
        } else if type == [Any].self, let elements = object as? [Any] {
            self = .array(elements.map { JSONValue($0) })
        } else if let number = object as? NSNumber {
            self = Self.value(of: number)
        } else {
            self = .null
        }
    }

    /// A truth value is a number of one byte, and no other number is. A whole number is read as one of 64 bits where a
    /// `Double` does not hold it exactly.
    private static func value(of number: NSNumber) -> JSONValue {
        let kind = UInt8(bitPattern: number.objCType.pointee)
        if kind == UInt8(ascii: "c") { return .bool(number.boolValue) }
        let double = number.doubleValue
        if kind == UInt8(ascii: "q"), double.magnitude >= 0x1p53 { return .int(number.int64Value) }
        return Int64(exactly: double).map(JSONValue.int) ?? .double(double)
    }
}
