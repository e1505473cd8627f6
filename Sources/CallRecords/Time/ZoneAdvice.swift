// SPDX-License-Identifier: Apache-2.0

import Settings

/// Guesses which time zone a person means by a name that is none.
enum ZoneAdvice {
    /// Abbreviations that people write, with the zone where most of those who write them live.
    private static let abbreviations = [
        "MSK": "Europe/Moscow", "MSD": "Europe/Moscow", "SAMT": "Europe/Samara", "YEKT": "Asia/Yekaterinburg",
        "OMST": "Asia/Omsk", "NOVT": "Asia/Novosibirsk", "KRAT": "Asia/Krasnoyarsk", "IRKT": "Asia/Irkutsk",
        "YAKT": "Asia/Yakutsk", "VLAT": "Asia/Vladivostok", "MAGT": "Asia/Magadan", "EET": "Europe/Kyiv",
        "EEST": "Europe/Kyiv", "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "WET": "Europe/Lisbon",
        "BST": "Europe/London", "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago",
        "CDT": "America/Chicago", "MST": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
        "ALMT": "Asia/Almaty", "Z": "UTC", "LOCAL": "the zone of the phone system, for example Europe/Moscow",
    ]

    /// The zone that a name may mean: an abbreviation, an offset such as `UTC+3`, the name of a city, a mistyped name.
    ///
    /// - Returns: A name that a configuration takes; `nil` where nothing is near.
    static func zone(meantBy name: String) -> String? {
        if let zone = abbreviations[name.uppercased()] { return zone }
        if let offset = offset(name) { return offset }
        let names = ZoneClock.knownNames
        let city = name.replacing(" ", with: "_").lowercased()
        if let zone = names.first(where: { $0.lowercased().split(separator: "/").last.map(String.init) == city }) {
            return zone
        }
        return nearestWord(to: name, among: names)
    }

    /// `+03:00` for `UTC+3`, `GMT +03`, `+3`, `+0300`.
    private static func offset(_ name: String) -> String? {
        let pattern = /(?i)^(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?$/
        guard let match = name.firstMatch(of: pattern), let hours = Int(match.2), hours <= 14 else { return nil }
        return "\(match.1)\(hours < 10 ? "0" : "")\(hours):\(match.3 ?? "00")"
    }
}
