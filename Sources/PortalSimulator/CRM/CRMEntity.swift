// SPDX-License-Identifier: Apache-2.0

/// Points at one entity of the CRM.
struct CRMReference: Sendable, Codable, Hashable {
    /// The kinds of entity that a call can belong to.
    enum Kind: String, Sendable, Codable {
        case contact = "CONTACT"
        case company = "COMPANY"
        case lead = "LEAD"
        case deal = "DEAL"
    }

    var type: Kind
    var id: Int
}

/// A client, lead or deal.
struct CRMEntity: Sendable, Codable, Equatable {
    var reference: CRMReference
    var name: String
    var phones: [String] = []
    var responsible: Int
    /// An open lead or deal stops repeat leads.
    var isOpen = true
    var source: String?
    /// The call that created it, if a call did.
    var createdByCall: String?
}

/// A CRM activity that `finish` wrote.
struct Activity: Sendable, Codable, Equatable {
    var id: Int
    var callID: String
    var owner: CRMReference
    var responsible: Int
    var start: Double
    var end: Double
    /// 1 incoming, 2 outgoing.
    var direction: Int
    var completed: Bool
    var subject: String
    var vote: Int
}

/// A call that counts as missed until somebody calls back.
struct MissedCall: Sendable, Codable, Equatable {
    var statisticsID: Int
    var phone: String
    var start: Double
    var closedBy: Int?
}

/// The clients, leads and deals of the portal, found by number without a scan.
struct CRMStore {
    private(set) var entities: [CRMReference: CRMEntity] = [:]
    private var byPhone: [String: [CRMReference]] = [:]
    private(set) var nextID: [CRMReference.Kind: Int] = [:]

    mutating func put(_ entity: CRMEntity) {
        if entities.updateValue(entity, forKey: entity.reference) == nil {
            for phone in entity.phones {
                byPhone[Self.normalised(phone), default: []].append(entity.reference)
            }
        }
        let next = nextID[entity.reference.type] ?? 1
        nextID[entity.reference.type] = max(next, entity.reference.id + 1)
    }

    func freeID(_ kind: CRMReference.Kind) -> Int { nextID[kind] ?? 1 }

    /// Contacts, then leads, then companies with this number; deals are never found by number.
    func find(phone: String) -> [CRMEntity] {
        let found = (byPhone[Self.normalised(phone)] ?? []).compactMap { entities[$0] }
        let order: [CRMReference.Kind] = [.contact, .lead, .company]
        return order.flatMap { kind in found.filter { $0.reference.type == kind } }
    }

    func openDeal(phone: String) -> CRMEntity? {
        (byPhone[Self.normalised(phone)] ?? []).compactMap { entities[$0] }
            .first { $0.reference.type == .deal && $0.isOpen }
    }

    /// Digits only; a national 8 before ten digits becomes 7.
    static func normalised(_ phone: String) -> String {
        let main = phone.prefix { $0 != "," && $0 != ";" }
        let digits = main.filter { $0.isASCII && $0.isNumber }
        return digits.count == 11 && digits.hasPrefix("8") && !main.hasPrefix("+") ? "7" + digits.dropFirst() : digits
    }
}
