// SPDX-License-Identifier: Apache-2.0

package import DelimitedText
package import ExitCodes
import FileRights

extension ImportFault {
    /// A file that cannot be read, with what to do where this user lacks a right.
    package init(_ fault: ByteSourceFault) {
        guard case .cannotOpen = fault.problem, let obstacle = FileObstacle.reading(fault.path) else {
            self = .input("\(fault)")
            return
        }
        self = .input("\(fault); \(obstacle)")
    }
}
