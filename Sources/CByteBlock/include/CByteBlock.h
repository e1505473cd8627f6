// SPDX-License-Identifier: Apache-2.0
#ifndef CBYTEBLOCK_H
#define CBYTEBLOCK_H

#include "WellFormedFields.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/// Which of the 64 bytes at `block` equal `byte`: bit n stands for the byte at offset n.
///
/// In C because Swift's SIMD types have no way to turn a comparison into a bit mask.
static inline uint64_t byte_block_equal(const void *block, uint8_t byte) {
#if defined(__SSE2__)
    const __m128i *lanes = (const __m128i *)block;
    const __m128i wanted = _mm_set1_epi8((char)byte);
    uint64_t mask = 0;
    for (int lane = 0; lane < 4; lane++) {
        const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(lanes + lane), wanted);
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(equal) << (16 * lane);
    }
    return mask;
#else
    // Eight bytes at a time: a byte of `differs` is zero exactly where the bytes are equal.
    const uint64_t low = 0x7f7f7f7f7f7f7f7fULL;
    const uint64_t wanted = 0x0101010101010101ULL * byte;
    uint64_t mask = 0;
    for (int lane = 0; lane < 8; lane++) {
        uint64_t word;
        memcpy(&word, (const uint8_t *)block + 8 * lane, sizeof word);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        const uint64_t differs = word ^ wanted;
        const uint64_t equal = ~(((differs & low) + low) | differs | low);
        mask |= (((equal >> 7) * 0x0102040810204080ULL) >> 56) << (8 * lane);
    }
    return mask;
#endif
}

#endif
