// SPDX-License-Identifier: Apache-2.0

/// Replaces `$result[key][FIELD]` and its like in a command's parameters by what earlier commands answered.
///
/// A value that is one reference takes the type of what it refers to; inside longer text only texts and numbers are
/// put in. A path that leads nowhere stops at the deepest level there is: a missing call gives the whole map.
enum References {
    static func resolve(_ parameters: PortalMap, from roots: [String: PortalMap]) -> PortalMap {
        var result = PortalMap()
        for key in parameters.keys {
            let value = parameters[key] ?? .null
            var newKey = key
            if case .text(let name) = key, name.contains("$") {
                newKey = PortalMap.Name(resolve(text: name, from: roots).asText)
            }
            switch value {
            case .string(let text) where text.contains("$"): result[newKey] = resolve(text: text, from: roots)
            case .map(let inner): result[newKey] = .map(resolve(inner, from: roots))
            default: result[newKey] = value
            }
        }
        return result
    }

    private static func resolve(text: String, from roots: [String: PortalMap]) -> PortalValue {
        var out = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            out += rest[..<dollar]
            rest = rest[dollar...]
            guard let (value, length) = reference(rest, roots) else {
                out.append("$")
                rest = rest.dropFirst()
                continue
            }
            let end = rest.index(rest.startIndex, offsetBy: length)
            if out.isEmpty, end == rest.endIndex, dollar == text.startIndex { return value }
            switch value {
            case .string, .int, .double: out += value.asText
            default: out += rest[..<end]
            }
            rest = rest[end...]
        }
        return .string(out + rest)
    }

    /// The value of the reference that the text begins with and the number of its characters.
    private static func reference(_ text: Substring, _ roots: [String: PortalMap]) -> (PortalValue, Int)? {
        let span = text.prefix { !$0.isWhitespace }
        guard let root = roots.keys.first(where: { span.dropFirst().hasPrefix($0 + "[") }), let map = roots[root]
        else { return nil }
        var value = PortalValue.map(map)
        var length = 1 + root.count
        var rest = span.dropFirst(length)
        var leadsOn = true
        while rest.first == "[", let close = rest.firstIndex(of: "]") {
            let name = rest[rest.index(after: rest.startIndex)..<close]
            if leadsOn, let inner = value.map?[String(name)] { value = inner } else { leadsOn = false }
            let after = rest.index(after: close)
            length += rest.distance(from: rest.startIndex, to: after)
            rest = rest[after...]
        }
        return (value, length)
    }
}
