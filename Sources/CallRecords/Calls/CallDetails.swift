// SPDX-License-Identifier: Apache-2.0

/// What some records tell of a call beyond who, when and how long.
///
/// Most calls have no details, so that they take no room of their own then.
package struct CallDetails: Sendable, Hashable {
    /// The single details.
    package struct Values: Sendable, Hashable {
        /// `CRM_CREATE`, where the record says it; `nil`: the configuration decides.
        package var createsEntity: Bool?
        /// `CRM_SOURCE`: a STATUS_ID of the portal's list of sources, at most 50 characters.
        package var source: String?
        /// `CRM_ENTITY_TYPE` and `CRM_ENTITY_ID`.
        package var entity: CRMReference?
        /// `COST` and `COST_CURRENCY`.
        package var cost: CallPrice?
        /// `VOTE`, 1 to 5.
        package var vote: Int?
        /// Whether an incoming call was sent on to a number outside, which is `TYPE` 3.
        package var isRedirected = false
        /// The CALL_ID of a call that the portal registered itself: such a call is only finished.
        package var portalCallID: String?

        /// No details.
        package init() {}

        /// Whether nothing is told: quicker than a comparison of all, for nearly every record.
        package var isEmpty: Bool {
            portalCallID == nil && !isRedirected && createsEntity == nil && source == nil && entity == nil
                && cost == nil && vote == nil
        }
    }

    private final class Box: Sendable {
        let values: Values
        init(_ values: Values) { self.values = values }
    }

    private let box: Box?

    /// No details.
    package static var none: CallDetails { CallDetails(box: nil) }

    private init(box: Box?) { self.box = box }

    /// Some details.
    package init(_ values: Values) { box = values.isEmpty ? nil : Box(values) }

    /// The single details.
    package var values: Values { box?.values ?? Values() }

    /// Whether there are none.
    package var isEmpty: Bool { box == nil }

    /// See ``Values/createsEntity``.
    package var createsEntity: Bool? { box?.values.createsEntity }
    /// See ``Values/source``.
    package var source: String? { box?.values.source }
    /// See ``Values/entity``.
    package var entity: CRMReference? { box?.values.entity }
    /// See ``Values/cost``.
    package var cost: CallPrice? { box?.values.cost }
    /// See ``Values/vote``.
    package var vote: Int? { box?.values.vote }
    /// See ``Values/isRedirected``.
    package var isRedirected: Bool { box?.values.isRedirected ?? false }
    /// See ``Values/portalCallID``.
    package var portalCallID: String? { box?.values.portalCallID }

    /// Whether all details are the same.
    package static func == (a: CallDetails, b: CallDetails) -> Bool { a.box === b.box || a.values == b.values }

    /// Takes in all details.
    package func hash(into hasher: inout Hasher) { hasher.combine(values) }

    /// The details of a call that is made of legs with these: the first that is told of each, all costs of the first
    /// currency together.
    ///
    /// - Parameter isRedirected: Whether the call went on to a number outside: a leg that only rang there does not tell.
    static func folded(_ legs: [CallDetails], isRedirected: Bool) -> CallDetails {
        guard legs.contains(where: { !$0.isEmpty }) else { return .none }
        var folded = Values()
        for leg in legs.map(\.values) {
            folded.createsEntity = folded.createsEntity ?? leg.createsEntity
            folded.source = folded.source ?? leg.source
            folded.entity = folded.entity ?? leg.entity
            folded.vote = folded.vote ?? leg.vote
            folded.portalCallID = folded.portalCallID ?? leg.portalCallID
            folded.cost = folded.cost?.plus(leg.cost) ?? leg.cost
        }
        folded.isRedirected = isRedirected
        return CallDetails(folded)
    }
}

/// An entity of the portal's CRM.
package struct CRMReference: Sendable, Hashable {
    /// The kinds that a call can be bound to.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case contact = "CONTACT"
        case company = "COMPANY"
        case lead = "LEAD"
    }

    /// What it is.
    package var kind: Kind
    /// Its ID, from 1.
    package var id: Int

    /// An entity; nothing is checked.
    package init(_ kind: Kind, _ id: Int) {
        self.kind = kind
        self.id = id
    }
}

/// What a call has cost.
package struct CallPrice: Sendable, Hashable {
    /// In ten-thousandths of the currency's unit, the precision that the portal stores; above 0.
    package var tenThousandths: Int64
    /// The currency's ISO code, at most 50 characters.
    package var currency: String

    /// A price; nothing is checked.
    package init(tenThousandths: Int64, currency: String) {
        self.tenThousandths = tenThousandths
        self.currency = currency
    }

    /// The price of two legs; that of another currency is left out.
    fileprivate func plus(_ other: CallPrice?) -> CallPrice {
        guard let other, other.currency == currency else { return self }
        let (sum, overflows) = tenThousandths.addingReportingOverflow(other.tenThousandths)
        return overflows ? self : CallPrice(tenThousandths: sum, currency: currency)
    }

    /// Reads an amount as files have it: `1.25`, `1,25`, `0.0420`, with spaces or a currency sign around it.
    ///
    /// - Returns: Ten-thousandths of the unit, rounded to the nearest; `nil` for what is no amount, is negative, or has two
    ///   marks of which nobody can tell which is the decimal one.
    package static func amount(_ text: String) -> Int64? {
        let digits = text.unicodeScalars.filter { !$0.properties.isWhitespace && !Self.signs.contains($0) }
        var whole: Int64 = 0
        var fraction: Int64 = 0
        var places = 0
        var hasMark = false
        for scalar in digits {
            if scalar == "." || scalar == "," {
                guard !hasMark else { return nil }
                hasMark = true
            } else if let digit = Self.digit(scalar) {
                if !hasMark {
                    guard whole < 10_000_000_000 else { return nil }
                    whole = whole * 10 + digit
                } else if places < 5 {
                    fraction = fraction * 10 + digit
                    places += 1
                }
            } else {
                return nil
            }
        }
        guard !digits.isEmpty, digits.contains(where: { Self.digit($0) != nil }) else { return nil }
        while places < 5 {
            fraction *= 10
            places += 1
        }
        return whole * 10_000 + (fraction + 5) / 10
    }

    private static let signs: Set<Unicode.Scalar> = ["$", "€", "£", "₽", "₴", "₸"]

    private static func digit(_ scalar: Unicode.Scalar) -> Int64? {
        ("0"..."9").contains(scalar) ? Int64(scalar.value - 0x30) : nil
    }
}
