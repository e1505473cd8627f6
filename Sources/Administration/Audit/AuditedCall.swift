// SPDX-License-Identifier: Apache-2.0

import Matching

/// A recorded call as it is compared; small, since all of them are in memory.
struct AuditedCall {
    /// The client's number.
    let number: String
    /// When it began, in seconds since 1970.
    let start: Int64
    /// Its row in the store that the files were read into.
    let id: Int64
    /// A hash of its key.
    let keyHash: UInt64
    /// Seconds of talk; -1 when they are not known.
    let talk: Int32
    /// The USER_ID that it belongs to; 0 when that is not known.
    let user: Int32
    /// The type of the call, 1 to 5.
    let type: UInt8
    /// Whether it was answered.
    let wasAnswered: Bool

    init(_ trace: CallTrace, id: Int64, keyHash: UInt64, user: Int, wasAnswered: Bool) {
        number = trace.number
        start = trace.start
        self.id = id
        self.keyHash = keyHash
        talk = trace.talk.map { Int32(clamping: $0) } ?? -1
        self.user = Int32(clamping: user)
        type = UInt8(clamping: trace.type)
        self.wasAnswered = wasAnswered
    }

    /// What is compared by the matching.
    var trace: CallTrace {
        CallTrace(number: number, type: Int(type), start: start, talk: talk < 0 ? nil : Int64(talk))
    }
}

/// A row of the portal as it is compared; small, since all of them are in memory.
struct AuditedRow {
    /// What stands for the hash where a row has no key.
    static let noKey: UInt64 = 0

    /// The client's number, spelt as calls spell it.
    let number: String
    /// When it began, in seconds since 1970.
    let start: Int64
    /// The ID of the row.
    let id: Int64
    /// A hash of its EXTERNAL_CALL_ID; ``noKey`` without one.
    let keyHash: UInt64
    /// Seconds of talk; -1 when they are not known.
    let talk: Int32
    /// The USER_ID that it belongs to.
    let user: Int32
    /// The place of its application in a list.
    let application: Int32
    /// The type of the call, 1 to 5.
    let type: UInt8
    /// Whether it was answered.
    let wasAnswered: Bool

    init(_ trace: CallTrace, id: Int64, keyHash: UInt64, user: Int, wasAnswered: Bool, application: Int32) {
        number = trace.number
        start = trace.start
        self.id = id
        self.keyHash = keyHash
        talk = trace.talk.map { Int32(clamping: $0) } ?? -1
        self.user = Int32(clamping: user)
        self.application = application
        type = UInt8(clamping: trace.type)
        self.wasAnswered = wasAnswered
    }

    /// What is compared by the matching.
    var trace: CallTrace {
        CallTrace(number: number, type: Int(type), start: start, talk: talk < 0 ? nil : Int64(talk))
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
