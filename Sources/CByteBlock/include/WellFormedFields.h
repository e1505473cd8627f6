// SPDX-License-Identifier: Apache-2.0
#ifndef WELLFORMEDFIELDS_H
#define WELLFORMEDFIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The bytes that mean something; all different, and none a carriage return.
typedef struct {
    uint8_t delimiter;
    uint8_t line_end;
    uint8_t quote;
} well_formed_marks;

/// What must be known of the bytes before a block. Zero but for `field_end` where a record begins.
typedef struct {
    /// All ones inside quotes, else 0.
    uint64_t inside;
    /// 1 if the byte before closed a quote, or was the first of two.
    uint64_t closing;
    /// 1 if a field begins.
    uint64_t field_end;
    /// Whether the field that has begun has two quotes for one in it.
    bool is_escaped;
} well_formed_before;

/// What `well_formed_fields` found.
typedef struct {
    /// The positions of the delimiters and line ends outside quotes, after `end_count` that were there before.
    uint32_t *ends;
    size_t end_count;
    /// Which of `ends` are line ends, as indices.
    uint32_t *lines;
    size_t line_count;
    /// The position behind the last block that was in order as a whole.
    size_t position;
    /// Whether the block there is not in order; the ends before the first byte out of order are among those found.
    bool is_malformed;
} well_formed_index;

/// Set in an end if the field has two quotes for one in it.
#define WELL_FORMED_ESCAPED 0x80000000u
/// How many ends a block can have at most, and how many more there must be room for.
#define WELL_FORMED_BLOCK 64
#define WELL_FORMED_SLACK 16

/// Finds where fields and lines end while quotes are in order: each opens a field, closes one, or is one of two that
/// stand for one, and no line ends inside quotes.
///
/// It looks at blocks of 64 bytes from `index->position` on, as long as they begin before `limit` and are whole. There
/// must be room for as many ends and lines as there are bytes in them, and WELL_FORMED_SLACK more. A carriage return between a
/// closing quote and a line end is in order.
///
/// In C since Swift's SIMD types have no way to turn a comparison into a bit mask. Variants for wider registers were taken
/// out: a file of 283 MB was scanned in 0.153 s without them, in 0.133 s with AVX2 and in 0.118 s with AVX-512, less than a
/// third faster and less than 1 % of an intake.
void well_formed_fields(
    const uint8_t *bytes, size_t limit, size_t count, well_formed_marks marks, well_formed_before *before, well_formed_index *index);

/// Copies a field with one quote for two and returns how many bytes that are.
///
/// Of the bytes at `content`, `count` are the field and `readable` may be read; `capacity` may be written to `room`, at
/// least `count`.
size_t well_formed_undouble(
    const uint8_t *content, size_t count, size_t readable, uint8_t quote, uint8_t *room, size_t capacity);

#endif
