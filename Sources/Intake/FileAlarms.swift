// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Phrases
import Reporting

/// What is suspicious about what a file brought: calls are probably missing.
struct FileAlarms {
    let path: String
    /// What became of the file's records in this run.
    let fates: Summary.Records
    /// Whether the file was read from its beginning.
    let isWhole: Bool
    let format: FormatDefinition
    /// Whether the file may be empty: a live log that was rotated just now.
    let isExpectedEmpty: Bool

    /// So many records of which none became a call are no accident.
    private static let manyRecords = 100

    /// The reason with which formats skip records that tell of something else.
    private static let notACall = "notACall"

    /// One sentence for each alarm, without a full stop.
    var sentences: [Phrase] {
        var sentences: [Phrase] = []
        if isWhole, fates.read == 0, !isExpectedEmpty {
            sentences.append(
                Phrase("\(path) has no records; check that the phone system writes its calls to it"))
        }
        if isWhole, format.isProbablyCut(records: fates.read) {
            sentences.append(
                Phrase(
                    """
                    \(path) has exactly \(fates.read, .record), the limit of such an export: calls are probably missing; \
                    export a shorter time, or with a higher limit
                    """))
        }
        // What began before not_before was left out on purpose.
        let judged = fates.read - fates.skipped[SkipReason.tooOld.rawValue, default: 0]
        let accepted = fates.calls + fates.merged + fates.waiting + fates.late + fates.duplicates
        // An export of a quiet day may have no client; one whose records are no calls at all is another kind of file.
        let isOtherKind = isWhole && judged > 0 && fates.skipped[Self.notACall] == judged
        if accepted == 0, judged >= Self.manyRecords || isOtherKind {
            sentences.append(
                Phrase(
                    """
                    none of \(judged, .ofRecord) of \(path) became a call; check format: and numbers:, and see which rule \
                    decides: cdr24 preview \(path)
                    """))
        }
        return sentences
    }
}
