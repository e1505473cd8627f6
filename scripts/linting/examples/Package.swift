// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let package = Package(
    name: "example",
    targets: [
        .target(name: "Example", dependencies: ["Ledger"]),
        .target(
            name: "Ledger",
            dependencies: ["Bitrix24", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Sources/Ledger"),
        .target(name: "Delivery", dependencies: []),
        .target(name: "Bitrix24"),
        .target(name: "PortalSimulator", dependencies: ["Bitrix24"]),
    ])
