// SPDX-License-Identifier: Apache-2.0

import Clocks
import Foundation
import Testing

@testable import Importing

/// What one run leaves in the portal's lock for the next.
@Suite struct PortalLockTests {
    @Test(arguments: [
        (PortalLock.Mark.working, false), (.stopped, false), (.settled, true),
    ])
    func `a run that was killed is distrusted, one that ended is not`(_ mark: PortalLock.Mark, _ hasSettled: Bool)
        throws
    {
        let host = "lock-\(UUID().uuidString).test"
        func isSettled() throws -> Bool? { try PortalLock(host: host, time: .system).formerRun()?.hasSettled }
        #expect(try isSettled() == nil)
        try PortalLock(host: host, time: .system).note(mark)
        #expect(try isSettled() == hasSettled)
        for folder in ["/run/lock", "/tmp"] {
            try? FileManager.default.removeItem(atPath: "\(folder)/cdr24-\(host).lock")
        }
    }
}
