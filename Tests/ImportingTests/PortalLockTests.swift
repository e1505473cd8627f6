// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Clocks
import ExitCodes
import Foundation
import TestSupport
import Testing

@testable import Delivery
@testable import Importing

/// Who may speak to a portal at the same time.
@Suite struct PortalLockTests {
    private static func isBusy(_ fault: ImportFault?) -> Bool {
        if case .busy? = fault { true } else { false }
    }

    private func fault(_ host: String, member: String? = nil) -> ImportFault? {
        do throws(ImportFault) {
            _ = try PortalLock(PortalIdentity(host: host, memberID: member))
            return nil
        } catch {
            return error
        }
    }

    @Test func `a portal of one's own is locked under every name`() throws {
        let port = Int.random(in: 1_024...65_000)
        let lock = try PortalLock(PortalIdentity(host: "127.0.0.1:\(port)", memberID: nil))
        for name in ["localhost:\(port)", "127.0.0.1:\(port)", "[::1]:\(port)"] {
            #expect(Self.isBusy(fault(name)), "\(name)")
        }
        #expect(fault("localhost:\(port + 1)") == nil)
        _ = consume lock
        #expect(fault("localhost:\(port)") == nil)
    }

    @Test func `a portal with two hosts is one to an application that knows its id`() throws {
        let member = UUID().uuidString
        let lock = try PortalLock(PortalIdentity(host: "old.invalid", memberID: member))
        #expect(Self.isBusy(fault("new.invalid", member: member)))
        #expect(fault("new.invalid", member: "another") == nil)
        _ = consume lock
    }

    @Test func `portals in the cloud share addresses and no lock`() {
        let addresses: (String) -> [String] = { _ in ["192.0.2.7"] }
        let one = PortalIdentity(host: "one.bitrix24.com", memberID: nil, resolve: addresses)
        let two = PortalIdentity(host: "two.bitrix24.com.br", memberID: nil, resolve: addresses)
        #expect(one.isInCloud && two.isInCloud && Set(one.names).isDisjoint(with: two.names))
        let own = PortalIdentity(host: "crm.example.org", memberID: nil, resolve: addresses)
        let same = PortalIdentity(host: "192.0.2.7", memberID: nil, resolve: addresses)
        #expect(!own.isInCloud && !Set(own.names).isDisjoint(with: same.names))
        #expect(!PortalIdentity(host: "bitrix24.example.org", memberID: nil, resolve: addresses).isInCloud)
    }

    @Test func `a ledger has one lock, whatever links lead to it`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.sqlite"), withDestinationPath: "cdr24.sqlite")
        let lock = try LedgerAccess(path: folder.file("cdr24.sqlite")).lock()
        let fault = #expect(throws: ImportFault.self) { _ = try LedgerAccess(path: folder.file("link.sqlite")).lock() }
        #expect(Self.isBusy(fault))
        _ = consume lock
        #expect(throws: Never.self) { _ = try LedgerAccess(path: folder.file("link.sqlite")).lock() }
    }
}

/// What one run leaves for the next.
@Suite struct PortalMemoryTests {
    private let portal = PortalIdentity(host: "portal.invalid", memberID: nil)

    private func memory(_ folder: TemporaryFolder) throws -> PortalMemory {
        try PortalMemory(folder: folder.file("state"), portal: portal)
    }

    @Test func `what is written is read by the next run`() throws {
        let folder = try TemporaryFolder()
        let first = try memory(folder)
        #expect(first.lastSpoken(.system) == nil && first.entries(["pbx"]).isEmpty)
        first.begins("ledger", prefixes: ["pbx"], sequence: 0, takesOver: false)
        first.saved(DeliveryCommit(facts: [.sequence(3)]))
        let calls = (1...30).map { id in
            TrackedCall(
                id: Int64(id), call: .sample("pbx:\(id)", employee: "\(100 + id % 7)"),
                progress: DeliveryProgress(stored: .delivered, portalCallID: "c\(id)", statisticID: Int64(id)))
        }
        first.saved(DeliveryCommit(progress: calls))
        first.note(.settled)
        let path = first.path
        _ = consume first
        let second = try memory(folder)
        #expect(second.path == path)
        let entry = try #require(second.entries(["pbx", "other"]).first)
        #expect(entry.ledger == "ledger" && entry.sequence == 3)
        #expect(Set(entry.rows.map(\.id)) == Set(24...30))
        #expect(second.lastSpoken(.system) != nil)
    }

    @Test func `the end of a longer former text is not read`() throws {
        let folder = try TemporaryFolder()
        let path = try memory(folder).path
        let text = folder.text("state/\((path as NSString).lastPathComponent)")
        try #require(text.isEmpty)
        let first = try memory(folder)
        first.begins("ledger", prefixes: ["pbx"], sequence: 7, takesOver: false)
        _ = consume first
        let line = folder.text("state/\((path as NSString).lastPathComponent)")
        try folder.write(line + "rest of another text}\n", to: "state/\((path as NSString).lastPathComponent)")
        #expect(try memory(folder).entries(["pbx"]).first?.sequence == 7)
    }
}
