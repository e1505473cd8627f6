// SPDX-License-Identifier: Apache-2.0

package import DelimitedText

// Unsafe: the head of a file is looked at in pieces within its bounds.

/// How well the beginning of a file fits one format.
package struct FormatCandidate: Sendable {
    /// The preset's name.
    package var name: String
    /// The preset's title.
    package var title: String
    /// How sure it is that the file is of this format, from 0 to 1.
    package var confidence: Double
    /// The dialect in which the file was read; differs from that of the preset in a file that was written anew.
    package var dialect: Dialect
    /// Records looked at, header and other rows without data left out.
    package var records: Int
    /// Records that look like those of the format.
    package var fitting: Int
    /// Of the header's columns, how many the format knows; `nil` where there is no header that it understands.
    package var header: (known: Int, total: Int)?
    /// Whether the format knows its columns by a header and the file has none that it understands.
    package var lacksHeader: Bool
    /// How many fields most records have.
    package var fieldCount: Int
    /// What the columns probably are where ``lacksHeader``; else empty.
    package var assumedColumns: [String]

    /// What speaks for the format, as sentences without full stops.
    package var evidence: [String] {
        var lines: [String] = []
        if let header { lines.append("the header has \(header.known) of \(header.total) columns that \(title) writes") }
        if records > 0 {
            lines.append(
                "\(fitting) of \(records) records of \(fieldCount) fields have its times, states and ids where it has them"
            )
        } else {
            lines.append("there is no record behind the header")
        }
        if lacksHeader { lines.append("the header is missing, or in words that are not known") }
        return lines
    }
}

