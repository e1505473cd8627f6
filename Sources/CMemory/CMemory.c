// SPDX-License-Identifier: Apache-2.0
#include "CMemory.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void memory_limit_arenas(void) {
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, 2);
#endif
}

void memory_give_back(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
