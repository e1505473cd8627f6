// SPDX-License-Identifier: Apache-2.0

/// `crm.calllist.list`: the call lists of the portal.
package struct CallListsReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "crm.calllist.list"
    /// The CALL_LIST_IDs.
    package var ids: Set<Int>

    /// - Throws: ``UnreadableResult`` when the result is no list.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let elements = result.elements else { throw .init(field: "list of call lists") }
        ids = Set(elements.compactMap { $0["ID"]?.integer.map(Int.init) })
    }

    /// The command, for all lists.
    package static func command(key: String = "callLists") -> Command {
        Command(key: key, method: method, parameters: [Parameter("SELECT", .list(["ID"]))])
    }
}
