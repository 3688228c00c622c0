#include "allocation_counter.h"

static long count = 0;
static int counting = 0;

void allocation_counter_start(void) {
    count = 0;
    counting = 1;
}

long allocation_counter_stop(void) {
    counting = 0;
    return count;
}

#if defined(__linux__)
#include <errno.h>
#include <stddef.h>

// glibc's own names for what stands behind malloc. Symbols of the program come before those of its libraries, so the
// Swift runtime's allocations pass here too.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t number, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    count += counting;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count += counting;
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count += counting;
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count += counting;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count += counting;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count += counting;
    void *memory = __libc_memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}
#endif
