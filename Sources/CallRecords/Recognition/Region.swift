// SPDX-License-Identifier: Apache-2.0

/// A region whose numbers and clocks are tried when a file is looked at for the first time.
struct Region: Sendable {
    var code: String
    /// What its numbers begin with in E.164.
    var prefix: String
    /// Zones of the IANA database, the one with most people first.
    var zones: [String]

    /// Regions in the order in which they are preferred where several fit equally well.
    static let known = [
        Region(
            code: "RU", prefix: "+7",
            zones: [
                "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Europe/Samara", "Asia/Krasnoyarsk",
                "Asia/Irkutsk", "Asia/Omsk", "Asia/Vladivostok", "Asia/Yakutsk", "Europe/Kaliningrad", "Asia/Magadan",
                "Asia/Kamchatka",
            ]),
        Region(code: "KZ", prefix: "+7", zones: ["Asia/Almaty"]),
        Region(code: "BY", prefix: "+375", zones: ["Europe/Minsk"]),
        Region(code: "UA", prefix: "+380", zones: ["Europe/Kyiv"]),
        Region(code: "UZ", prefix: "+998", zones: ["Asia/Tashkent"]),
        Region(code: "KG", prefix: "+996", zones: ["Asia/Bishkek"]),
        Region(code: "AM", prefix: "+374", zones: ["Asia/Yerevan"]),
        Region(code: "GE", prefix: "+995", zones: ["Asia/Tbilisi"]),
        Region(code: "AZ", prefix: "+994", zones: ["Asia/Baku"]),
        Region(code: "MD", prefix: "+373", zones: ["Europe/Chisinau"]),
        Region(code: "DE", prefix: "+49", zones: ["Europe/Berlin"]),
        Region(code: "FR", prefix: "+33", zones: ["Europe/Paris"]),
        Region(code: "ES", prefix: "+34", zones: ["Europe/Madrid"]),
        Region(code: "IT", prefix: "+39", zones: ["Europe/Rome"]),
        Region(code: "PL", prefix: "+48", zones: ["Europe/Warsaw"]),
        Region(code: "GB", prefix: "+44", zones: ["Europe/London"]),
        Region(code: "PT", prefix: "+351", zones: ["Europe/Lisbon"]),
        Region(code: "NL", prefix: "+31", zones: ["Europe/Amsterdam"]),
        Region(code: "BE", prefix: "+32", zones: ["Europe/Brussels"]),
        Region(code: "CH", prefix: "+41", zones: ["Europe/Zurich"]),
        Region(code: "AT", prefix: "+43", zones: ["Europe/Vienna"]),
        Region(code: "CZ", prefix: "+420", zones: ["Europe/Prague"]),
        Region(code: "TR", prefix: "+90", zones: ["Europe/Istanbul"]),
        Region(code: "IL", prefix: "+972", zones: ["Asia/Jerusalem"]),
        Region(code: "AE", prefix: "+971", zones: ["Asia/Dubai"]),
        Region(code: "IN", prefix: "+91", zones: ["Asia/Kolkata"]),
        Region(code: "CN", prefix: "+86", zones: ["Asia/Shanghai"]),
        Region(
            code: "US", prefix: "+1",
            zones: ["America/New_York", "America/Chicago", "America/Los_Angeles", "America/Denver", "America/Phoenix"]),
        Region(code: "BR", prefix: "+55", zones: ["America/Sao_Paulo"]),
        Region(code: "MX", prefix: "+52", zones: ["America/Mexico_City"]),
    ]

    /// What part of some numbers belongs to the region when they are read as dialled there, from 0 to 1.
    func share(of numbers: [String]) -> Double {
        guard !numbers.isEmpty else { return 0 }
        let dialling = Dialling(region: code)
        let own = numbers.count { number in
            guard let dialled = NumberText.dialled(NumberText.unwrapped(number)) else { return false }
            if case .number(let spelt) = dialling.read(dialled) { return spelt.hasPrefix(prefix) }
            return false
        }
        return Double(own) / Double(numbers.count)
    }
}
