// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]
/// Every use of memory that the compiler cannot check is marked in the code; for targets that look at bytes of files.
let memorySafe = strict + [.strictMemorySafety()]

/// The test target that mirrors one target.
func tests(
    of target: String, path: String? = nil, dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .testTarget(
        name: "\(target)Tests", dependencies: [.byName(name: target), "TestSupport"] + dependencies, path: path,
        exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "cdr24",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "cdr24", targets: ["cdr24"]),
        .executable(name: "bitrix24-sim", targets: ["bitrix24-sim"]),
        .library(name: "PortalSimulator", targets: ["PortalSimulator"]),
    ],
    dependencies: [
        // Package.resolved is not committed: these exact versions are the pin.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "CPhoneNumber",
            linkerSettings: [.linkedLibrary("phonenumber")]),
        .target(name: "ExitCodes", swiftSettings: strict),
        .target(name: "Clocks", swiftSettings: strict),
        .target(name: "Phrases", resources: [.embedInCode("ru.po")], swiftSettings: strict),
        .target(name: "Digests", swiftSettings: strict),
        .target(
            name: "Settings",
            dependencies: ["ExitCodes", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(name: "CByteBlock"),
        .target(name: "CMemory", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "DelimitedText",
            dependencies: ["CByteBlock", "CZlib"],
            swiftSettings: memorySafe),
        .target(
            name: "CallRecords",
            dependencies: [
                "CPhoneNumber", "DelimitedText", "Digests", "Settings",
            ],
            resources: [.embedInCode("Presets")],
            swiftSettings: memorySafe),
        .target(name: "CallLifecycle", dependencies: ["CallRecords", "Phrases"], swiftSettings: strict),
        .target(name: "Matching", swiftSettings: strict),
        .target(
            // A package beneath async-http-client has a target of the folder's name.
            name: "CDRConfiguration",
            dependencies: ["CallRecords", "ExitCodes", "FileRights", "Phrases", "Settings"],
            path: "Sources/Configuration",
            swiftSettings: strict),
        .target(
            name: "Migrations",
            path: "migrations",
            resources: [
                .embedInCode("m0001_ledger.sql"), .embedInCode("m0002_reject_encoding.sql"),
                .embedInCode("m0003_exchange.sql"), .embedInCode("m0004_call_details.sql"),
                .embedInCode("m0005_dealt_with.sql"), .embedInCode("m0006_join_marks.sql"),
                .embedInCode("m0007_whole_files.sql"),
                .embedInCode("m0008_reject_indexes.sql"),
                .embedInCode("m0009_reject_hash.sql"),
                .embedInCode("m0010_file_headers.sql"),
                .embedInCode("m0011_reject_parts.sql"),
            ],
            swiftSettings: strict),
        .target(name: "FileRights", swiftSettings: strict),
        .target(
            name: "Ledger",
            dependencies: [
                "CallLifecycle", "CallRecords", "Digests", "ExitCodes", "FileRights", "Migrations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(name: "DryRun", dependencies: ["CallLifecycle", "CallRecords", "Ledger"], swiftSettings: strict),
        .target(name: "Bitrix24", dependencies: ["ExitCodes"], swiftSettings: strict),
        .target(
            name: "Bitrix24Transport",
            dependencies: [
                "Bitrix24", "Clocks", "Digests", "FileRights",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(name: "CallReport", swiftSettings: strict),
        .target(name: "Reporting", dependencies: ["CallReport", "ExitCodes", "Phrases"], swiftSettings: strict),
        .target(
            name: "Intake",
            dependencies: [
                "CallLifecycle", "CallRecords", "Clocks", "CDRConfiguration", "DelimitedText", "Digests", "ExitCodes",
                "FileRights", "Ledger", "Phrases", "Reporting", "Settings",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Delivery",
            dependencies: [
                "Bitrix24", "CallLifecycle", "CallRecords", "Clocks", "CDRConfiguration", "Ledger", "Matching",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Importing",
            dependencies: [
                "Bitrix24", "Bitrix24Transport", "CMemory", "CallLifecycle", "CallRecords", "Clocks",
                "CDRConfiguration",
                "Delivery", "DryRun", "ExitCodes", "FileRights", "Intake", "Ledger", "Phrases", "Reporting",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .target(
            name: "Notification",
            dependencies: [
                "Bitrix24", "Bitrix24Transport", "CDRConfiguration", "Digests", "ExitCodes", "Importing", "Phrases",
                "Reporting",
            ],
            swiftSettings: strict),
        .target(
            name: "Administration",
            dependencies: [
                "Bitrix24", "Bitrix24Transport", "CMemory", "CallLifecycle", "CallRecords", "CallReport", "Clocks",
                "CDRConfiguration", "Delivery", "DelimitedText", "ExitCodes", "FileRights", "Importing", "Intake",
                "Ledger",
                "Matching", "Notification", "Phrases", "Reporting", "Settings",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "cdr24",
            dependencies: [
                "Administration", "CMemory", "CallLifecycle", "CallRecords", "CallReport", "Clocks", "CDRConfiguration",
                "Delivery",
                "ExitCodes",
                "Importing", "Notification", "Phrases", "Reporting", "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("VERSION")],
            swiftSettings: strict),
        .target(
            name: "PortalSimulator",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "bitrix24-sim",
            dependencies: [
                "PortalSimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "tokenise",
            dependencies: ["CZlib", "DelimitedText"],
            path: "bench/tokenise",
            exclude: ["measure.py", "peers.py", "python_csv.py"],
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: ["Bitrix24", "CallLifecycle", "CallRecords", "Clocks", "Ledger", "PortalSimulator"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .executableTarget(
            name: "pace-in-virtual-time",
            dependencies: [
                "Bitrix24", "CallRecords", "Clocks", "CDRConfiguration", "Delivery", "ExitCodes", "Importing",
                "PortalSimulator", "Reporting", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "bench/pace/virtual",
            swiftSettings: strict),
        tests(of: "ExitCodes"),
        tests(of: "Clocks"),
        tests(of: "FileRights"),
        tests(of: "Settings"),
        tests(of: "Digests"),
        tests(of: "DelimitedText"),
        tests(of: "CallRecords", dependencies: ["DelimitedText", "Settings"]),
        tests(of: "CallLifecycle", dependencies: ["CallRecords"]),
        tests(of: "Matching"),
        tests(
            of: "CDRConfiguration", path: "Tests/ConfigurationTests",
            dependencies: ["Clocks", "CallRecords", "Settings"]),
        tests(
            of: "Ledger",
            dependencies: ["CallLifecycle", "CallRecords", "Digests", .product(name: "GRDB", package: "GRDB.swift")],
            exclude: ["Fixtures"]),
        tests(of: "DryRun", dependencies: ["CallLifecycle", "CallRecords", "Ledger"]),
        tests(of: "Bitrix24", dependencies: ["Clocks"]),
        tests(
            of: "Bitrix24Transport",
            dependencies: [
                "Bitrix24", "Clocks",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests(of: "CallReport"),
        tests(of: "Phrases"),
        tests(of: "Reporting", dependencies: ["CallReport", "ExitCodes", "Phrases"]),
        tests(
            of: "Importing",
            dependencies: [
                "Administration", "Bitrix24", "Bitrix24Transport", "CallLifecycle", "CallRecords", "Clocks",
                "CDRConfiguration", "Delivery",
                "DelimitedText", "ExitCodes", "Intake", "Ledger", "Phrases", "PortalSimulator", "Reporting", "Settings",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            of: "Administration",
            dependencies: [
                "Bitrix24", "CallLifecycle", "CallRecords", "Clocks", "CDRConfiguration", "Delivery", "ExitCodes",
                "Importing", "Ledger", "Phrases", "PortalSimulator", "Reporting",
            ]),
        tests(
            of: "Delivery",
            dependencies: [
                "Bitrix24", "CallLifecycle", "CallRecords", "Clocks", "CDRConfiguration", "Ledger", "PortalSimulator",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            of: "Intake",
            dependencies: [
                "CallLifecycle", "CallRecords", "Clocks", "CDRConfiguration", "DelimitedText", "DryRun", "ExitCodes",
                "Ledger", "Reporting", "Settings",
            ]),
        tests(
            of: "Notification",
            dependencies: [
                "Bitrix24", "Bitrix24Transport", "CDRConfiguration", "ExitCodes", "Importing", "PortalSimulator",
                "Settings",
            ]),
        tests(of: "PortalSimulator", exclude: ["Peers"]),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport"], exclude: ["Databases", "Pages", "Sinks"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

/// With `CDR24_SANITIZED` set, the package is no more than the tests that `scripts/test-sanitized` runs, and what they
/// are made of: with everything else it would take twice as long to build.
if Context.environment["CDR24_SANITIZED"] != nil {
    let support = package.targets.first { $0.name == "TestSupport" }
    support?.dependencies = []
    support?.sources = ["PackageFolder.swift", "SampleFiles.swift", "SeededRandom.swift", "TemporaryFolder.swift"]
    var wanted = ["DelimitedTextTests", "CallRecordsTests"]
    var packages: Set<String> = []
    var next = 0
    while next < wanted.count {
        for dependency in package.targets.first(where: { $0.name == wanted[next] })?.dependencies ?? [] {
            switch dependency {
            case .byNameItem(let name, _), .targetItem(let name, _): if !wanted.contains(name) { wanted.append(name) }
            case .productItem(_, let name, _, _): if let name { packages.insert(name) }
            @unknown default: break
            }
        }
        next += 1
    }
    package.products = []
    package.targets.removeAll { !wanted.contains($0.name) }
    package.dependencies.removeAll { dependency in
        guard case .sourceControl(_, let location, _) = dependency.kind else { return false }
        return !packages.contains { location.hasSuffix("/\($0)") }
    }
}
