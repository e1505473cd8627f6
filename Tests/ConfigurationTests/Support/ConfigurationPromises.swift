// SPDX-License-Identifier: Apache-2.0

import CallRecords
import ExitCodes
import Settings

@testable import CDRConfiguration

// Used by the tests and, outside the package, by bench/fuzz.

/// What is wrong with the way in which the text of a configuration was read: a fault without a place, or one that shows a
/// secret; a limit that is accepted and is none. Nil if nothing is.
func brokenPromise(ofConfiguration text: String) -> String? {
    _ = ImportConfiguration(besideFaults: text, file: "c.yaml")
    do throws(SettingsFault) {
        let configuration = try ImportConfiguration(text: text, file: "c.yaml")
        if let broken = brokenPromise(of: configuration.portal) { return broken }
        return configuration.sources.lazy.compactMap { brokenPromise(of: $0, configuration) }.first
    } catch {
        return brokenPromise(of: error)
    }
}

private func brokenPromise(of fault: SettingsFault) -> String? {
    // A fault in what a preset gives to a source may stand in the preset.
    let place = fault.place
    if place.file.isEmpty || place.line < 1 || place.column < 1 { return "a fault has no place: \(fault)" }
    if fault.message.isEmpty { return "a fault does not say what is wrong: \(fault)" }
    let shown = ImportFault(fault).description
    return HarmlessText.masked(shown) == shown ? nil : "a fault shows a secret: \(shown)"
}

private func brokenPromise(of portal: PortalSettings) -> String? {
    let durations = [portal.operatingWindow, portal.requestCap, portal.targetRequest, portal.settleAfter]
    let isPossible =
        (2...50).contains(portal.batchCommands) && (1...8).contains(portal.lanes) && portal.burst > 0
        && portal.requestsPerSecond > 0 && portal.requestsPerSecond.isFinite
        && durations.allSatisfy { $0 > .zero && $0 < .seconds(100_000_000_000) }
    return isPossible ? nil : "a limit of the portal can be none: \(portal)"
}

private func brokenPromise(of source: SourceSettings, _ configuration: ImportConfiguration) -> String? {
    if source.completeAfter < .zero || source.maximumCall <= .zero { return "a time is less than none" }
    guard let format = source.format else { return nil }
    let context = MappingContext(
        timeZone: source.timeZone, region: configuration.numbers.region,
        internalPattern: configuration.numbers.internal, rewrites: configuration.numbers.rewrite,
        keyPrefix: source.keyPrefix, lines: configuration.lines, callLists: configuration.callLists,
        trunks: source.trunks)
    // What the mapper refuses is told by the commands as a fault of the source.
    _ = try? RecordMapper(format: format, context: context)
    return nil
}
