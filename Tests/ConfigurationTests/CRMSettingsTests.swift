// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import Settings
import TestSupport
import Testing

/// What `crm:` says about the register of a call.
@Suite struct CRMSettingsTests {
    private static let text = """
        sources:
          - { files: a.csv, key_prefix: pbx1, currency: rub }
          - { files: b.csv, key_prefix: pbx2, crm: { create: false } }
        crm:
          create: true
          source: CALL
          lines:
            "+74950000001": { create: false }
            "+74950000002": { source: WEB }

        """

    private static func treatment(
        _ key: String, line: String? = nil, creates: Bool? = nil, source: String? = nil
    ) throws -> CRMSettings.Treatment {
        var details = CallDetails.Values()
        (details.createsEntity, details.source) = (creates, source)
        return try ImportConfiguration(text: text, file: "c.yaml").crm
            .treatment(of: .sample(key, line: line, details: CallDetails(details)))
    }

    @Test func `the record's word comes first, then the line's, then that of all`() throws {
        #expect(try Self.treatment("pbx1:1") == .init(creates: true, source: "CALL"))
        #expect(try Self.treatment("pbx1:1", line: "+74950000001") == .quiet)
        #expect(try Self.treatment("pbx1:1", line: "+74950000002") == .init(creates: true, source: "WEB"))
        #expect(try Self.treatment("pbx1:1", creates: false, source: "X") == .quiet)
        #expect(
            try Self.treatment("pbx1:1", line: "+74950000001", creates: true, source: "X")
                == .init(creates: true, source: "X"))
    }

    @Test func `a source with a crm of its own goes by that alone`() throws {
        #expect(try Self.treatment("pbx2:1") == .quiet)
        #expect(try Self.treatment("pbx2:1", line: "+74950000002") == .quiet)
        #expect(try Self.treatment("pbx2:1", creates: true) == .init(creates: true))
    }

    @Test func `nothing is created unless it is asked for`() throws {
        let plain = try ImportConfiguration(text: "sources: [{ files: a.csv }]\n", file: "c.yaml")
        #expect(plain.crm == CRMSettings() && !plain.crm.mayCreate && plain.crm.treatment(of: .sample()) == .quiet)
        let configuration = try ImportConfiguration(text: Self.text, file: "c.yaml")
        #expect(configuration.crm.mayCreate && configuration.sources[0].currency == "RUB")
    }

    @Test(arguments: [
        ("create: true", "create: maybe", 5), ("source: CALL", "source: \"\"", 6),
        ("{ source: WEB }", "{ sauce: WEB }", 9), ("currency: rub", "currency: roubles", 2),
    ])
    func `what is wrong is said at its line`(_ right: String, _ wrong: String, _ line: Int) {
        #expect {
            try ImportConfiguration(text: Self.text.replacing(right, with: wrong), file: "c.yaml")
        } throws: { error in
            (error as? SettingsFault)?.place.line == line
        }
    }
}
