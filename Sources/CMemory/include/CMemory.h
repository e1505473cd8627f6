// SPDX-License-Identifier: Apache-2.0
#ifndef CMEMORY_H
#define CMEMORY_H

/// Lets all threads allocate from two heaps instead of up to eight for each core, before there is a second thread.
///
/// In C because Swift's module of the C library leaves malloc.h out. Elsewhere than with glibc it does nothing.
void memory_limit_arenas(void);

/// Gives freed memory back to the system, from the middle of the heaps too. Nothing happens elsewhere than with glibc.
void memory_give_back(void);

#endif
