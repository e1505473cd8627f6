// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import ExitCodes

/// Stops before anything of a file is stored when its own time stamps show that the zone is wrong.
///
/// One wrong hour would put every call of the file at the wrong time, and the portal takes nothing back.
struct ZoneCheck: Sendable {
    let path: String
    let settings: SourceSettings

    /// Judges what the first records of the file say.
    ///
    /// - Throws: ``ImportFault`` when most of them say that the zone is another.
    func run(_ evidence: ZoneEvidence) throws {
        guard settings.checksZone, let mode = evidence.contradiction else { return }
        throw ImportFault.configuration("\(path): \(mode.complaint(zone: settings.timeZone))")
    }
}
