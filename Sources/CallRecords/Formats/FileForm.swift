// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Settings

/// The shape of the files of a format: their dialect, their header and the columns of their records.
struct FileForm: Sendable {
    enum Header: String, Sendable, CaseIterable {
        /// Records begin at once.
        case none
        /// A header is used where there is one.
        case optional
        /// Columns are known by the header alone.
        case required
    }

    /// What the columns of a record without a header are.
    struct Layout: Sendable {
        var fields: ClosedRange<Int>
        var columns: [String]
        /// What must hold for a record of this layout, when its number of fields fits more than one.
        var condition: SettingsNode?
        var conditionNode: Program.Condition?
    }

    var dialect = Dialect()
    /// How the files write their characters; `nil` for what each looks like.
    var encoding: TextEncoding?
    var isAppended = false
    var header = Header.none
    var layouts: [Layout] = []
    /// Other words for a column in a header.
    var aliases: [(word: String, column: String)] = []
    var cleaning = FieldCleaning()
    /// The column whose text may hold unquoted delimiters: surplus fields are taken for parts of it.
    var surplusColumn: String?
    /// Whether records of one call may stand in files that come later, though no file grows.
    var isSpread = false
    /// Whether a record with fewer fields than its header has is read as if the missing ones were empty.
    var padsShortRecords = false
    /// Columns without which a header is of no use: calls would be told wrongly.
    var neededColumns: [String] = []
    /// Where each column is named first.
    private(set) var columnPlaces: [String: SettingsNode] = [:]
    /// Numbers of records at which an export ends, however many calls there were.
    var exportLimits: [Int] = []
    /// Rows that are no data: a row of types, a footer.
    var notData: SettingsNode?
    var notDataNode: Program.Condition?

    /// Every column that any layout or alias names.
    var columns: [String] {
        var known: [String] = []
        for name in layouts.flatMap(\.columns) + aliases.map(\.column) where !known.contains(name) {
            known.append(name)
        }
        return known
    }

    /// Whether all columns are those of a preset.
    var isInherited: Bool { columnPlaces.values.allSatisfy { Presets.isInherited($0.place) } }

    init(_ node: SettingsNode) throws(SettingsFault) {
        var mapping = try node.mapping()
        try readDialect(node, &mapping)
        encoding = try mapping.take("encoding").map(Self.encoding) ?? nil
        isAppended = try mapping.take("appended")?.boolean() ?? false
        if let value = mapping.take("header") {
            guard let header = Header(rawValue: try value.string()) else {
                throw value.fault("expected none, optional or required")
            }
            self.header = header
        }
        try readColumns(node, &mapping)
        try readAliases(mapping.take("aliases"))
        cleaning.trims = try mapping.take("trim")?.boolean() ?? false
        dialect.skipsSpaces = cleaning.trims
        for word in try mapping.take("null_words")?.list() ?? [] {
            cleaning.nulls.insert(try word.string(), value: 1)
        }
        if let column = mapping.take("surplus_belongs_to") { surplusColumn = try knownColumn(column) }
        for column in try mapping.take("needs")?.list() ?? [] {
            if let name = try knownColumn(column) { neededColumns.append(name) }
        }
        isSpread = try mapping.take("spread")?.boolean() ?? false
        if let value = mapping.take("short_records") {
            switch try value.string() {
            case "reject": padsShortRecords = false
            case "pad": padsShortRecords = true
            default: throw value.fault("expected reject or pad")
            }
        }
        for limit in try mapping.take("export_limits")?.list() ?? [] {
            exportLimits.append(try limit.integer(in: 1...100_000_000))
        }
        notData = mapping.take("not_data")
        try mapping.finish()
    }

