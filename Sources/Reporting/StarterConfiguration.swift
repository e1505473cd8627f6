// SPDX-License-Identifier: Apache-2.0

/// A configuration to begin with, made from what one file shows: what `cdr24 init` writes.
package struct StarterConfiguration: Sendable {
    /// The file, as the configuration should name it.
    package var file: String
    /// The format's name, as `format:` takes it.
    package var formatName: String
    /// The phone system that writes the format, for people.
    package var formatTitle: String
    /// How sure the format is, from 0 to 1.
    package var confidence: Double
    /// What speaks for the format and what was seen, one sentence each without a full stop.
    package var evidence: [String]
    /// What a person should look at before anything else, one sentence each without a full stop.
    package var warnings: [String]
    /// Lines of `file:` where the file differs from the format; empty where it does not.
    package var fileOverrides: [String]
    /// The zone, and a remark; `nil` where the times carry their zone.
    package var timeZone: (name: String?, remark: String)?
    /// The day of the oldest record, `YYYY-MM-DD`, and a remark.
    package var notBefore: (day: String, remark: String)?
    /// The region whose numbers these seem to be, as two letters, and a remark; no region where the numbers fit none.
    package var region: (code: String?, remark: String)
    /// A regular expression that fits the extensions; `nil` where none was seen.
    package var internalPattern: String?
    /// Where extensions are full numbers: the pattern whose first group is the inner number.
    package var innerPattern: String?
    /// Extensions and their records, the most frequent first.
    package var extensions: [(name: String, count: Int)]
    /// Trunks and called numbers and their records, the most frequent first.
    package var lines: [(name: String, count: Int)]

    /// A configuration; see the properties.
    package init(
        file: String, formatName: String, formatTitle: String, confidence: Double, evidence: [String],
        warnings: [String] = [], fileOverrides: [String] = [], timeZone: (name: String?, remark: String)? = nil,
        notBefore: (day: String, remark: String)? = nil, region: (code: String?, remark: String),
        internalPattern: String? = nil, innerPattern: String? = nil, extensions: [(name: String, count: Int)] = [],
        lines: [(name: String, count: Int)] = []
    ) {
        self.file = file
        self.formatName = formatName
        self.formatTitle = formatTitle
        self.confidence = confidence
        self.evidence = evidence
        self.warnings = warnings
        self.fileOverrides = fileOverrides
        self.timeZone = timeZone
        self.notBefore = notBefore
        self.region = region
        self.internalPattern = internalPattern
        self.innerPattern = innerPattern
        self.extensions = extensions
        self.lines = lines
    }

    /// The format and how sure it is, in one line without a full stop.
    package var finding: String {
        "\(formatTitle) (format: \(formatName)), confidence \(Int((confidence * 100).rounded())) %"
    }

    /// How many extensions and lines are listed at most.
    private static let mostNames = 100

    /// The configuration as YAML, which the program accepts as it stands; ends with a line break.
    package var yaml: String {
        var text = "# Created by cdr24 init from \(Self.comment(file)):\n# \(Self.comment(finding))\n"
        for line in evidence { text += "#   - \(Self.comment(line))\n" }
        for line in warnings { text += "# CHECK: \(Self.comment(line))\n" }
        text += """

            portal:
              # Address of the portal's inbound webhook, or: webhook_url: { file: /etc/cdr24/webhook }
              webhook_url: ${BITRIX24_WEBHOOK_URL}
            ledger: cdr24.sqlite

            sources:
              - files: [\(Self.quoted(file))]

            """
        text += source + numbers + users + lineList
        return text + "\n# Next: cdr24 preview FILE, cdr24 check, cdr24 import --dry-run\n"
    }

    private var source: String {
        var text = ""
        if fileOverrides.isEmpty {
            text += "    format: \(formatName)\n"
        } else {
            text += "    # The file differs from the usual form of \(formatTitle).\n"
            text += "    format:\n      extends: \(formatName)\n      file:\n"
            for line in fileOverrides { text += "        \(line)\n" }
        }
        if let timeZone {
            text += "    # \(Self.comment(timeZone.remark))\n"
            text +=
                timeZone.name.map { "    time_zone: \($0.contains(":") ? Self.quoted($0) : $0)\n" }
                ?? "    # time_zone: Europe/Moscow\n"
        }
        text += "    # Identifies this phone system in the ID of every call: do not change it after the first import.\n"
        text += "    key_prefix: pbx1\n"
        if let notBefore {
            text += "    # \(Self.comment(notBefore.remark))\n    not_before: \(notBefore.day)\n"
        }
        return text
    }

    private var numbers: String {
        var text = "\nnumbers:\n  # \(Self.comment(region.remark))\n"
        text += region.code.map { "  region: \($0)\n" } ?? "  # region: RU\n"
        if let internalPattern {
            text += "  # Pattern of the extensions seen; it should not match queues and menus.\n"
            text += "  internal: '\(internalPattern)'\n"
        } else {
            text += "  # Pattern of an extension (none was seen in the file).\n  internal: '^\\d{2,4}$'\n"
        }
        return text
    }

    private var users: String {
        var text = """

            # Users by extension. The portal looks up an extension without an entry by the inner number of its users.
            # Without a default user, unanswered calls of queues and menus are held.
            # users:
            #   default: 1
            #   extensions:

            """
        if let innerPattern {
            text +=
                "#     # Full numbers belong to the user with this inner number, unless they have an entry of their own.\n"
            text += "#     '\(innerPattern)': { extension: '$1' }\n"
        }
        for (name, count) in extensions.prefix(Self.mostNames) {
            text += "#     \(Self.quoted(name)): 0      # USER_ID; \(counted(count, "record"))\n"
        }
        return text + Self.more(extensions.count)
    }

    private var lineList: String {
        guard !lines.isEmpty else { return "\n# No trunks or called numbers were found in the file.\n" }
        var text =
            "\n# Trunk or called number -> LINE_NUMBER, as shown in the telephony settings of the portal.\n# lines:\n"
        for (name, count) in lines.prefix(Self.mostNames) {
            text += "#   \(Self.quoted(name)): \"\"      # \(counted(count, "record"))\n"
        }
        return text + Self.more(lines.count)
    }

    private static func more(_ count: Int) -> String {
        count > mostNames ? "#     … and \(grouped(count - mostNames)) more\n" : ""
    }

    /// A text that stays in its comment.
    private static func comment(_ text: String) -> String {
        String(text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? "?" : $0 })
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20: result += "?"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
