// SPDX-License-Identifier: Apache-2.0

// Unsafe: the head of a file is looked at through its bounds while its owner keeps it.

/// What the first kilobytes of a file say about its form.
package struct DialectDetection: Sendable, Hashable {
    /// The dialect that gives the most even records.
    package var dialect: Dialect
    /// How many fields most records have.
    package var fieldCount: Int
    /// The number of the record that names the columns, from 1, or nil if none does.
    ///
    /// It is more than 1 if other lines stand before it.
    package var headerRecord: Int?
    /// How many of the records looked at have ``fieldCount`` fields, from 0 to 1.
    package var evenness: Double

    /// Whether there is no reasonable doubt: several fields, in nearly all of at least two records.
    package var isCertain: Bool { fieldCount >= 3 && evenness >= 0.9 }

    /// How many bytes are looked at.
    package static let sampleLength = 1 << 16

    /// Looks at the decoded beginning of a file, at most ``sampleLength`` bytes of it.
    ///
    /// The delimiter is one of comma, semicolon, tab and vertical bar. Quotes are believed in unless they leave records
    /// broken that are whole without them, and backslashes only if they make records more even. A file that says
    /// nothing, such as an empty one, gives the default dialect with a field count of 0.
    package static func detect(in head: UnsafeRawBufferPointer) -> DialectDetection {
        let sample = unsafe UnsafeRawBufferPointer(rebasing: head.prefix(sampleLength))
        let lineEnd = unsafe lineEnd(of: sample)
        var best = unsafe DialectTrial(Dialect(lineEnd: lineEnd), sample)
        for delimiter in [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")] {
            let trial = unsafe DialectTrial(Dialect(delimiter: delimiter, lineEnd: lineEnd), sample)
            if trial.score > best.score { best = trial }
        }
        var variants: [Dialect] = []
        if unsafe sample.contains(UInt8(ascii: "\\")) { variants.append(best.dialect.with(escape: .backslash)) }
        if best.faultCount > 0 { variants.append(best.dialect.with(quote: nil)) }
        for variant in variants {
            let trial = unsafe DialectTrial(variant, sample)
            if trial.score > best.score * 1.05 { best = trial }
        }
        return DialectDetection(
            dialect: best.dialect, fieldCount: best.usualFieldCount, headerRecord: best.headerRecord,
            evenness: best.evenness)
    }

    /// Carriage returns end lines only where there are many and line feeds are few and elsewhere.
    static func lineEnd(of sample: UnsafeRawBufferPointer) -> Dialect.LineEnd {
        var feeds = 0
        var loneReturns = 0
        for unsafe(position, byte) in unsafe sample.enumerated() {
            if byte == DialectMarks.lineFeed { feeds += 1 }
            let isLast = position + 1 == sample.count
            if byte == DialectMarks.carriageReturn, unsafe isLast || sample[position + 1] != DialectMarks.lineFeed {
                loneReturns += 1
            }
        }
        return loneReturns > 4 * feeds ? .cr : .lf
    }
}

extension Dialect {
    func with(escape: Escape) -> Dialect {
        var changed = self
        changed.escape = escape
        return changed
    }

    func with(quote: UInt8?) -> Dialect {
        var changed = self
        changed.quote = quote
        return changed
    }
}