/// What a file is, by its content alone.
package struct FormatRecognition: Sendable {
    /// All formats that anything speaks for, the best first.
    package var candidates: [FormatCandidate]
    /// What the file is where it has no call records, as a phrase such as "a quality report".
    package var otherKind: String?
    /// How the file separates fields, as far as it shows.
    package var detection: DialectDetection

    /// The format of the file; `nil` where none fits.
    package var best: FormatCandidate? {
        guard otherKind == nil, let first = candidates.first, first.confidence >= Self.threshold else { return nil }
        return first
    }

    /// A second format that fits nearly as well as the best.
    package var rival: FormatCandidate? {
        guard let best, candidates.count > 1, candidates[1].confidence > best.confidence - 0.08 else { return nil }
        return candidates[1]
    }

    private static let threshold = 0.5
    /// Presets whose records are those of another preset, in files of a certain form: the other one is found, with that form.
    static let twins: Set<String> = ["freepbx_database"]
    /// The presets that files are compared with.
    private static let known: [FormatDefinition] = FormatDefinition.presetNames.filter { !twins.contains($0) }
        // A preset that cannot be read fails the tests; here it only recognises nothing.
        .compactMap { try? FormatDefinition.preset($0) }
    private static let mostRecords = 500
    /// A header of fewer columns may be that of anything.
    private static let leastTellingHeader = 8
    /// After so many records without one that fits, a format is given up.
    private static let patience = 64

    /// Looks at the decoded beginning of a file.
    ///
    /// - Parameters:
    ///   - head: The bytes, without a byte order mark.
    ///   - isWhole: Whether the file ends there; else the last record may be cut off and is left out.
    package static func recognise(_ head: [UInt8], isWhole: Bool) -> FormatRecognition {
        let detection = unsafe head.withUnsafeBytes { unsafe DialectDetection.detect(in: $0) }
        var recognition = FormatRecognition(
            candidates: [], otherKind: NotCalls.kind(ofRaw: head), detection: detection)
        guard recognition.otherKind == nil else { return recognition }
        for format in known {
            var best: FormatCandidate?
            var dialects = [format.dialect]
            if detection.fieldCount >= 3, !detection.dialect.reads(like: format.dialect) {
                dialects.append(detection.dialect)
            }
            for dialect in dialects {
                guard let found = candidate(format, dialect, head, isWhole: isWhole) else { continue }
                if found.confidence > (best?.confidence ?? 0) + 0.01 { best = found }
            }
            if let best { recognition.candidates.append(best) }
        }
        recognition.candidates.sort { ($0.confidence, $1.name) > ($1.confidence, $0.name) }
        if recognition.best == nil {
            recognition.otherKind = NotCalls.kind(of: head, dialect: detection.dialect)
        }
        return recognition
    }

    private static func candidate(
        _ format: FormatDefinition, _ dialect: Dialect, _ head: [UInt8], isWhole: Bool
    ) -> FormatCandidate? {
        guard let recogniser = RecordRecogniser(format) else { return nil }
        let trial = Trial(recogniser)
        head.read(dialect, isWhole: isWhole) { trial.take($0) }
        return trial.candidate(format, dialect)
    }

    /// The records of one reading, counted by their look.
    private final class Trial {
        private var recogniser: RecordRecogniser
        private var records = 0
        private var fitting = 0
        private var header: (known: Int, total: Int)?
        /// Rows without data that have as many fields as a record.
        private var headRows = 0
        private var counts: [Int: Int] = [:]

        init(_ recogniser: RecordRecogniser) { self.recogniser = recogniser }

        func take(_ record: borrowing Record) -> Bool {
            if record.isSeparatorLine { return true }
            switch recogniser.look(at: record) {
            case .header(let known, let total):
                // What stands before the header is a preamble.
                if header == nil { (records, fitting, counts) = (0, 0, [:]) }
                header = (known, total)
            case .notData(let fits):
                if fits { headRows += 1 }
            case .fits:
                fitting += 1
                fallthrough
            case .differs, .wrongCount:
                records += 1
                counts[record.fieldCount, default: 0] += 1
            }
            return records < mostRecords && !(records >= patience && fitting == 0 && header == nil)
        }

        func candidate(_ format: FormatDefinition, _ dialect: Dialect) -> FormatCandidate? {
            let lacksHeader = header == nil && format.form.header == .required
            let known = header.map { Double($0.known) / Double(max($0.total, 1)) }
            var confidence: Double
            if records == 0 {
                confidence = headRows > 0 ? 0.6 : 0.6 * (known ?? 0)
            } else {
                let share = Double(fitting) / Double(records)
                confidence = known.map { 0.7 * share + 0.3 * $0 * $0 * min(1, 2 * share) } ?? share
                if lacksHeader { confidence *= 0.75 }
                // One record alone may look like anything.
                confidence *= Double(records) / (Double(records) + 0.15)
                // All the names of its columns say what a file is, even where its values are written in an odd way.
                if let known, let header, header.total >= leastTellingHeader {
                    confidence = max(confidence, 0.55 * known * known)
                }
            }
            guard confidence > 0.05 else { return nil }
            let usual = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 0
            return FormatCandidate(
                name: format.name, title: format.title, confidence: confidence, dialect: dialect, records: records,
                fitting: fitting, header: header, lacksHeader: lacksHeader, fieldCount: usual,
                assumedColumns: lacksHeader ? Array(format.form.layouts[0].columns.prefix(usual)) : [])
        }
    }
}

extension Dialect {
    /// Whether two dialects differ only in what few files show.
    fileprivate func reads(like other: Dialect) -> Bool {
        delimiter == other.delimiter && quote == other.quote && lineEnd == other.lineEnd && escape == other.escape
    }
}

extension [UInt8] {
    /// Reads the records of a text until `body` has seen enough.
    func read(_ dialect: Dialect, isWhole: Bool, _ body: (borrowing Record) throws -> Bool) rethrows {
        var scanner = RecordScanner(dialect: dialect)
        var goesOn = true
        try unsafe withUnsafeBytes { all in
            // In pieces, so that what is not wanted is not scanned.
            var start = 0
            while start < all.count, goesOn {
                let end = Swift.min(start + 16_384, all.count)
                try unsafe scanner.scan(UnsafeRawBufferPointer(rebasing: all[start..<end])) { record in
                    if goesOn { goesOn = try body(record) }
                }
                start = end
            }
        }
        guard isWhole, goesOn else { return }
        try scanner.finish { record in
            if goesOn { goesOn = try body(record) }
        }
    }
}
