// SPDX-License-Identifier: Apache-2.0

/// Finds the rewrite rule that would make a number of one that cannot be dialled.
///
/// Numbers of one form get one answer, which is worked out once: a file may have a million of them.
struct NumberAdvice {
    private let dialling: Dialling
    private var known: [Form: String] = [:]

    /// What rules depend on: how a number begins and how long it is.
    private struct Form: Hashable {
        var count: Int
        var beginning: [UInt8]
    }

    private static let mostForms = 4096

    init(dialling: Dialling) { self.dialling = dialling }

    /// What can be done about a number that is not one from outside, as a sentence without a full stop.
    ///
    /// - Parameter dialled: Digits with or without a `+` before them.
    mutating func hint(for dialled: String) -> String {
        let form = Form(count: dialled.utf8.count, beginning: Array(dialled.utf8.prefix(4)))
        if let hint = known[form] { return hint }
        let hint = found(dialled)
        if known.count < Self.mostForms { known[form] = hint }
        return hint
    }

    private func found(_ dialled: String) -> String {
        if dialling.region.isEmpty, dialled.first != "+" {
            return "write numbers.region, for example RU: it says how national numbers are read"
        }
        if dialled.first == "+" { return ofPlus(dialled) }
        if isNumber("+" + dialled) {
            return "if it is a number abroad without its plus, " + Self.rule(dialled, keeping: 3, with: "+$1")
        }
        for length in 1...2 where isNumber(String(dialled.dropFirst(length))) {
            let prefix = dialled.prefix(length)
            return "if \(prefix) is dialled for an outside line, "
                + Self.rule("^\(prefix)(\\d{\(dialled.count - length)})$", "$1")
        }
        if (2...4).contains(dialled.count) {
            return "if it is a queue, a group or a menu of the office, let numbers.internal fit it too; "
                + "else a rule of numbers.rewrite can correct it, or numbers.unreadable: skip pass it over"
        }
        guard (5...9).contains(dialled.count) else {
            return "a rule of numbers.rewrite can correct it, or numbers.unreadable: skip pass it over"
        }
        let code = dialling.countryCode.map { "\($0)" } ?? "COUNTRY"
        return "if it is a local number, " + Self.rule("^(\\d{\(dialled.count)})$", "+\(code)AREA$1")
            + " with your area code for AREA adds what is missing"
    }

    private func ofPlus(_ dialled: String) -> String {
        let digits = String(dialled.dropFirst())
        guard isNumber(digits) else {
            return "there is no such number abroad; a rule of numbers.rewrite can correct it"
        }
        return "if the plus is wrong, " + Self.rule("^\\+(\(digits.prefix(1))\\d{\(digits.count - 1)})$", "$1")
    }

    private func isNumber(_ dialled: String) -> Bool {
        if case .number = dialling.read(dialled) { true } else { false }
    }

    private static func rule(_ dialled: String, keeping count: Int, with replacement: String) -> String {
        rule("^(\(dialled.prefix(count))\\d{\(dialled.count - count)})$", replacement)
    }

    private static func rule(_ match: String, _ replacement: String) -> String {
        "numbers.rewrite: [{ match: '\(match)', replace: '\(replacement)' }]"
    }
}
