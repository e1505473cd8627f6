// SPDX-License-Identifier: Apache-2.0

/// Links are checked here too: ``Container/nothing``. A `try?` and a missing comment are not.
package struct Tests {
    package let value = try? read()
}
