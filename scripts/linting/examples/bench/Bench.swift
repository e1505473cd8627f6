// SPDX-License-Identifier: Apache-2.0

package let undocumentedIsFineHere = try? read()
