// SPDX-License-Identifier: Apache-2.0

import Matching

/// A recorded call as it is compared; small, since all of them are in memory.
struct AuditedCall {
    /// The client's number, as ``AuditNumbers`` packs it.
    let number: UInt64
    /// A hash of its key.
    let keyHash: UInt64
    private let storeRow: Int32
    private let startSeconds: UInt32
    /// The USER_ID that it belongs to; 0 when that is not known.
    let user: Int32
    private let outcome: AuditedOutcome

    init(_ trace: CallTrace, number: UInt64, id: Int64, keyHash: UInt64, user: Int, wasAnswered: Bool) {
        self.number = number
        self.keyHash = keyHash
        storeRow = Int32(clamping: id)
        startSeconds = UInt32(clamping: trace.start)
        self.user = Int32(clamping: user)
        outcome = AuditedOutcome(talk: trace.talk, type: trace.type, wasAnswered: wasAnswered)
    }

    /// Its row in the store that the files were read into.
    var id: Int64 { Int64(storeRow) }
    /// When it began, in seconds since 1970.
    var start: Int64 { Int64(startSeconds) }
    /// Seconds of talk; `nil` when they are not known.
    var talk: Int64? { outcome.talk }
    /// The type of the call, 1 to 5.
    var type: Int { outcome.type }
    /// Whether it was answered.
    var wasAnswered: Bool { outcome.wasAnswered }
    /// What is compared by the matching.
    var trace: CallTrace { CallTrace(packedNumber: number, type: type, start: start, talk: talk) }
}

/// A row of the portal as it is compared; small, since all of them are in memory.
struct AuditedRow {
    /// What stands for the hash where a row has no key.
    static let noKey: UInt64 = 0

    /// The client's number, spelt as calls spell it, and as ``AuditNumbers`` packs it.
    let number: UInt64
    /// The ID of the row.
    let id: Int64
    /// A hash of its EXTERNAL_CALL_ID; ``noKey`` without one.
    let keyHash: UInt64
    private let startSeconds: UInt32
    /// The USER_ID that it belongs to.
    let user: Int32
    /// The place of its application in a list.
    let application: Int32
    private let outcome: AuditedOutcome

    init(
        _ trace: CallTrace, number: UInt64, id: Int64, keyHash: UInt64, user: Int, wasAnswered: Bool, application: Int32
    ) {
        self.number = number
        self.id = id
        self.keyHash = keyHash
        startSeconds = UInt32(clamping: trace.start)
        self.user = Int32(clamping: user)
        self.application = application
        outcome = AuditedOutcome(talk: trace.talk, type: trace.type, wasAnswered: wasAnswered)
    }

    /// When it began, in seconds since 1970.
    var start: Int64 { Int64(startSeconds) }
    /// Seconds of talk; `nil` when they are not known.
    var talk: Int64? { outcome.talk }
    /// The type of the call, 1 to 5.
    var type: Int { outcome.type }
    /// Whether it was answered.
    var wasAnswered: Bool { outcome.wasAnswered }
    /// What is compared by the matching.
    var trace: CallTrace { CallTrace(packedNumber: number, type: type, start: start, talk: talk) }
}

/// Seconds of talk, the type and the answer of a call in one word.
private struct AuditedOutcome {
    /// Four years; what stands for a time that is not known.
    private static let unknownTalk: UInt32 = 1 << 27 - 1

    private let word: UInt32

    init(talk: Int64?, type: Int, wasAnswered: Bool) {
        let seconds = talk.map { UInt32(min(max(0, $0), Int64(Self.unknownTalk) - 1)) } ?? Self.unknownTalk
        word = seconds | UInt32(min(max(0, type), 7)) << 27 | (wasAnswered ? 1 << 30 : 0)
    }

    var talk: Int64? { word & Self.unknownTalk == Self.unknownTalk ? nil : Int64(word & Self.unknownTalk) }
    var type: Int { Int(word >> 27 & 7) }
    var wasAnswered: Bool { word >> 30 == 1 }
}

extension CallTrace {
    fileprivate init(packedNumber: UInt64, type: Int, start: Int64, talk: Int64?) {
        // The matching only has to tell numbers apart; so short a text lies in the trace itself.
        self.init(number: String(packedNumber, radix: 36), type: type, start: start, talk: talk)
    }
}

/// Whom calls may belong to.
struct AuditExpectations {
    /// USER_ID that takes the place of a dismissed employee; `nil`: none.
    let substitute: Int?

    /// Whether a row belongs to somebody else than its call.
    func isOther(_ user: Int32, than expected: Int32) -> Bool {
        expected != 0 && user != expected && Int(user) != substitute
    }
}
