// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Synchronization

/// A mapper of a source's records that one thread after the other uses, for one file after the other.
///
/// Making one compiles the rules, which takes as long as 500 records: with half a million small files that would be most of
/// the first night.
final class MappingWorker: Sendable {
    private struct State {
        /// Has seen no record.
        let fresh: RecordMapper
        /// Maps the records of the file at hand.
        var mapper: BatchMapper?
    }

    private let state: Mutex<State>

    /// - Throws: `SettingsFault` when the context does not fit the format.
    init(format: FormatDefinition, context: MappingContext) throws {
        state = Mutex(State(fresh: try RecordMapper(format: format, context: context)))
    }

    /// Begins a file; nothing is known of the one before.
    ///
    /// - Parameters:
    ///   - assembler: Says how legs are folded; it keeps nothing of them.
    ///   - path: The file, for rejected records.
    ///   - encoding: How the file writes its characters, for rejected records.
    ///   - rejects: Finds rejected records whose place those of the file take; `nil` where there are none.
    func begin(
        assembler: CallAssembler, path: String, encoding: TextEncoding, rejects: RejectMatching?
    ) {
        state.withLock { state in
            state.mapper = BatchMapper(
                mapper: state.fresh, assembler: assembler, path: path, encoding: encoding, rejects: rejects)
        }
    }

    /// Maps records of the file that was begun.
    func map(_ work: RecordWork) -> MappedBatch {
        state.withLock { state in
            guard var mapped = state.mapper?.map(work.records) else {
                preconditionFailure("records are mapped before their file is begun")
            }
            mapped.file = work.file
            mapped.isLast = work.isLast
            return mapped
        }
    }

    /// Shows `body` a mapper that has seen no record.
    func withFreshMapper(_ body: (RecordMapper) throws -> Void) rethrows {
        try state.withLock { try body($0.fresh) }
    }
}

/// The mappers of a source, each made when it is first needed.
struct MappingWorkers {
    private let format: FormatDefinition
    private let context: MappingContext
    private var made: [MappingWorker] = []

    /// - Parameter context: What the configuration says about the source's records.
    init(format: FormatDefinition, context: MappingContext) {
        self.format = format
        self.context = context
    }

    /// The mapper of all files that need only one.
    ///
    /// - Throws: `SettingsFault` when the context does not fit the format.
    mutating func first() throws -> MappingWorker { try workers(1)[0] }

    /// So many mappers.
    ///
    /// - Throws: `SettingsFault` when the context does not fit the format.
    mutating func workers(_ count: Int) throws -> ArraySlice<MappingWorker> {
        while made.count < count { made.append(try MappingWorker(format: format, context: context)) }
        return made.prefix(count)
    }
}
