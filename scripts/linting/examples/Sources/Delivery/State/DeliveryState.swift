// SPDX-License-Identifier: Apache-2.0

import Ledger

struct DeliveryState {
    private var hidden = 0
    var seen: [String: Int]
    private(set) var readable = 0
    let constant = 0
    var computed: Int { 0 }
    var observed: Int {
        didSet { hidden = observed }
    }
    static var shared = 0

    func next() {
        var local = 0
        local += 1
        // No await in a comment.
        await wait()
    }
}
