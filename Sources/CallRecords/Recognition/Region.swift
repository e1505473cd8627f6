// SPDX-License-Identifier: Apache-2.0

/// A region whose numbers and clocks are tried when a file is looked at for the first time.
struct Region: Sendable {
    var code: String
    /// Zones of the IANA database, the one with most people first.
    var zones: [String]

    /// Regions in the order in which they are preferred where several fit equally well.
    static let known = [
        Region(
            code: "RU",
            zones: [
                "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Europe/Samara", "Asia/Krasnoyarsk",
                "Asia/Irkutsk", "Asia/Omsk", "Asia/Vladivostok", "Asia/Yakutsk", "Europe/Kaliningrad", "Asia/Magadan",
                "Asia/Kamchatka",
            ]),
        Region(code: "KZ", zones: ["Asia/Almaty"]),
        Region(code: "BY", zones: ["Europe/Minsk"]),
        Region(code: "UA", zones: ["Europe/Kyiv"]),
        Region(code: "UZ", zones: ["Asia/Tashkent"]),
        Region(code: "KG", zones: ["Asia/Bishkek"]),
        Region(code: "AM", zones: ["Asia/Yerevan"]),
        Region(code: "GE", zones: ["Asia/Tbilisi"]),
        Region(code: "AZ", zones: ["Asia/Baku"]),
        Region(code: "MD", zones: ["Europe/Chisinau"]),
        Region(code: "DE", zones: ["Europe/Berlin"]),
        Region(code: "FR", zones: ["Europe/Paris"]),
        Region(code: "ES", zones: ["Europe/Madrid"]),
        Region(code: "IT", zones: ["Europe/Rome"]),
        Region(code: "PL", zones: ["Europe/Warsaw"]),
        Region(code: "GB", zones: ["Europe/London"]),
        Region(code: "PT", zones: ["Europe/Lisbon"]),
        Region(code: "NL", zones: ["Europe/Amsterdam"]),
        Region(code: "BE", zones: ["Europe/Brussels"]),
        Region(code: "CH", zones: ["Europe/Zurich"]),
        Region(code: "AT", zones: ["Europe/Vienna"]),
        Region(code: "CZ", zones: ["Europe/Prague"]),
        Region(code: "TR", zones: ["Europe/Istanbul"]),
        Region(code: "IL", zones: ["Asia/Jerusalem"]),
        Region(code: "AE", zones: ["Asia/Dubai"]),
        Region(code: "IN", zones: ["Asia/Kolkata"]),
        Region(code: "CN", zones: ["Asia/Shanghai"]),
        Region(
            code: "US",
            zones: ["America/New_York", "America/Chicago", "America/Los_Angeles", "America/Denver", "America/Phoenix"]),
        Region(code: "BR", zones: ["America/Sao_Paulo"]),
        Region(code: "MX", zones: ["America/Mexico_City"]),
    ]

    /// What part of some numbers belongs to the region when they are read as dialled there, from 0 to 1.
    func share(of numbers: [String]) -> Double {
        guard !numbers.isEmpty else { return 0 }
        let own = numbers.count { number in
            guard let dialled = NumberText.dialled(NumberText.unwrapped(number)) else { return false }
            // The open plan of Germany assigns nearly every row of digits: only those with a prefix tell.
            if code == "DE", dialled.first != "0", dialled.first != "+" { return false }
            return Dialling.isAssigned(dialled, in: code)
        }
        return Double(own) / Double(numbers.count)
    }
}
