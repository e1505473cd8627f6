// SPDX-License-Identifier: Apache-2.0

package import DelimitedText
package import Settings

/// Maps the records of one file to legs.
///
/// A mapper remembers what it has seen (the header, numbers, names), so each file has its own; the legs do not depend
/// on that memory. How the rules decide about records it shares with its copies, so that one thread at a time may use any of
/// them.
package struct RecordMapper {
    /// Trunks and DIDs that have no line in the configuration, with the number of records; at most 5,000 names.
    package var unmappedLines: [String: Int] {
        Dictionary(unmapped.counts.map { ($0.name, $0.records) }, uniquingKeysWith: +)
    }
    /// The times that could not be taken as they stand.
    package var clockDoubts: ClockDoubts {
        var doubts = machine.surroundings.clock?.doubts ?? ClockDoubts()
        doubts.merge(corrections)
        return doubts
    }
    /// What the leg that was mapped last shares with others of its call whose ids differ.
    package internal(set) var joins = JoinMarks()
    /// What was corrected in the records themselves.
    var corrections = ClockDoubts()
    /// What the records say about the zone of the file.
    package internal(set) var zoneEvidence = ZoneEvidence()

    var unmapped = UnmappedLines()

    let format: FormatDefinition
    let keys: CallKey
    private let tables = FrozenTables()
    let lines: FrozenTable
    let lineNumbers: [String]
    let callLists: FrozenTable
    let statusCodes: FrozenTable
    /// The currency of costs without one; nil where none is set.
    let currency: String?
    let skipsBadNumbers: Bool
    /// Whether starts are compared with the instants that ids carry.
    let checksTimes: Bool
    var machine: Machine
    var plan: ColumnPlan
    /// The columns of the record that is being mapped.
    var columns: ColumnPlan.Columns
    /// The layout that they are of; `nil` where they are of none.
    private var layout: Int?
    /// The leg that is being made of a record, or was made of the last one that is a leg.
    var draft = Draft()
    /// Its aliases.
    var aliases: [Slice] = []
    /// The first statuses that came, with their codes.
    var knownStatuses: [(text: ShortText, code: StatusCode)] = []

    /// A leg that is being made of a record.
    struct Draft {
        var facts = LegFacts()
        var texts = LegTexts()
    }

    /// The leg that ``view(_:)`` has found last; it can be seen until the next record is mapped.
    package var leg: LegView { unsafe LegView(draft.facts, draft.texts, in: machine.arena.contents.start) }

    /// The longest `LINE_NUMBER`, in bytes.
    private static let longestLine = 50

    /// Prepares to map a file.
    ///
    /// - Throws: ``SettingsFault`` at the source's place when the format needs a zone and there is none, or when the
    ///   zone, the region, a pattern or the key prefix is not one.
    package init(format: FormatDefinition, context: MappingContext) throws(SettingsFault) {
        let surroundings = try context.surroundings(
            formatZone: format.timeZone, needsZone: format.needsTimeZone)
        guard let keys = CallKey(prefix: context.keyPrefix) else {
            throw context.fault(
                "the key prefix is not usable",
                hint: "up to \(CallKey.maximumPrefixLength) small letters, digits and punctuation, without spaces")
        }
        do {
            machine = try Machine(program: format.program, surroundings: surroundings)
        } catch {
            throw context.fault("a pattern of the format cannot be read: \(error.reason)", hint: nil)
        }
        self.format = format
        self.keys = keys
        currency = context.currency
        skipsBadNumbers = context.skipsBadNumbers
        checksTimes = context.checksTimes
        var lines = ByteTable(isCaseless: true)
        var lineNumbers: [String] = []
        for (name, number) in context.lines.sorted(by: { $0.key < $1.key }) {
            guard number.utf8.count <= Self.longestLine else {
                throw context.fault(
                    "the line of \"\(name)\" is longer than the portal takes",
                    hint: "LINE_NUMBER has at most \(Self.longestLine) bytes")
            }
            lines.insert(name, value: Int32(lineNumbers.count))
            lineNumbers.append(number)
        }
        self.lines = tables.freeze(lines)
        self.lineNumbers = lineNumbers
        var callLists = ByteTable(isCaseless: true)
        for (word, id) in context.callLists.sorted(by: { $0.key < $1.key }) {
            guard let id = Int32(exactly: id) else {
                throw context.fault("the call list of \"\(word)\" is no list number", hint: nil)
            }
            callLists.insert(word, value: id)
        }
        self.callLists = tables.freeze(callLists)
        statusCodes = tables.freeze(Self.statusCodeTable)
        machine.tree = DecisionTree(format.rules.decided, programTexts: format.program.texts.count)
        plan = ColumnPlan(form: format.form, slots: format.program.slots)
        columns = plan.layout(0)
    }

    /// A mapper that has every record go through all rules, and gives the same.
    ///
    /// A mapper remembers how the rules decided about earlier records; this one shows that it makes no difference.
    package func rememberingNothing() -> RecordMapper {
        var mapper = self
        mapper.machine.tree = nil
        return mapper
    }

    /// Maps one record.
    ///
    /// Any bytes give a result; nothing is remembered of a record but what makes the next ones quicker.
    package mutating func map(_ record: borrowing Record) -> MappedRecord {
        // Apart: whose value it is was decided before the argument is worked out.
        let found = view(record)
        return value(of: found)
    }

    /// What ``view(_:)`` has found last, as a value of its own.
    func value(of record: ViewedRecord) -> MappedRecord {
        switch record {
        case .notData: .notData
        case .leg: .leg(Leg(leg))
        case .skipped(let reason): .skipped(reason)
        case .rejected(let rejection): .rejected(rejection)
        }
    }

    /// Maps one record as ``map(_:)`` does, without making a value of its leg.
    package mutating func view(_ record: borrowing Record) -> ViewedRecord {
        if record.isSeparatorLine { return .notData }
        if let fault = record.fault {
            return .rejected(RecordRejection(broken: fault))
        }
        return mapFields(record)
    }

    /// How many fields the record at hand should have had.
    private var expectedFields: ClosedRange<Int>? {
        if let header = plan.header { return header.names.count...header.names.count }
        return format.expectedFieldCount
    }

    /// Begins to collect ``zoneEvidence`` and ``clockDoubts`` anew; what is known of the columns stays.
    package mutating func forgetEvidence() {
        zoneEvidence = ZoneEvidence()
        corrections = ClockDoubts()
        machine.surroundings.clock?.doubts = ClockDoubts()
    }

    mutating func mapFields(_ source: borrowing some FieldSource & ~Copyable) -> ViewedRecord {
        machine.begin(source)
        if plan.takesHeader(source, arena: &machine.arena) { return .notData }
        let rejection = loadFields(source)
        if let rejection, rejection.isAboutCount, let expected = expectedFields,
            let repaired = source.repaired(expected: expected)
        {
            return mapFields(repaired)
        }
        // A row of another kind may well have another number of fields.
        if isNotData() { return .notData }
        // Where columns are not where they should be, a record is like no other.
        if rejection == nil { machine.decide() }
        if let skip = machine.firstSkip(among: format.rules.skips) { return .skipped(format.rules.skips[skip].reason) }
        return rejection.map { .rejected($0) } ?? makeLeg()
    }

    private mutating func isNotData() -> Bool {
        guard let condition = format.form.notDataNode else { return false }
        return machine.holds(condition)
    }

    /// Finds the record's columns and takes its fields.
    ///
    /// - Returns: What is wrong with their number, if anything; the fields are loaded all the same.
    private mutating func loadFields(_ source: borrowing some FieldSource & ~Copyable) -> RecordRejection? {
        if let header = plan.header {
            let rejection = load(source, header, fields: header.names.count...header.names.count)
            guard let missing = plan.missing.first else { return rejection }
            return RecordRejection(missing: missing, words: plan.words(for: missing), in: format.title)
        }
        if format.form.header == .required {
            (columns, layout) = (plan.layout(0), nil)
            machine.load(source, columns: columns.places, clean: format.form.cleaning)
            return RecordRejection(noHeaderIn: format.title)
        }
        for index in plan.layoutIndices where plan.fits(source.fieldCount, layout: index) {
            if layout != index { (columns, layout) = (plan.layout(index), index) }
            machine.load(source, columns: columns.places, clean: format.form.cleaning)
            guard let condition = format.form.layouts[index].conditionNode, !machine.holds(condition) else {
                return nil
            }
        }
        let form = format.form
        let last = form.layouts.count - 1
        let least = form.layouts.map(\.fields.lowerBound).min() ?? 1
        let most = form.layouts.map(\.fields.upperBound).max() ?? 1
        return load(source, plan.layout(last), fields: least...most)
    }

    private mutating func load(
        _ source: borrowing some FieldSource & ~Copyable, _ known: ColumnPlan.Columns, fields: ClosedRange<Int>
    ) -> RecordRejection? {
        let count = source.fieldCount
        let isTooLong = count > fields.upperBound
        let mayBeLonger = format.form.surplusColumn != nil
        (columns, layout) = (isTooLong && mayBeLonger ? plan.anchored(known) : known, nil)
        machine.load(source, columns: columns.places, clean: format.form.cleaning)
        if count < fields.lowerBound, !format.form.padsShortRecords {
            return RecordRejection(tooFew: count, expected: fields)
        }
        // Some writers end every line with a delimiter. Where a quote is out of order, a delimiter is a better suspect.
        let endsEmpty =
            count == fields.upperBound + 1 && machine.isEmpty(-1, of: source) && !machine.hasQuotes(source)
        return isTooLong && !mayBeLonger && !endsEmpty ? RecordRejection(tooMany: count, expected: fields) : nil
    }
}
