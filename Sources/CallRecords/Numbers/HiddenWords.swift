// SPDX-License-Identifier: Apache-2.0

private import Foundation

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// The words that phone systems and carriers write in place of a number that was not shown.
///
/// A word is found in any letter case, with or without accents, and with quotes, brackets or dots around it.
struct HiddenWords {
    private let exact: FrozenTable
    private let tables = FrozenTables()
    private let folded: Set<String>

    /// - Parameter added: Words of the configuration, beside those that are known here.
    init(added: [String] = []) {
        var table = ByteTable(isCaseless: true)
        for word in Self.codes + added { table.insert(word, value: 1) }
        exact = tables.freeze(table)
        folded = added.isEmpty ? Self.known : Self.known.union(added.map { Self.folded($0) })
    }

    /// Whether the text stands for a hidden number; an empty one does, and one of zeros alone.
    func contains(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if unsafe exact.find(bytes) != nil { return true }
        var hasLetter = false
        var hasOther = false
        for index in 0..<bytes.count {
            let byte = unsafe bytes[index]
            if byte != UInt8(ascii: "0") { hasOther = true }
            if byte >= 0x80 || byte.isASCIILetter { hasLetter = true }
        }
        if !hasOther { return true }
        guard hasLetter, bytes.count <= Self.longest else { return false }
        return unsafe containsFolded(Self.folded(String(decoding: bytes, as: UTF8.self)))
    }

    /// "Unknown caller 2" is a name; a text without digits that begins or ends with a telling word is not.
    private func containsFolded(_ text: String) -> Bool {
        if folded.contains(text) { return true }
        let words = text.split(separator: " ")
        guard !text.contains(where: \.isNumber) else { return false }
        if words.contains(where: { word in Self.stems.contains { word.hasPrefix($0) } }) { return true }
        guard words.count > 1 else { return false }
        return Self.telling.contains(String(words[0])) || Self.telling.contains(String(words[words.count - 1]))
    }

    /// Longer texts are no words, in bytes.
    private static let longest = 120

