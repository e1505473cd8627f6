// SPDX-License-Identifier: Apache-2.0

package import ExitCodes

extension ImportFault {
    /// A setting that cannot be used.
    package init(_ fault: SettingsFault) {
        self = .configuration("\(fault)")
    }
}
