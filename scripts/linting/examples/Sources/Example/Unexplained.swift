// SPDX-License-Identifier: Apache-2.0

func unexplained() {
    let first = try? read()
    // There is nothing to read before the first run.
    let second = try? read()
    let third = try? read()  // There is nothing to read before the first run.

    let text = "try? in a text"
    let fourth = { try? read() }
    // try? in a comment

    try? write()
}
