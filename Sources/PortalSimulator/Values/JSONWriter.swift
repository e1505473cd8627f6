// SPDX-License-Identifier: Apache-2.0

/// Writes values the way the portal does: Unicode as it is, `<`, `>`, `&`, `'`, `"` as `\u00XX`, `/` as `\/`.
enum JSONWriter {
    static func write(_ value: PortalValue) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        append(value, to: &out)
        return out
    }

    static func text(_ value: PortalValue) -> String {
        String(decoding: write(value), as: UTF8.self)
    }

    private static func append(_ value: PortalValue, to out: inout [UInt8]) {
        switch value {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): out.append(contentsOf: String(value).utf8)
        case .double(let value): out.append(contentsOf: (value.isFinite ? "\(value)" : "0").utf8)
        case .string(let text): append(text, to: &out)
        case .map(let map): append(map, to: &out)
        case .emptyObject: out.append(contentsOf: "{}".utf8)
        }
    }

    private static func append(_ map: PortalMap, to out: inout [UInt8]) {
        let isList = map.isList
        out.append(isList ? UInt8(ascii: "[") : UInt8(ascii: "{"))
        var isFirst = true
        for key in map.keys {
            if !isFirst { out.append(UInt8(ascii: ",")) }
            isFirst = false
            if !isList {
                append(key.text, to: &out)
                out.append(UInt8(ascii: ":"))
            }
            append(map[key] ?? .null, to: &out)
        }
        out.append(isList ? UInt8(ascii: "]") : UInt8(ascii: "}"))
    }

    private static func append(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): out.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "/"): out.append(contentsOf: "\\/".utf8)
            case UInt8(ascii: "\n"): out.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): out.append(contentsOf: "\\r".utf8)
            case UInt8(ascii: "\t"): out.append(contentsOf: "\\t".utf8)
            case 0x00...0x1F, UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "'"),
                UInt8(ascii: "\""):
                out.append(contentsOf: "\\u00".utf8)
                out.append(hexDigit(byte >> 4))
                out.append(hexDigit(byte & 15))
            default: out.append(byte)
            }
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }
}
