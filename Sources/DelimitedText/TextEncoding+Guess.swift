// SPDX-License-Identifier: Apache-2.0

// Unsafe: the head of a file is looked at through its bounds while its owner keeps it.

extension TextEncoding {
    /// The encoding that the first bytes of a file look like.
    ///
    /// UTF-8 unless something speaks against it, since phone systems write a bad byte now and then: every other byte is
    /// zero (UTF-16), or there are at least three bytes that are letters in both Windows encodings, and fewer characters
    /// of UTF-8 and other bytes above 127. The letters are Cyrillic if they mostly stand side by side, as in a word, and
    /// Western European if they stand alone.
    package static func guess(from head: UnsafeRawBufferPointer) -> TextEncoding {
        if let wide = unsafe wideEncoding(of: head) { return wide }
        var others = 0
        var alone = 0
        var sideBySide = 0
        var position = 0
        while position < head.count {
            guard unsafe head[position] >= 0x80 else {
                position += 1
                continue
            }
            if let length = unsafe characterLength(head, position) {
                others += 1
                position += length
                continue
            }
            let isBeside =
                unsafe position > 0 && head[position - 1] >= 0xC0
                || position + 1 < head.count && head[position + 1] >= 0xC0
            if unsafe head[position] < 0xC0 {
                others += 1
            } else if isBeside {
                sideBySide += 1
            } else {
                alone += 1
            }
            position += 1
        }
        if alone + sideBySide < 3 || alone + sideBySide <= others { return .utf8 }
        return sideBySide > alone ? .windows1251 : .windows1252
    }

    /// UTF-16 if a fair part of either half of the units is zero, and hardly any of the other.
    private static func wideEncoding(of head: UnsafeRawBufferPointer) -> TextEncoding? {
        let units = head.count / 2
        var zeros = (even: 0, odd: 0)
        for unit in 0..<units {
            if unsafe head[2 * unit] == 0 { zeros.even += 1 }
            if unsafe head[2 * unit + 1] == 0 { zeros.odd += 1 }
        }
        if zeros.odd * 5 > units, zeros.even * 20 < units { return .utf16LE }
        if zeros.even * 5 > units, zeros.odd * 20 < units { return .utf16BE }
        return nil
    }

    /// The length of the UTF-8 character of several bytes that begins here, or nil if none does.
    ///
    /// One that the end of the bytes cuts off counts as one.
    private static func characterLength(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        let length =
            switch unsafe bytes[start] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        guard length > 0 else { return nil }
        let end = min(start + length, bytes.count)
        return unsafe bytes[start + 1..<end].allSatisfy { $0 & 0xC0 == 0x80 } ? end - start : nil
    }
}
