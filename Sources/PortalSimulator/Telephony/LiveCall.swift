// SPDX-License-Identifier: Apache-2.0

/// A registered call that has not been finished.
struct LiveCall: Sendable, Codable, Equatable {
    var callID: String
    var userID: Int
    var phone: String
    var type: Int
    /// When the call began, in seconds since 1970; the duplicate rule and the cleaner look at it.
    var start: Double
    var registeredAt: Double
    var line: String?
    var externalID: String?
    var applicationID: String?
    var applicationName: String?
    /// What `register` was given and the portal forgets.
    var callListID: String?
    /// The switches that `register` was given, as texts; what they did is not visible in the call itself.
    var switches: [String: String]?
    var primary: CRMReference?
    var bindings: [CRMReference] = []
    /// Entities that `register` created, whose responsible person `finish` sets.
    var created: [CRMReference] = []
    /// Users who see the call's card now.
    var cardShownTo: [Int] = []

    /// `externalCall.` + 32 hexadecimal digits + `.` + the time of registration.
    static func newID(at now: Double) -> String {
        var hex = ""
        for _ in 0..<2 {
            let part = String(UInt64.random(in: .min ... .max), radix: 16)
            hex += String(repeating: "0", count: 16 - part.count) + part
        }
        return "externalCall.\(hex).\(Int(now))"
    }
}

/// What the duplicate rule always compares.
struct LookAlikeKey: Hashable {
    var applicationID: String?
    var userID: Int
    var phone: String
    var type: Int

    init(_ call: LiveCall) {
        applicationID = call.applicationID
        userID = call.userID
        phone = call.phone.collated
        type = call.type
    }
}

/// All live calls, found by CALL_ID and by what the duplicate rule compares.
struct LiveCalls {
    private(set) var byID: [String: LiveCall] = [:]
    private var lookAlikes: [LookAlikeKey: [String]] = [:]

    var count: Int { byID.count }

    subscript(callID: String) -> LiveCall? { byID[callID] }

    mutating func put(_ call: LiveCall) {
        if byID.updateValue(call, forKey: call.callID) == nil {
            lookAlikes[LookAlikeKey(call), default: []].append(call.callID)
        }
    }

    @discardableResult
    mutating func remove(_ callID: String) -> LiveCall? {
        guard let call = byID.removeValue(forKey: callID) else { return nil }
        let key = LookAlikeKey(call)
        lookAlikes[key]?.removeAll { $0 == callID }
        if lookAlikes[key]?.isEmpty == true { lookAlikes[key] = nil }
        return call
    }

    /// The oldest live call that a new one would be taken for.
    func twin(of call: LiveCall, where isRecent: (LiveCall) -> Bool) -> LiveCall? {
        for id in lookAlikes[LookAlikeKey(call)] ?? [] {
            guard let candidate = byID[id], isRecent(candidate), candidate.isTwin(of: call) else { continue }
            return candidate
        }
        return nil
    }
}

extension LiveCall {
    /// Whether line and external id, as far as the new call names them, are the same; what it leaves out matches anything.
    func isTwin(of new: LiveCall) -> Bool {
        (new.line == nil || new.line?.collated == line?.collated)
            && (new.externalID == nil || new.externalID?.collated == externalID?.collated)
    }
}
