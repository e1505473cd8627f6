// SPDX-License-Identifier: Apache-2.0

/// Reads form text (`a=1&b[x][]=2`) by the portal's rules: every leaf is a text, brackets nest, `+` is a space.
enum FormReader {
    /// Brackets beyond this depth are left out.
    private static let deepest = 64

    static func read(_ text: some StringProtocol) -> PortalMap {
        var result = PortalMap()
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = decode(parts[0])
            guard !name.isEmpty else { continue }
            let value = parts.count > 1 ? decode(parts[1]) : ""
            let path = self.path(of: name)
            insert(.string(value), at: path[...], into: &result)
        }
        return result
    }

    /// Percent decoding with `+` as a space; bytes that are not UTF-8 become replacement characters.
    static func decode(_ bytes: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): out.append(0x20)
            case UInt8(ascii: "%"):
                let digits = rest.prefix(2)
                if digits.count == 2, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
                    out.append(code)
                    rest = rest.dropFirst(2)
                } else {
                    out.append(byte)
                }
            default: out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `a[b][]` gives `a`, `b` and the empty name, which stands for "the next number".
    private static func path(of name: String) -> [String] {
        guard let open = name.firstIndex(of: "["), open != name.startIndex else { return [name] }
        var path = [String(name[..<open])]
        var rest = name[open...]
        while rest.first == "[", path.count < deepest, let close = rest.firstIndex(of: "]") {
            path.append(String(rest[rest.index(after: rest.startIndex)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return path
    }

    private static func insert(_ value: PortalValue, at path: ArraySlice<String>, into map: inout PortalMap) {
        guard let name = path.first else { return }
        guard path.count > 1 else {
            if name.isEmpty { map.append(value) } else { map[name] = value }
            return
        }
        if name.isEmpty {
            var inner = PortalMap()
            insert(value, at: path.dropFirst(), into: &inner)
            map.append(.map(inner))
        } else {
            var inner = map[name]?.map ?? PortalMap()
            insert(value, at: path.dropFirst(), into: &inner)
            map[name] = .map(inner)
        }
    }
}
