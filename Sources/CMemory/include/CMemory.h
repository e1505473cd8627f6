// SPDX-License-Identifier: Apache-2.0
#ifndef CMEMORY_H
#define CMEMORY_H

/// Keeps the heaps small, before there is a second thread: two for all threads instead of up to eight for each core, and
/// blocks of 256 KiB and more, such as the arrays of a batch of records, outside them.
///
/// glibc would put such blocks into the heaps as soon as one was freed. There they leave holes of every size between
/// them, and an intake of millions of records took 63 to 73 MiB from one run to the next instead of 58.
///
/// In C because Swift's module of the C library leaves malloc.h out. Elsewhere than with glibc it does nothing.
void memory_limit_heaps(void);

/// Gives freed memory back to the system, from the middle of the heaps too. Nothing happens elsewhere than with glibc.
void memory_give_back(void);

/// Has SQLite not count the memory that it uses, before it is used for the first time.
///
/// It would take a lock twice for each piece of memory, which was 7 % of the instructions of an insertion. Nobody asks for
/// the counts. In C because the function takes a variable number of arguments.
void memory_leave_sqlite_uncounted(void);

/// Keeps the memory of a process that crashes from being written to a file: it contains the secrets of the portal.
///
/// In C because the type of the resource's name differs between the C libraries.
void memory_leave_no_core(void);

#endif