    /// Small letters without accents, with one space for everything that is neither letter nor digit.
    private static func folded(_ text: String) -> String {
        var words: [String] = [""]
        for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .format: continue
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .spacingMark:
                words[words.count - 1].unicodeScalars.append(scalar)
            default:
                if words[words.count - 1] != "" { words.append("") }
            }
        }
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// What stands for a hidden number though it is no word. The numbers are words typed on a keypad, as one carrier
    /// sends them (ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE).
    private static let codes = [
        "-", "--", "\"\"", "n/a", "s", "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
    ]

    private static let known = Set(
        languages.flatMap { $0.split(whereSeparator: { $0 == "," || $0.isNewline }) }.map { folded(String($0)) }
            .filter { !$0.isEmpty })

    /// Words that tell it wherever they stand.
    private static let telling = Set(
        [
            "anonymous", "unknown", "withheld", "unidentified", "undisclosed", "anonym", "anonyme", "anonimo",
            "unbekannt", "unbekannter", "inconnu", "desconocido", "desconhecido", "sconosciuto", "nieznany",
            "скрыт", "скрытый", "неизвестный", "неизвестно", "анонимный", "прихований", "невідомий",
        ].map { folded($0) })

    /// How words begin that tell it in whatever form they stand: languages bend them.
    private static let stems = [
        "anonym", "anonim", "withheld", "undisclosed", "unidentified", "confidencial", "confidential", "неизвестн",
        "невідом",
        "скрыт", "скрыл", "прихов", "засекреч", "анонимн", "анонімн", "неопредел", "невизнач", "неопознан",
        "жасыр", "жашыр", "яшерен", "схаван", "unbekannt", "unterdruckt", "desconocid", "desconhecid", "sconosciut",
        "nieznan", "neznam", "nepoznat", "skryt", "utajen", "zastrzezon", "tersembunyi",
    ].map { folded($0) }

    /// By language; what is the same without accents stands once.
    private static let languages = [
        """
        anonymous, anonymous caller, unknown, unknown caller, unknown number, restricted, private, private caller,
        private number, caller id unavailable, withheld, number withheld, unavailable, number unavailable, id unavailable, not available,
        out of area, blocked, caller id blocked, hidden, hidden number, no number, no caller id, no callerid, no cid,
        no id, not provided, not disclosed, undisclosed, unidentified, unlisted, suppressed, clir, null, none, nobody,
        caller, asterisk, freeswitch, outbound call, payphone, coin line payphone, interaction with other service
        """,
        """
        скрыт, скрытый, скрытый номер, номер скрыт, скрыто, неизвестен, неизвестно, неизвестный, неизвестный номер,
        номер неизвестен, аноним, анонимно, анонимный, анонимный номер, анонимный звонок, номер не определен,
        не определен, не определён, неопределен, без номера, нет номера, засекречен, засекреченный номер, частный номер,
        номер недоступен, приватный номер
        """,
        "прихований, приховано, прихований номер, невідомий, невідомо, невідомий номер, анонім, анонімний, невизначено, не визначено, не визначений, номер не визначено",
        "схаваны, схаваны нумар, невядомы, невядомы нумар, ананімны",
        "жасырын, жасырын нөмір, белгісіз, белгісіз нөмір, yashirin, yashirin raqam, noma'lum, noma'lum raqam, жашырылган",
        """
        anonym, anonymer anrufer, unbekannt, unbekannter anrufer, unbekannte nummer, unterdrückt, nummer unterdrückt,
        rufnummer unterdrückt, unterdrückte nummer, privat, keine nummer, keine rufnummer, nicht verfügbar, gesperrt
        """,
        """
        anonyme, appel anonyme, inconnu, numéro inconnu, appelant inconnu, privé, numéro privé, appel privé, masqué,
        numéro masqué, appel masqué, caché, numéro caché, indisponible, non disponible, secret, confidentiel
        """,
        """
        anónimo, llamada anónima, desconocido, número desconocido, privado, número privado, oculto, número oculto,
        llamada oculta, no disponible, restringido, bloqueado, sin número, sin identificar, no identificado
        """,
        """
        anônimo, anônima, desconhecido, número desconhecido, não identificado, número não identificado, restrito,
        confidencial, indisponível, número oculto, oculto, privado
        """,
        """
        sconosciuto, numero sconosciuto, privato, numero privato, nascosto, numero nascosto, riservato,
        numero riservato, non disponibile, anonima
        """,
        """
        anonim, anonimowy, nieznany, numer nieznany, nieznany numer, zastrzeżony, numer zastrzeżony, prywatny,
        numer prywatny, ukryty, numer ukryty, niedostępny
        """,
        "anoniem, anoniem nummer, onbekend, onbekend nummer, verborgen, verborgen nummer, afgeschermd, privénummer",
        "gizli, gizli numara, numara gizli, bilinmeyen, bilinmeyen numara, bilinmiyor, özel, özel numara",
        "naməlum, naməlum nömrə, gizli nömrə, anonim, məxfi",
        "anonymní, neznámý, neznámé, neznámé číslo, skryté, skryté číslo, utajené, soukromé, soukromé číslo, neznáme, súkromné",
        "necunoscut, număr necunoscut, număr ascuns, ascuns, număr privat, privat, ismeretlen, ismeretlen szám, titkos, rejtett, névtelen",
        "скрит, скрит номер, непознат, непознат номер, неизвестен номер, nepoznat, nepoznat broj, skriven, skriven broj, sakriven, privatan",
        "nežinomas, nežinomas numeris, paslėptas, slaptas, nezināms, slēpts, anonīms, tundmatu, varjatud, salastatud, anonüümne",
        "anonyymi, tuntematon, tuntematon numero, salainen, salainen numero, piilotettu, okänd, okänt nummer, hemligt, hemligt nummer, dold, dolt nummer, skyddat, skyddat nummer",
        "ukendt, ukendt nummer, ukjent, ukjent nummer, skjult, skjult nummer, hemmeligt, hemmeligt nummer, hemmelig nummer",
        "άγνωστος, άγνωστο, άγνωστος αριθμός, ανώνυμος, απόκρυψη, απόρρητο, απόρρητος αριθμός, ιδιωτικός",
        "უცნობი, უცნობი ნომერი, დაფარული, დაფარული ნომერი, ანონიმური, անհայտ, անհայտ համար, թաքնված, գաղտնի, անանուն",
        "חסוי, מספר חסוי, לא ידוע, פרטי, מספר פרטי, לא מזוהה, אנונימי, חסום",
        "مجهول, رقم مجهول, خاص, رقم خاص, غير معروف, محجوب, رقم محجوب, مخفي, رقم مخفي",
        "ناشناس, شماره ناشناس, خصوصی, شماره خصوصی, مخفی, شماره مخفی, نامشخص, نامعلوم",
        "अज्ञात, अज्ञात नंबर, निजी, निजी नंबर",
        "匿名, 未知, 未知号码, 未知來電, 隐藏, 隐藏号码, 隱藏號碼, 私人号码, 私人號碼, 保密, 保密号码, 不明, 无号码, 未顯示號碼",
        "非通知, 非通知設定, 不明, 表示圏外, 通知不可能, 公衆電話, 番号非通知",
        "발신번호표시제한, 발신번호 표시제한, 발신자 표시제한, 익명, 비공개, 알 수 없음, 번호없음",
        "không xác định, số riêng tư, riêng tư, không rõ, ẩn danh, số ẩn, ไม่ทราบ, ไม่ทราบหมายเลข, หมายเลขส่วนตัว, ไม่แสดงหมายเลข",
        "tidak dikenal, tidak diketahui, nomor tidak dikenal, nomor pribadi, pribadi, tersembunyi, rahasia",
    ]
}
