// SPDX-License-Identifier: Apache-2.0
#include "WellFormedFields.h"

#include <string.h>

#define INLINED static inline __attribute__((always_inline))

typedef uint8_t block_bytes __attribute__((ext_vector_type(WELL_FORMED_BLOCK)));
typedef bool block_bits __attribute__((ext_vector_type(WELL_FORMED_BLOCK)));

typedef uint8_t chunk_bytes __attribute__((ext_vector_type(16)));
typedef bool chunk_bits __attribute__((ext_vector_type(16)));

/// Bit n: the byte at offset n equals `byte`.
#define EQUAL(block, byte) mask_of(__builtin_convertvector((block) == (uint8_t)(byte), block_bits))

INLINED uint64_t mask_of(block_bits bits) {
    uint64_t mask;
    memcpy(&mask, &bits, sizeof mask);
    return mask;
}

#define EQUAL_CHUNK(chunk, byte) chunk_mask_of(__builtin_convertvector((chunk) == (uint8_t)(byte), chunk_bits))

INLINED uint16_t chunk_mask_of(chunk_bits bits) {
    uint16_t mask;
    memcpy(&mask, &bits, sizeof mask);
    return mask;
}

/// Bit n: an odd number of bits up to n.
INLINED uint64_t parity_up_to(uint64_t bits) {
    bits ^= bits << 1;
    bits ^= bits << 2;
    bits ^= bits << 4;
    bits ^= bits << 8;
    bits ^= bits << 16;
    bits ^= bits << 32;
    return bits;
}

INLINED uint32_t first(uint64_t bits) {
    return bits == 0 ? 64 : (uint32_t)__builtin_ctzll(bits);
}

/// Stores the positions of all bits and returns how many there are; up to WELL_FORMED_SLACK more are written.
///
/// Eight are stored at a time, so that their number need not be foreseen.
INLINED size_t store_positions(uint64_t bits, size_t position, uint32_t *ends) {
    const size_t count = (size_t)__builtin_popcountll(bits);
    size_t stored = 0;
    do {
        for (int next = 0; next < 8; next++) {
            uint32_t offset = first(bits);
            __asm__("" : "+r"(offset));  // else the compiler uses vectors, which have no such instruction
            ends[stored + next] = (uint32_t)position + offset;
            bits &= bits - 1;
        }
        stored += 8;
    } while (stored < count);
    return count;
}

/// Stores which of the ends are line ends; most blocks have none or one.
INLINED size_t store_lines(uint64_t line_ends, uint64_t field_ends, size_t ends_before, uint32_t *lines) {
    size_t stored = 0;
    do {
        const uint64_t earlier = (line_ends & -line_ends) - 1;
        lines[stored] = (uint32_t)(ends_before + (size_t)__builtin_popcountll(field_ends & earlier));
        stored += line_ends != 0;
        line_ends &= line_ends - 1;
    } while (line_ends != 0);
    return stored;
}

/// Marks the ends of fields in which two quotes stand for one.
INLINED void mark_escaped(uint64_t doubled, uint64_t field_ends, size_t count, uint32_t *ends, well_formed_before *before) {
    if (before->is_escaped && count > 0) {
        ends[0] |= WELL_FORMED_ESCAPED;
        before->is_escaped = false;
    }
    for (; doubled != 0; doubled &= doubled - 1) {
        const uint64_t earlier = (doubled & -doubled) - 1;
        const size_t field = (size_t)__builtin_popcountll(field_ends & earlier);
        if (field < count) {
            ends[field] |= WELL_FORMED_ESCAPED;
        } else {
            before->is_escaped = true;
        }
    }
}

/// Looks at one block; false if it is not in order.
INLINED bool look_at_block(
    const uint8_t *bytes, size_t count, well_formed_marks marks, well_formed_before *before, well_formed_index *index) {
    const size_t position = index->position;
    block_bytes block;
    memcpy(&block, bytes + position, WELL_FORMED_BLOCK);
    const uint64_t quotes = EQUAL(block, marks.quote);
    const uint64_t lines = EQUAL(block, marks.line_end);
    const uint64_t inside = parity_up_to(quotes) ^ before->inside;
    const uint64_t opening = quotes & inside;
    const uint64_t closing = quotes & ~inside;
    const uint64_t line_ends = lines & ~inside;
    const uint64_t field_ends = (EQUAL(block, marks.delimiter) & ~inside) | line_ends;
    const uint64_t behind_closing = closing << 1 | before->closing;
    const uint64_t may_open = field_ends << 1 | before->field_end | behind_closing;
    uint64_t stray = behind_closing & ~(field_ends | opening);
    if (stray != 0) {
        const bool line_end_is_next = count - position > WELL_FORMED_BLOCK && bytes[position + WELL_FORMED_BLOCK] == marks.line_end;
        stray &= ~(EQUAL(block, '\r') & (line_ends >> 1 | (uint64_t)line_end_is_next << 63));
    }
    const uint64_t malformed = (opening & ~may_open) | stray | (lines & inside);
    const uint64_t well_formed = (malformed & -malformed) - 1;
    const uint64_t valid = field_ends & well_formed;
    uint32_t *ends = index->ends + index->end_count;
    const size_t stored = store_positions(valid, position, ends);
    const uint64_t doubled = opening & behind_closing & well_formed;
    if (doubled != 0 || before->is_escaped) mark_escaped(doubled, valid, stored, ends, before);
    index->line_count +=
        store_lines(line_ends & well_formed, valid, index->end_count, index->lines + index->line_count);
    index->end_count += stored;
    before->inside = (uint64_t)((int64_t)inside >> 63);
    before->closing = closing >> 63;
    before->field_end = field_ends >> 63;
    return malformed == 0;
}

void well_formed_fields(
    const uint8_t *bytes, size_t limit, size_t count, well_formed_marks marks, well_formed_before *before, well_formed_index *index) {
    // Copies of its own can stay in registers.
    well_formed_before now = *before;
    well_formed_index found = *index;
    found.line_count = 0;
    found.is_malformed = false;
    while (found.position < limit && count - found.position >= WELL_FORMED_BLOCK) {
        if (!look_at_block(bytes, count, marks, &now, &found)) {
            found.is_malformed = true;
            break;
        }
        found.position += WELL_FORMED_BLOCK;
    }
    *before = now;
    *index = found;
}

size_t well_formed_undouble(
    const uint8_t *content, size_t count, size_t readable, uint8_t quote, uint8_t *room, size_t capacity) {
    size_t taken = 0;
    size_t written = 0;
    while (taken < count) {
        size_t more = 1;
        if (readable - taken >= 16 && capacity - written >= 16) {
            chunk_bytes chunk;
            memcpy(&chunk, content + taken, sizeof chunk);
            memcpy(room + written, &chunk, sizeof chunk);
            const uint16_t quotes = EQUAL_CHUNK(chunk, quote);
            const size_t left = count - taken < 16 ? count - taken : 16;
            more = quotes == 0 ? left : (size_t)__builtin_ctz(quotes) + 1;
            if (more > left) more = left;
        } else {
            room[written] = content[taken];
        }
        taken += more;
        written += more;
        if (taken < count && content[taken - 1] == quote && content[taken] == quote) taken++;
    }
    return written;
}
