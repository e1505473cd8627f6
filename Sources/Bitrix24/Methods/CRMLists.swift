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

/// `crm.status.list` of the sources of leads and contacts: the values that CRM_SOURCE may have.
package struct CRMSourcesReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "crm.status.list"
    /// The STATUS_IDs.
    package var ids: Set<String>

    /// - Throws: ``UnreadableResult`` when the result is no list.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let elements = result.elements else { throw .init(field: "list of CRM sources") }
        ids = Set(elements.compactMap { $0["STATUS_ID"]?.text })
    }

    /// The command.
    package static func command(key: String = "sources") -> Command {
        Command(
            key: key, method: method,
            parameters: [Parameter("filter", .fields([Parameter("ENTITY_ID", "SOURCE")]))])
    }
}

/// `crm.currency.list`: the currencies of the portal.
package struct CurrenciesReply: Sendable, Hashable {
    /// The method's name.
    package static let method = "crm.currency.list"
    /// Their ISO codes.
    package var codes: Set<String>

    /// - Throws: ``UnreadableResult`` when the result is no list.
    package init(_ result: JSONValue) throws(UnreadableResult) {
        guard let elements = result.elements else { throw .init(field: "list of currencies") }
        codes = Set(elements.compactMap { $0["CURRENCY"]?.text })
    }

    /// The command, which takes no parameters.
    package static func command(key: String = "currencies") -> Command { Command(key: key, method: method) }
}
