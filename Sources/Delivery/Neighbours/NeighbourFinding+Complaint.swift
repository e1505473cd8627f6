// SPDX-License-Identifier: Apache-2.0

extension NeighbourFinding {
    /// Why nothing was sent, as one sentence without a full stop.
    static func complaint(_ findings: [NeighbourFinding]) -> String {
        let sources = findings.map { finding in
            "of \(finding.checked) checked calls of \(finding.prefix), the portal already has \(finding.found) from "
                + finding.writers
        }
        return
            "another integration already registers these calls (\(sources.joined(separator: "; "))); nothing was sent: "
            + "set neighbours for the source to fill (send only what is missing) or ignore (send all, each will be there "
            + "twice), or leave the source out"
    }

    /// The applications that wrote the rows, as a list for people.
    package var writers: String {
        let names = applications.prefix(3).map { $0.isEmpty ? "a webhook" : "\"\($0)\"" }
        return names.joined(separator: ", ") + (applications.count > 3 ? " and others" : "")
    }
}
