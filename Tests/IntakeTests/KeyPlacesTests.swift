// SPDX-License-Identifier: Apache-2.0

import Ledger
import Testing

@testable import Intake

/// The keys of a batch are told apart, however many there are.
@Suite struct KeyPlacesTests {
    @Test func `each key has its group, also after the room grew and after all were forgotten`() {
        var places = KeyPlaces()
        for round in 0..<3 {
            let keys = (0..<5_000).map { "pbx:\(round * 1_000 + $0)" }
            let added = keys.indices.map { index in
                places.group(of: PackedCalls.hash(ofKey: keys[index]), orAdd: index) { keys[$0] == keys[index] }
            }
            #expect(added.allSatisfy { $0 == nil })
            let found = keys.indices.map { index in
                places.group(of: PackedCalls.hash(ofKey: keys[index]), orAdd: 9_999) { keys[$0] == keys[index] }
            }
            #expect(found == Array(keys.indices))
            places.removeAll()
        }
    }
}
