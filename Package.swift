// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// The test target that mirrors one room.
func tests(of room: String, dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(room)Tests", dependencies: [.byName(name: room)] + dependencies, exclude: exclude,
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
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
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
        .target(
            name: "Settings",
            dependencies: [.product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(name: "CByteBlock"),
        .target(name: "CMemory"),
        .target(
            name: "DelimitedText",
            dependencies: ["CByteBlock", "CZlib"],
            swiftSettings: strict),
        .target(
            name: "CallRecords",
            dependencies: [
                "CPhoneNumber", "DelimitedText", "Settings",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.embedInCode("Presets")],
            swiftSettings: strict),
        .target(
            name: "Migrations",
            path: "migrations",
            resources: [.embedInCode("m0001_ledger.sql"), .embedInCode("m0002_reject_encoding.sql")],
            swiftSettings: strict),
        .target(
            name: "Ledger",
            dependencies: [
                "CallRecords", "Migrations",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "Bitrix24",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .target(
            name: "Reporting",
            swiftSettings: strict),
        .target(
            name: "Importing",
            dependencies: [
                "Bitrix24", "CMemory", "CallRecords", "DelimitedText", "Ledger", "Reporting", "Settings",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "cdr24",
            dependencies: [
                "CMemory", "CallRecords", "Importing", "Reporting", "Settings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
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
            name: "VirtualTime",
            dependencies: ["Importing"],
            path: "Tests/VirtualTime",
            swiftSettings: strict),
        .executableTarget(
            name: "pace-in-virtual-time",
            dependencies: [
                "Bitrix24", "CallRecords", "Importing", "PortalSimulator", "Reporting", "VirtualTime",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "bench/pace/virtual",
            swiftSettings: strict),
        tests(of: "Settings"),
        tests(of: "DelimitedText"),
        tests(of: "CallRecords", dependencies: ["DelimitedText", "Settings"]),
        tests(of: "Ledger", dependencies: ["CallRecords", .product(name: "GRDB", package: "GRDB.swift")]),
        tests(
            of: "Bitrix24",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        tests(of: "Reporting"),
        tests(
            of: "Importing",
            dependencies: [
                "Bitrix24", "CallRecords", "DelimitedText", "Ledger", "Reporting", "Settings", "VirtualTime",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(of: "PortalSimulator", exclude: ["Peers"]),
        .testTarget(name: "EndToEndTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
