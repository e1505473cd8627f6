// SPDX-License-Identifier: Apache-2.0

package import DelimitedText

/// What a mapping needs of a record: its fields by number.
protocol FieldSource: ~Copyable {
    var fieldCount: Int { get }

    /// Appends the bytes of a field to a workspace; negative numbers count from the right.
    ///
    /// - Returns: Where they stand now, or `nil` if there is no such field.
    func appendField(_ index: Int, to workspace: inout Workspace) -> Slice?
}

extension Record: FieldSource {
    func appendField(_ index: Int, to workspace: inout Workspace) -> Slice? {
        guard let length = maximumLength(ofField: index) else { return nil }
        return workspace.append(atMost: length) { room in copyField(index, to: room) ?? 0 }
    }
}
