// swift-tools-version:6.0
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package of its own, so that only who measures fetches what it depends on.
let package = Package(
    name: "swiftcsv-peer",
    dependencies: [.package(url: "https://github.com/swiftcsv/SwiftCSV", exact: "0.10.0")],
    targets: [
        .executableTarget(
            name: "swiftcsv-peer", dependencies: [.product(name: "SwiftCSV", package: "SwiftCSV")], path: ".",
            sources: ["Peer.swift"])
    ]
)
