// SPDX-License-Identifier: Apache-2.0

/// Text that fits a terminal of 80 columns: long lines continue below, indented.
struct TerminalPage {
    private(set) var text = ""
    private static let width = 80

    /// Adds a paragraph behind a lead, under which its other lines are indented.
    mutating func put(_ paragraph: String, after lead: String = "") {
        var line = lead
        var used = Self.columns(lead)
        let indent = String(repeating: " ", count: used)
        var isStart = true
        for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
            let length = Self.columns(word)
            if !isStart, used + 1 + length > Self.width {
                finish(&line, indent)
                used = indent.utf8.count
                isStart = true
            }
            if !isStart {
                line += " "
                used += 1
            }
            isStart = false
            // A word that is longer than a line is cut wherever the line ends.
            for character in word {
                let columns = Self.columns(String(character))
                if used + columns > Self.width {
                    finish(&line, indent)
                    used = indent.utf8.count
                }
                line.append(character)
                used += columns
            }
        }
        finish(&line, "")
    }

    private mutating func finish(_ line: inout String, _ indent: String) {
        while line.last == " " { line.removeLast() }
        text += line + "\n"
        line = indent
    }

    /// How many columns of a terminal a text takes.
    static func columns(_ text: some StringProtocol) -> Int {
        text.reduce(0) { sum, character in
            guard let first = character.unicodeScalars.first else { return sum }
            switch first.value {
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                return sum + 2
            default: return sum + 1
            }
        }
    }
}
