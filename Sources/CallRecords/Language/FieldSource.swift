// SPDX-License-Identifier: Apache-2.0

package import DelimitedText

/// What a mapping needs of a record: its fields by number.
protocol FieldSource: ~Copyable {
    var fieldCount: Int { get }

    /// Calls `body` with the bytes of a field; negative numbers count from the right; `nil` out of range.
    func withField<Result>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result?
}

extension Record: FieldSource {}
