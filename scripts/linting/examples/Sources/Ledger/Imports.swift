// SPDX-License-Identifier: Apache-2.0

internal import Bitrix24
internal import GRDB
