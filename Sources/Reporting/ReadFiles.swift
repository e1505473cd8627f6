// SPDX-License-Identifier: Apache-2.0

/// The files that a run read, in their order: the first ones one by one, the others only counted.
package struct ReadFiles: Sendable, Equatable {
    /// The first files.
    package private(set) var named: [Summary.File] = []
    /// What was read of the others; `nil` where there are none.
    package private(set) var further: Summary.FurtherFiles?

    /// More than a year of daily exports of two phone systems. A summary that names half a million files has 64 MB.
    package static let mostNamed = 1_000

    /// No file.
    package init() {}

    /// Adds a file behind the others.
    package mutating func add(_ file: Summary.File) {
        if named.count < Self.mostNamed {
            named.append(file)
        } else {
            further = (further ?? Summary.FurtherFiles()).with(files: 1, bytes: file.bytes, records: file.records)
        }
    }

    /// Adds files behind the others.
    package mutating func add(_ files: ReadFiles) {
        for file in files.named { add(file) }
        guard let more = files.further else { return }
        further = (further ?? Summary.FurtherFiles()).with(files: more.files, bytes: more.bytes, records: more.records)
    }
}

extension Summary {
    /// Files that were read and are not named.
    package struct FurtherFiles: Sendable, Equatable, Codable {
        /// How many there are.
        package private(set) var files = 0
        /// Bytes taken in by this run.
        package private(set) var bytes: Int64 = 0
        /// Records read by this run.
        package private(set) var records = 0

        fileprivate func with(files: Int, bytes: Int64, records: Int) -> Self {
            var sum = self
            sum.files += files
            sum.bytes += bytes
            sum.records += records
            return sum
        }
    }
}
