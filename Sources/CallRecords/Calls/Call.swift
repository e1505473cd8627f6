// SPDX-License-Identifier: Apache-2.0

/// A point in time as a CDR file gives it: whole seconds in UTC, and the offset that the phone system's clock had.
///
/// The offset does not change the instant; it is kept so that the portal is sent the time as people saw it.
package struct CallTime: BitwiseCopyable, Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package var epochSeconds: Int64
    /// Seconds to add to UTC for the phone system's local time, from -64,800 to 64,800.
    package var offsetSeconds: Int32

    /// Creates a point in time; without an offset it is shown in UTC.
    package init(epochSeconds: Int64, offsetSeconds: Int32 = 0) {
        self.epochSeconds = epochSeconds
        self.offsetSeconds = offsetSeconds
    }

    /// The day that the phone system's clock showed, in days since 1970-01-01.
    package var localDay: Int64 {
        let local = epochSeconds + Int64(offsetSeconds)
        return local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    }

    /// Orders by instant; the offset only breaks ties, so that the order is total.
    package static func < (a: CallTime, b: CallTime) -> Bool {
        (a.epochSeconds, a.offsetSeconds) < (b.epochSeconds, b.offsetSeconds)
    }
}

/// What a call was, in the portal's terms (`TYPE` of `telephony.externalCall.register`).
package enum CallType: Int, Sendable, Hashable, CaseIterable {
    case outgoing = 1
    case incoming = 2
    case incomingRedirected = 3
    case callback = 4
    case informational = 5
}

/// The outcomes that the portal knows (`STATUS_CODE` of `telephony.externalCall.finish`).
package enum StatusCode: String, Sendable, Hashable, CaseIterable {
    case success = "200"
    case missed = "304"
    case paymentRequired = "402"
    case forbidden = "403"
    case notFound = "404"
    case blocked = "423"
    case temporarilyUnavailable = "480"
    case addressIncomplete = "484"
    case busy = "486"
    case unavailable = "503"
    case declined = "603"
    case cancelled = "603-S"
    case other = "OTHER"
}

/// What a person would call one call: everything that the portal is told about it, before the employee is looked up.
package struct Call: Sendable, Hashable {
    /// The stable identity, sent as `EXTERNAL_CALL_ID`: printable lower-case ASCII, 1 to 64 bytes.
    package let key: String
    /// Which way the call went.
    package let type: CallType
    /// When the call began: the start of its first leg.
    package let start: CallTime
    /// When the last leg ended; used for waiting, never sent.
    package let end: CallTime
    /// The client's number in E.164 with `+`, at most 20 characters.
    package let phoneNumber: String
    /// The extension of the employee who answered or called, or who was rung; `nil` where only a queue, an IVR or a
    /// trunk took part.
    package let employeeExtension: String?
    /// `LINE_NUMBER`, at most 50 bytes; `nil` where the trunk or DID has no line in the configuration.
    package let line: String?
    /// `CALL_LIST_ID`; `nil` where the record names no list.
    package let callListID: Int?
    /// Billable seconds, 0…86,400: how long the two parties talked.
    package let talk: Duration
    /// How the call ended.
    package let status: StatusCode
    /// `FAILED_REASON`: the phone system's own word for the outcome; valid UTF-8 without `$` and control characters,
    /// at most 255 characters.
    package let failedReason: String?
    /// What else the records tell.
    package let details: CallDetails

    /// Creates a call; what is left out is unknown.
    package init(
        key: String, type: CallType, start: CallTime, end: CallTime, phoneNumber: String,
        employeeExtension: String? = nil, line: String? = nil, callListID: Int? = nil, talk: Duration,
        status: StatusCode, failedReason: String? = nil, details: CallDetails = .none
    ) {
        self.key = key
        self.type = type
        self.start = start
        self.end = end
        self.phoneNumber = phoneNumber
        self.employeeExtension = employeeExtension
        self.line = line
        self.callListID = callListID
        self.talk = talk
        self.status = status
        self.failedReason = failedReason
        self.details = details
    }
    /// The same call under another key.
    ///
    /// - Parameter key: Printable lower-case ASCII, 1 to 64 bytes.
    package func renamed(_ key: String) -> Call {
        Call(
            key: key, type: type, start: start, end: end, phoneNumber: phoneNumber,
            employeeExtension: employeeExtension, line: line, callListID: callListID, talk: talk, status: status,
            failedReason: failedReason, details: details)
    }
}
