// SPDX-License-Identifier: Apache-2.0

/// Why a source of bytes cannot be read, or not to its end.
package struct ByteSourceFault: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Problem: Hashable, Sendable {
        /// The system's reason is given.
        case cannotOpen(reason: String)
        /// The path names a folder.
        case isFolder
        /// The system's reason is given.
        case cannotRead(reason: String)
        /// The compressed file ends in the middle.
        case truncatedGzip
        /// The compressed file has bytes that cannot be.
        case damagedGzip(reason: String)
        /// The file is shorter than the place where reading was to begin.
        case endsBefore(offset: Int64)
        /// This system cannot convert from the encoding.
        case unsupportedEncoding(TextEncoding)
    }

    /// The file as the user named it; `-` for standard input.
    package var path: String
    /// What is wrong.
    package var problem: Problem
    /// How many bytes of the decoded stream could be read before.
    package var byte: Int64

    /// Creates a fault of a file at a place.
    package init(path: String, problem: Problem, byte: Int64 = 0) {
        self.path = path
        self.problem = problem
        self.byte = byte
    }
}

extension ByteSourceFault: CustomStringConvertible {
    /// What is wrong, with the file, as one sentence.
    package var description: String {
        let name = path == "-" ? "standard input" : path
        return switch problem {
        case .cannotOpen(let reason): "\(name): cannot be opened: \(reason)"
        case .isFolder: "\(name): is a folder, expected a file"
        case .cannotRead(let reason): "\(name): cannot be read after byte \(byte): \(reason)"
        case .truncatedGzip:
            "\(name): the gzip data ends in the middle, after \(byte) unpacked bytes; was the file copied completely?"
        case .damagedGzip(let reason): "\(name): the gzip data is damaged after \(byte) unpacked bytes: \(reason)"
        case .endsBefore(let offset): "\(name): has only \(byte) bytes, expected to continue at byte \(offset)"
        case .unsupportedEncoding(let encoding): "\(name): this system cannot convert from \(encoding.rawValue)"
        }
    }
}
