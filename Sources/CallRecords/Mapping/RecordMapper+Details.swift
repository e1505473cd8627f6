// SPDX-License-Identifier: Apache-2.0

// Unsafe: a text is looked at while the arena keeps it; nothing is appended meanwhile.

extension RecordMapper {
    /// How the portal's CALL_ID begins.
    private static let portalMark: StaticString = "externalCall."
    /// `externalCall.`, 32 digits, a point and the time of registration, with room to spare.
    private static let longestPortalID = 80
    /// The longest CRM_SOURCE and the longest currency, in bytes; the portal keeps 50 characters of either.
    private static let longestName = 50

    /// The details of the record at hand.
    mutating func details(of direction: LegDirection) -> CallDetails {
        let portalCallID = portalCallID()
        let isRedirected =
            direction == .incoming && format.rules.details.redirected.map { machine.isRedirected($0) } ?? false
        // Nearly every record has none.
        if portalCallID == nil, !isRedirected, format.rules.details.texts.isEmpty { return .none }
        var values = CallDetails.Values()
        values.portalCallID = portalCallID
        values.isRedirected = isRedirected
        values.createsEntity = creation()
        if let source = detail(.crmSource) {
            if source.utf8.count <= Self.longestName { values.source = source } else { leaveOut(.crmSource) }
        }
        values.entity = entity()
        values.cost = cost()
        if let text = detail(.vote) {
            if let vote = Int(text), (0...5).contains(vote) {
                values.vote = vote == 0 ? nil : vote
            } else {
                leaveOut(.vote)
            }
        }
        return values.isEmpty ? .none : CallDetails(values)
    }

    /// The call list whose number stands in the record.
    mutating func numberedCallList() -> Int? {
        guard let rule = format.rules.details.callListID else { return nil }
        let slice = machine.text(decided: rule)
        guard let text = machine.arena.contents.name(slice), text != "0" else { return nil }
        if let id = Int32(text), id > 0 { return Int(id) }
        corrections.leftOut["CALL_LIST_ID", default: 0] += 1
        return nil
    }

    /// The portal's CALL_ID, where it registered the call itself.
    private mutating func portalCallID() -> String? {
        for index in format.rules.details.portalIDs.indices {
            let slice = machine.text(decided: format.rules.details.portalIDs[index])
            guard slice.count > Self.portalMark.utf8CodeUnitCount, slice.count <= Self.longestPortalID,
                unsafe machine.arena.bytes(of: slice).starts(
                    with: UnsafeBufferPointer(
                        start: Self.portalMark.utf8Start, count: Self.portalMark.utf8CodeUnitCount))
            else { continue }
            if let id = machine.arena.contents.name(slice), id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return id }
        }
        return nil
    }

    private mutating func creation() -> Bool? {
        guard let word = detail(.crmCreate)?.lowercased() else { return nil }
        switch word {
        case "1", "yes", "y", "true", "on": return true
        case "0", "no", "n", "false", "off": return false
        default:
            leaveOut(.crmCreate)
            return nil
        }
    }

    private mutating func entity() -> CRMReference? {
        guard let type = detail(.crmEntityType), let id = detail(.crmEntityID) else { return nil }
        guard let kind = CRMReference.Kind(rawValue: type.uppercased()) else {
            leaveOut(.crmEntityType)
            return nil
        }
        guard let number = Int32(id), number > 0 else {
            leaveOut(.crmEntityID)
            return nil
        }
        return CRMReference(kind, Int(number))
    }

    private mutating func cost() -> CallPrice? {
        guard let text = detail(.cost) else { return nil }
        guard let amount = CallPrice.amount(text) else {
            leaveOut(.cost)
            return nil
        }
        guard amount > 0 else { return nil }
        guard let currency = detail(.costCurrency) ?? currency, currency.utf8.count <= Self.longestName else {
            leaveOut(.costCurrency)
            return nil
        }
        return CallPrice(tenThousandths: amount, currency: currency)
    }

    /// A text without spaces around it; nil for an empty one.
    private mutating func detail(_ parameter: DetailRules.Parameter) -> String? {
        guard let rule = format.rules.details[parameter] else { return nil }
        let slice = machine.text(decided: rule)
        return machine.arena.contents.name(machine.arena.contents.trimmed(slice))
    }

    /// Counts a detail that the record has and that cannot be sent.
    private mutating func leaveOut(_ parameter: DetailRules.Parameter) {
        corrections.leftOut[parameter.portalName, default: 0] += 1
    }
}
