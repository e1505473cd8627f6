// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The part of JSON Schema that the schemas in docs/schemas use; a keyword that it does not know is a finding as well.
struct JSONSchema {
    private let root: [String: Any]
    private static let known: Set = [
        "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required", "items", "enum",
        "const", "pattern", "additionalProperties", "minimum", "maximum",
    ]

    init(path: String) throws {
        let value = try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(fileURLWithPath: path)))
        root = value as? [String: Any] ?? [:]
    }

    /// Where a text breaks the schema; empty when it does not.
    func problems(in text: String) -> [String] {
        do {
            let value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            return check(value, root, at: "")
        } catch {
            return ["no JSON: \(error)"]
        }
    }

    private func check(_ value: Any, _ schema: [String: Any], at place: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            let name = String(reference.split(separator: "/").last ?? "")
            guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
                return ["\(place): the schema has no \(reference)"]
            }
            return check(value, target, at: place)
        }
        var found = Set(schema.keys).subtracting(Self.known).map { "\(place): unknown keyword \($0)" }
        if let type = schema["type"] {
            let types = type as? [String] ?? [type as? String ?? ""]
            if !types.contains(where: { Self.isOf($0, value) }) { found.append("\(place): not \(types): \(value)") }
        }
        if let constant = schema["const"] as? String, value as? String != constant {
            found.append("\(place): not \(constant): \(value)")
        }
        if let choice = schema["enum"] as? [String], !(value is NSNull), !choice.contains(value as? String ?? "") {
            found.append("\(place): not one of \(choice): \(value)")
        }
        if let pattern = schema["pattern"] as? String, let text = value as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            found.append("\(place): does not match \(pattern): \(text)")
        }
        if let object = value as? [String: Any] { found += check(object, schema, at: place) }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            for (index, item) in list.enumerated() { found += check(item, items, at: "\(place)[\(index)]") }
        }
        return found
    }

    private func check(_ object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
        let properties = schema["properties"] as? [String: Any] ?? [:]
        var found = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }.map { "\(place): no \($0)" }
        for (key, value) in object {
            if let inner = properties[key] as? [String: Any] {
                found += check(value, inner, at: "\(place).\(key)")
            } else if let others = schema["additionalProperties"] as? [String: Any] {
                found += check(value, others, at: "\(place).\(key)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place): \(key) is not in the schema")
            }
        }
        return found
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        if value is NSNull { return type == "null" }
        switch type {
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "string": return value is String
        case "boolean": return isBoolean(value)
        case "integer": return !isBoolean(value) && (value as? Double).map { $0.rounded() == $0 } ?? false
        case "number": return !isBoolean(value) && value is NSNumber
        default: return false
        }
    }

    private static func isBoolean(_ value: Any) -> Bool {
        // JSONSerialization gives numbers of one bit for true and false.
        (value as? NSNumber).map { String(cString: $0.objCType) == "c" || String(cString: $0.objCType) == "B" } ?? false
    }
}
