// SPDX-License-Identifier: Apache-2.0
#include "CMemory.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void memory_limit_heaps(void) {
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 2 * 1024 * 1024);
#endif
}

void memory_leave_sqlite_uncounted(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void memory_leave_no_core(void) {
    // Less than any core takes. With 0 a core would still go to a program that core_pattern names (systemd-coredump,
    // apport); the kernel lets 1 alone keep it from that too.
    const struct rlimit none = {1, 1};
    setrlimit(RLIMIT_CORE, &none);
}

void memory_give_back(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
