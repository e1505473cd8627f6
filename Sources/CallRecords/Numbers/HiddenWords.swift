// SPDX-License-Identifier: Apache-2.0

/// The words that phone systems and carriers write in place of a number that was not shown.
///
/// The numbers are words typed on a keypad, as one carrier sends them (ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN,
/// UNAVAILABLE).
enum HiddenWords {
    static let all = [
        "anonymous", "unknown", "<unknown>", "restricted", "private", "withheld", "unavailable", "not available",
        "out of area", "blocked", "hidden", "no number", "number withheld", "скрыт", "скрытый", "Скрыт", "Скрытый",
        "n/a", "null", "-", "--", "\"\"", "asterisk", "freeswitch", "outbound call", "s", "none", "nobody", "caller",
        "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
    ]

    static let table: ByteTable = {
        var table = ByteTable(isCaseless: true)
        for word in all { table.insert(word, value: 1) }
        return table
    }()
}
