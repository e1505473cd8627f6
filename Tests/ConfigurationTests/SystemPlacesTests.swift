// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CDRConfiguration

/// Where configuration, ledger and state are found when nobody names them.
@Suite struct SystemPlacesTests {
    let places = SystemPlaces(configuration: "/etc/cdr24", state: "/var/lib/cdr24")

    @Test(
        "A configuration of the system has its own state folder",
        arguments: [
            ("/etc/cdr24/cdr24.yaml", "/var/lib/cdr24"), ("/etc/cdr24/office.yaml", "/var/lib/cdr24/office"),
            ("/etc/cdr24/../cdr24/office.berlin.yaml", "/var/lib/cdr24/office.berlin"),
        ])
    func systemConfiguration(_ file: String, _ folder: String) {
        #expect(places.stateFolder(ofConfiguration: file) == folder)
    }

    @Test("A configuration elsewhere has none", arguments: ["/home/a/cdr24.yaml", "/etc/cdr24/old/cdr24.yaml"])
    func otherConfiguration(_ file: String) {
        #expect(places.stateFolder(ofConfiguration: file) == nil)
    }

    @Test(
        "The folder of the unit comes first, then the system's, then the user's",
        arguments: [
            (["STATE_DIRECTORY": "/run/a:/run/b"], true, "/run/a"), ([:], true, "/var/lib/cdr24"),
            (["XDG_STATE_HOME": "/home/a/state", "HOME": "/home/a"], false, "/home/a/state/cdr24"),
            (["XDG_STATE_HOME": "relative", "HOME": "/home/a"], false, "/home/a/.local/state/cdr24"),
        ])
    func order(_ environment: [String: String], _ isWritable: Bool, _ folder: String) {
        #expect(places.stateFolder(environment: environment) { _ in isWritable } == folder)
    }

    @Test("The system's configuration is read without options, with its ledger in the state folder")
    func systemLedger() throws {
        let folder = try TemporaryFolder()
        let places = SystemPlaces(configuration: folder.path, state: folder.file("state"))
        _ = try folder.write("report: { show_numbers: true }\n", to: "cdr24.yaml")
        let found = try ConfigurationAssembly(environment: [:], places: places).configuration()
        #expect(found.reportsShowNumbers)
        #expect(found.ledger == folder.file("state/cdr24.sqlite"))
        #expect(found.stateFolder == folder.file("state"))
    }

    @Test("What a configuration names has priority")
    func named() throws {
        let folder = try TemporaryFolder()
        let places = SystemPlaces(configuration: folder.path, state: folder.file("state"))
        let file = try folder.write("state_folder: here\n", to: "office.yaml")
        let moved = try ConfigurationAssembly(config: file, environment: [:], places: places).configuration()
        #expect(moved.stateFolder == folder.file("here"))
        #expect(moved.ledger == folder.file("here/cdr24.sqlite"))
        _ = try folder.write("ledger: calls.sqlite\n", to: "office.yaml")
        let named = try ConfigurationAssembly(config: file, environment: [:], places: places).configuration()
        #expect(named.ledger == folder.file("calls.sqlite"))
        #expect(named.stateFolder == folder.file("state/office"))
    }

    @Test("A ledger of a configuration elsewhere is beside it")
    func elsewhere() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("quiet: true\n", to: "cdr24.yaml")
        let places = SystemPlaces(configuration: folder.file("etc"), state: folder.file("var"))
        let found = try ConfigurationAssembly(config: file, environment: ["STATE_DIRECTORY": "/s"], places: places)
            .configuration()
        #expect(found.ledger == folder.file("cdr24.sqlite"))
        #expect(found.stateFolder == "/s")
    }
}