    private mutating func readDialect(
        _ node: SettingsNode, _ mapping: inout SettingsMapping
    ) throws(SettingsFault) {
        let delimiter = mapping.take("delimiter")
        if let delimiter { dialect.delimiter = try Self.byte(delimiter) }
        let quote = mapping.take("quote")
        if let quote { dialect.quote = try quote.string() == "none" ? nil : try Self.byte(quote) }
        if let byte = dialect.quote, byte == dialect.delimiter {
            throw (quote ?? delimiter ?? node).fault(
                "quote and delimiter are the same character", hint: "write quote: none where fields have no quotes")
        }
        if let value = mapping.take("escape") {
            switch try value.string() {
            case "doubled": dialect.escape = .doubledQuote
            case "backslash": dialect.escape = .backslash
            case "none": dialect.escape = .none
            default: throw value.fault("expected doubled, backslash or none")
            }
            let backslash = UInt8(ascii: "\\")
            if dialect.escape == .backslash, dialect.delimiter == backslash || dialect.quote == backslash {
                throw value.fault("a backslash cannot be the escape and the delimiter or the quote")
            }
        }
        if let value = mapping.take("line_end") {
            switch try value.string() {
            case "lf": dialect.lineEnd = .lf
            case "cr": dialect.lineEnd = .cr
            default: throw value.fault("expected lf (also for CRLF) or cr")
            }
        }
        dialect.isStrict = try mapping.take("strict")?.boolean() ?? false
    }

    /// The name of a column; nil for one of a preset whose columns the format has replaced.
    private func knownColumn(_ node: SettingsNode) throws(SettingsFault) -> String? {
        let name = try node.string()
        if columns.contains(name) { return name }
        guard !Presets.isInherited(node.place) else { return nil }
        throw node.fault(
            "there is no column \"\(name)\"",
            hint: nearestWord(to: name, among: columns).map { "did you mean \"\($0)\"?" })
    }

    private static func encoding(_ node: SettingsNode) throws(SettingsFault) -> TextEncoding? {
        let name = try node.string()
        if name == "auto" { return nil }
        guard let encoding = TextEncoding(name: name) else {
            throw node.fault("expected one of auto, \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return encoding
    }

    private static func byte(_ node: SettingsNode) throws(SettingsFault) -> UInt8 {
        let text = try node.string()
        if text == "tab" { return 0x09 }
        guard text.utf8.count == 1, let byte = text.utf8.first, byte != 0x0A, byte != 0x0D else {
            throw node.fault("expected one ASCII character, or the word tab")
        }
        return byte
    }

    private mutating func readColumns(
        _ node: SettingsNode, _ mapping: inout SettingsMapping
    ) throws(SettingsFault) {
        if let list = mapping.take("columns") {
            let names = try columnNames(list)
            layouts.append(Layout(fields: names.count...names.count, columns: names))
        }
        for item in try mapping.take("layouts")?.list() ?? [] {
            var layout = try item.mapping()
            let names = try columnNames(try layout.require("columns"))
            var fields = names.count...names.count
            if let limits = layout.take("fields") {
                let numbers = try limits.list()
                guard (1...2).contains(numbers.count) else {
                    throw limits.fault("expected a number of fields, or a list of the least and the greatest")
                }
                let least = try numbers[0].integer(in: 1...2000)
                fields = least...(try numbers[numbers.count - 1].integer(in: least...2000))
            }
            layouts.append(Layout(fields: fields, columns: names, condition: layout.take("when")))
            try layout.finish()
        }
        guard !layouts.isEmpty else {
            throw node.fault("the format names no columns", hint: "list them under \"columns\" or \"layouts\"")
        }
    }

    private mutating func columnNames(_ node: SettingsNode) throws(SettingsFault) -> [String] {
        var names: [String] = []
        for item in try node.list() {
            let name = try item.string()
            if columnPlaces[name] == nil { columnPlaces[name] = item }
            guard !names.contains(name) else { throw item.fault("the column \"\(name)\" is listed twice") }
            names.append(name)
        }
        guard !names.isEmpty else { throw node.fault("expected at least one column") }
        return names
    }

    private mutating func readAliases(_ node: SettingsNode?) throws(SettingsFault) {
        for (column, words) in try node?.table() ?? [] {
            if columnPlaces[column] == nil { columnPlaces[column] = words }
            for word in try words.list() { aliases.append((try word.string(), column)) }
        }
    }
}
