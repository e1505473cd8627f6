// SPDX-License-Identifier: Apache-2.0

package import Settings

/// What the configuration of a source adds to its format.
package struct MappingContext: Sendable {
    /// The zone of times without one: a name of the IANA database, `UTC`, `GMT`, or an offset such as `+03:00`; `nil`
    /// for that of the format.
    package var timeZone: String?
    /// How national numbers are read: an ISO 3166 code such as `RU`; `nil` when all numbers are written with `+`.
    package var region: String?
    /// What an extension looks like; `nil` for two to six digits.
    package var internalPattern: String?
    /// Rules for numbers, done in order before anything else.
    package var rewrites: [(match: String, replace: String)]
    /// Words for a hidden number, beside those that are known.
    package var hiddenWords: [String] = []
    /// Whether a time is compared with the instant that the record's id carries.
    package var checksTimes = false
    /// What stands before the phone system's own id in a call key; `nil` for nothing.
    package var keyPrefix: String?
    /// The line number of a trunk or DID.
    package var lines: [String: String]
    /// The call list of a word in the record.
    package var callLists: [String: Int]
    /// The ISO code of the currency of costs that have none of their own; `nil` where none is set.
    package var currency: String?
    /// Names of the peers that are trunks, or expressions that begin with `^`; empty to have them recognised.
    package var trunks: [String]
    /// Whether a record whose number cannot be dialled is passed over and not rejected.
    package var skipsBadNumbers = false
    /// Where the source stands in the configuration, for messages.
    package var place: SettingsPlace

    /// Creates a context; what is left out is not configured.
    package init(
        timeZone: String? = nil, region: String? = nil, internalPattern: String? = nil,
        rewrites: [(match: String, replace: String)] = [], keyPrefix: String? = nil, lines: [String: String] = [:],
        callLists: [String: Int] = [:], trunks: [String] = [],
        place: SettingsPlace = SettingsPlace(file: "<source>", line: 1, column: 1)
    ) {
        self.timeZone = timeZone
        self.region = region
        self.internalPattern = internalPattern
        self.rewrites = rewrites
        self.keyPrefix = keyPrefix
        self.lines = lines
        self.callLists = callLists
        self.trunks = trunks
        self.place = place
    }
}

extension MappingContext {
    /// Checks the values that need no record and prepares what a machine needs of them.
    ///
    /// - Parameter needsZone: Whether the format reads times that carry no zone.
    func surroundings(formatZone: String?, needsZone: Bool) throws(SettingsFault) -> Machine.Surroundings {
        if let region, !Dialling.isKnown(region: region) {
            throw fault("numbers.region \"\(region)\" is no region", hint: "two capitals, for example RU or DE")
        }
        let clock = try clock(formatZone, needsZone: needsZone)
        do {
            let extensions = try ExtensionPattern(internalPattern ?? ExtensionPattern.defaultText)
            var numbers = try NumberReader(
                region: region, extensions: extensions, rewrites: rewrites, hidden: hiddenWords)
            let trunks = try TrunkNames(trunks: trunks, lines: lines.keys)
            let own = OwnNumbers(lines: lines.values, reader: &numbers)
            return Machine.Surroundings(numbers: numbers, trunks: trunks, clock: clock, ownNumbers: own)
        } catch {
            throw fault("a pattern of numbers or trunks cannot be read: \(error.reason)", hint: nil)
        }
    }

    private func clock(_ formatZone: String?, needsZone: Bool) throws(SettingsFault) -> ZoneClock? {
        guard let name = timeZone ?? formatZone else {
            guard needsZone else { return nil }
            throw fault(
                "this format writes times without a zone, and no time_zone is given",
                hint: "write for example time_zone: Europe/Moscow, GMT or +03:00")
        }
        guard let clock = ZoneClock(name) else {
            let near = ZoneAdvice.zone(meantBy: name)
            throw fault(
                "there is no time zone \"\(name)\"",
                hint: near.map { "did you mean \"\($0)\"?" } ?? "for example Europe/Moscow, UTC or +03:00")
        }
        return clock
    }

    func fault(_ message: String, hint: String?) -> SettingsFault {
        SettingsFault(place: place, message: message, hint: hint)
    }
}
