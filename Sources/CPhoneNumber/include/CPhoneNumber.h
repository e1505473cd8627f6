// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a text turned out to be.
enum {
    /// The library failed; nothing is known about the text.
    cdr24_phone_failure = -1,
    /// Not a number that can be dialled from the region.
    cdr24_phone_impossible = 0,
    /// A telephone number; the output is E.164 with `+`.
    cdr24_phone_number = 1,
    /// A short number of the region, such as an emergency number; the output is its digits.
    cdr24_phone_short = 2,
};

/// Reads a telephone number as it would be dialled from outside the region's towns.
///
/// A number counts if the plan of its country assigns it, or at least if it is as long as the numbers of subscribers there.
/// A local number does not: without the code of its town it would reach somebody else, or nobody.
///
/// `text` holds digits, with or without a `+` before them, and ends with a zero byte. `region` is an ISO 3166 code of
/// two capitals, or empty when only numbers with `+` can be read. At most `capacity` bytes are written to `output`, the
/// zero byte at the end included; a result that does not fit is a failure. No exception leaves this function.
int cdr24_phone_read(const char *text, const char *region, char *output, size_t capacity);

/// Whether the library knows a region: 1 or 0.
int cdr24_phone_region_is_known(const char *region);

/// The lengths, as bits from 1 on, of digits without `+` that are no number of a region, whatever they are.
unsigned cdr24_phone_impossible_lengths(const char *region);

/// The digits behind `+` that lead into a region; 0 for an unknown one.
int cdr24_phone_country_code(const char *region);

/// 1 when a number, as it would be dialled in the region, is one that the region's numbering plan assigns, else 0.
int cdr24_phone_is_of_region(const char *text, const char *region);

#ifdef __cplusplus
}
#endif
