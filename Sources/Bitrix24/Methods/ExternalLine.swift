// SPDX-License-Identifier: Apache-2.0

/// A line of the portal.
package struct ExternalLine: Sendable, Hashable {
    /// The LINE_NUMBER as the portal spells it.
    package var number: String
    /// The name that people see; empty when there is none.
    package var name: String
    /// Whether the portal makes leads of unknown clients who call on it; `nil` when the portal does not say.
    package var createsCRM: Bool?

    package init(number: String, name: String = "", createsCRM: Bool? = nil) {
        self.number = number
        self.name = name
        self.createsCRM = createsCRM
    }

    /// What two spellings of one line have in common: the portal ignores spaces around a number and the case of letters.
    package static func identity(_ number: String) -> String {
        var text = Substring(number).drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text.lowercased()
    }
}

/// `telephony.externalLine.get`: the lines that the portal knows; also a harmless probe of rights.
package struct LinesReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "telephony.externalLine.get"
    /// The lines of this application, or those that all webhooks share.
    package var lines: [ExternalLine]

    package init(_ lines: [ExternalLine]) { self.lines = lines }

    /// - Throws: ``UnreadableResult`` when the result is no list.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let elements = result.elements else { throw .init(field: "list of lines") }
        lines = elements.compactMap { element in
            element["NUMBER"]?.text.map { number in
                ExternalLine(
                    number: number, name: element["NAME"]?.text ?? "",
                    createsCRM: element["CRM_AUTO_CREATE"]?.text.map { $0 == "Y" })
            }
        }
    }

    /// The LINE_NUMBERs as the portal spells them.
    package var numbers: [String] { lines.map(\.number) }

    /// Those of some LINE_NUMBERs that the portal does not know, sorted.
    package func unknown(among numbers: some Sequence<String>) -> [String] {
        let known = Set(lines.map { ExternalLine.identity($0.number) })
        return Set(numbers).filter { !known.contains(ExternalLine.identity($0)) }.sorted()
    }

    /// The command, which takes no parameters.
    package static func command(key: String = "lines") -> Command { Command(key: key, method: method) }
}

/// `telephony.externalLine.add`: makes a line with a name, which the portal would otherwise make without one.
package enum AddLine {
    /// The method's name.
    package static let method = "telephony.externalLine.add"

    /// The command; `CRM_AUTO_CREATE` is always in it, since the portal's default is on.
    package static func command(_ line: ExternalLine, key: String = "line") -> Command {
        Command(
            key: key, method: method,
            parameters: [
                Parameter("NUMBER", .text(line.number)), Parameter("NAME", .text(line.name)),
                Parameter("CRM_AUTO_CREATE", .text(line.createsCRM == true ? "Y" : "N")),
            ])
    }

    /// Whether an error means that the line is there already.
    package static func isThere(_ error: PortalError) -> Bool {
        error.text.lowercased().hasPrefix("line already exists")
    }
}
