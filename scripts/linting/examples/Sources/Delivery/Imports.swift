// SPDX-License-Identifier: Apache-2.0

private import GRDB
import struct Foundation.Date
package import Ledger
