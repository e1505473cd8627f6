// SPDX-License-Identifier: Apache-2.0

import Settings

/// Which expressions give the parts of a leg.
struct CallRules: Sendable {
    typealias Text = Program.Text
    typealias Condition = Program.Condition

    var start: Program.Moment
    var end: Program.Moment
    var key: Text
    /// Whether the phone system's ids come again after a restart, so that the start has to be part of the key.
    var keyRestarts = false
    var aliases: [Text] = []
    var direction: Text
    /// A condition, and the named text that is empty unless it holds and is worked out once for a record.
    var answered: Condition
    var answeredText: Text
    /// The direction and the answer as named values.
    var directionValue: Program.Value
    var answeredValue: Program.Value
    var external: Text
    /// The same number once more, for a record in which a spreadsheet has rounded it.
    var externalSpare: Text?
    /// Whether a trunk was used, so that what looks like an extension is a number outside.
    var overTrunk: Condition?
    /// Whether the far end is the phone system itself, so that another record tells who talked.
    var relay: Condition?
    var employee: Text?
    /// What may be a line, the best first.
    var lines: [Text] = []
    var callList: Text?
    /// What else a record may tell.
    var details = DetailRules()
    var talk: Program.Span
    /// Durations that the talk cannot exceed, if they are known; asked only when it does exceed the first.
    var talkLimits: [Program.Span] = []
    /// How many of the program's slots make the fingerprint of a leg: those that only limits ask for do not.
    var tellingSlots = 0
    /// Texts, at most two, that the records of one call share though their ids differ.
    var joins: [Text] = []
    /// Whether the texts that join records come again with other calls.
    var joinNamesReturn: Condition?
    var status: Text?
    var reason: Text?
    var sequence: Text?
    /// An instant in the record that does not depend on the zone.
    var clockCheck: Program.Time?
    var skips: [(condition: Condition, reason: SkipReason)] = []
}

extension CallRules {
    /// What nearly every record is asked, and what decides which rules come next.
    var decided: DecidedRules {
        var texts = [key, direction, answeredText, external] + aliases + lines + joins
        for text in [employee, callList, status, reason, sequence, details.callListID] {
            if let text { texts.append(text) }
        }
        texts += details.portalIDs
        for parameter in DetailRules.Parameter.allCases { if let text = details[parameter] { texts.append(text) } }
        return DecidedRules(skips: skips.map(\.condition), relay: relay, redirected: details.redirected, texts: texts)
    }

    /// Reads the sections `times`, `call` and `skip` of a format.
    init(
        times: SettingsNode, call: SettingsNode, skip: SettingsNode?, compiler: inout Compiler
    ) throws(SettingsFault) {
        for (name, value) in try times.table() {
            guard compiler.moment(named: name) == nil else { throw value.fault("the time \"\(name)\" is given twice") }
            try compiler.defineTime(name, at: value)
        }
        guard let start = compiler.moment(named: "start") else {
            throw times.fault("the time \"start\" is missing", hint: "for example start: { from: …, pattern: … }")
        }
        self.start = start
        end = compiler.moment(named: "end") ?? start

        var mapping = try call.mapping()
        // The direction and the answer come first: the other rules may ask for them by name.
        try compiler.refuse("direction", "answered")
        directionValue = compiler.define("direction", as: try compiler.text(try mapping.require("direction")))
        direction = compiler.add(.value(directionValue))
        if let node = mapping.take("redirected") {
            try compiler.refuse("redirected")
            let condition = try compiler.condition(node)
            details.redirected = condition
            compiler.define("redirected", as: compiler.add(.yesIf(condition)))
        }
        answered = try compiler.condition(try mapping.require("answered"))
        answeredValue = compiler.define("answered", as: compiler.add(.yesIf(answered)))
        answeredText = compiler.add(.value(answeredValue))
        key = try compiler.text(try mapping.require("key"))
        keyRestarts = try mapping.take("key_restarts")?.boolean() ?? false
        for alias in try mapping.take("also_known_as")?.list() ?? [] { aliases.append(try compiler.text(alias)) }
        external = try compiler.text(try mapping.require("external"))
        employee = try Self.optional(mapping.take("employee"), &compiler)
        for line in try Self.candidates(mapping.take("line")) { lines.append(try compiler.text(line)) }
        callList = try Self.optional(mapping.take("call_list"), &compiler)
        externalSpare = try Self.optional(mapping.take("external_spare"), &compiler)
        if let trunk = mapping.take("over_trunk") { overTrunk = try compiler.condition(trunk) }
        if let node = mapping.take("join_names_return") { joinNamesReturn = try compiler.condition(node) }
        if let node = mapping.take("relay") { relay = try compiler.condition(node) }
        talk = try compiler.duration(try mapping.require("talk"))
        for text in try Self.candidates(mapping.take("portal_id")) {
            details.portalIDs.append(try compiler.text(text))
        }
        if let node = mapping.take("joined_by") {
            for text in try Self.candidates(node) { joins.append(try compiler.text(text)) }
            guard joins.count <= 2 else { throw node.fault("expected at most two texts that join records") }
        }
        status = try Self.optional(mapping.take("status"), &compiler)
        reason = try Self.optional(mapping.take("reason"), &compiler)
        sequence = try Self.optional(mapping.take("sequence"), &compiler)
        if let check = mapping.take("clock_check") { clockCheck = try compiler.time(check) }
        let limits = mapping.take("talk_limit")
        let nodes = DetailRules.Nodes(&mapping)
        try mapping.finish()
        try readSkips(skip, &compiler)
        tellingSlots = compiler.program.slots.count
        for limit in try Self.candidates(limits) { talkLimits.append(try compiler.duration(limit)) }
        try details.compile(nodes, &compiler)
    }

    private static func optional(
        _ node: SettingsNode?, _ compiler: inout Compiler
    ) throws(SettingsFault) -> Text? {
        guard let node else { return nil }
        return try compiler.text(node)
    }

    /// A list of expressions, or a single one.
    private static func candidates(_ node: SettingsNode?) throws(SettingsFault) -> [SettingsNode] {
        guard let node else { return [] }
        return node.isMapping ? [node] : try node.list()
    }

    private mutating func readSkips(_ node: SettingsNode?, _ compiler: inout Compiler) throws(SettingsFault) {
        for item in try node?.list() ?? [] {
            var mapping = try item.mapping()
            let condition = try compiler.condition(try mapping.require("when"))
            let word = try mapping.take("reason")?.string() ?? SkipReason.filtered.rawValue
            guard word.first?.isLowercase == true, word.utf8.allSatisfy(\.isASCIILetterOrDigit) else {
                throw item.fault("expected a reason of one word such as voicemailBox")
            }
            skips.append((condition, SkipReason(rawValue: word)))
            try mapping.finish()
        }
    }
}

extension UInt8 {
    fileprivate var isASCIILetterOrDigit: Bool { isASCIIDigit || isASCIILetter }
}
