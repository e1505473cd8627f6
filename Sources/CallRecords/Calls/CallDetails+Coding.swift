// SPDX-License-Identifier: Apache-2.0

/// The form in which details are kept: a line for each, which begins with a letter. The letters never change.
extension CallDetails {
    /// The details as a text; `nil` when there are none.
    package var encoded: String? {
        guard !isEmpty else { return nil }
        let values = values
        var lines: [String] = []
        if let creates = values.createsEntity { lines.append("c\(creates ? 1 : 0)") }
        if let source = values.source { lines.append("s\(source)") }
        if let entity = values.entity { lines.append("e\(entity.kind.rawValue) \(entity.id)") }
        if let cost = values.cost { lines.append("p\(cost.tenThousandths) \(cost.currency)") }
        if let vote = values.vote { lines.append("v\(vote)") }
        if values.isRedirected { lines.append("r") }
        if let id = values.portalCallID { lines.append("i\(id)") }
        return lines.joined(separator: "\n")
    }

    /// Reads what ``encoded`` gave.
    ///
    /// - Returns: `nil` for a text of another form, for instance one of a newer program.
    package init?(encoded: String) {
        var values = Values()
        for line in encoded.split(separator: "\n") {
            let rest = String(line.dropFirst())
            switch line.first {
            case "c": values.createsEntity = rest == "1"
            case "s": values.source = rest
            case "e":
                let parts = rest.split(separator: " ")
                guard parts.count == 2, let kind = CRMReference.Kind(rawValue: String(parts[0])), let id = Int(parts[1])
                else { return nil }
                values.entity = CRMReference(kind, id)
            case "p":
                let parts = rest.split(separator: " ", maxSplits: 1)
                guard parts.count == 2, let amount = Int64(parts[0]) else { return nil }
                values.cost = CallPrice(tenThousandths: amount, currency: String(parts[1]))
            case "v":
                guard let vote = Int(rest) else { return nil }
                values.vote = vote
            case "r": values.isRedirected = true
            case "i": values.portalCallID = rest
            default: return nil
            }
        }
        self.init(values)
    }
}
