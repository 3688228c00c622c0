// What the compiler's output expects of a C library and wasi-libc leaves out. Linked into the Studio's judge only.
#include <stddef.h>
#include <stdint.h>

uintptr_t __stack_chk_guard = 0x5167e7;

void __stack_chk_fail(void) { __builtin_trap(); }

// Swift seeds its dictionary hashing from here. A page that reads one pasted text has no flood of keys to fear, and a real source
// of randomness would be an import: this module has none, so that it can do nothing but compute.
void arc4random_buf(void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) ((unsigned char *)bytes)[i] = (unsigned char)(i * 31 + 7);
}

// 64 x 64 -> 128 bits by schoolbook halves: overflow-checked Int64 multiplication asks for it.
typedef struct { uint64_t low, high; } two_words;

two_words __multi3(uint64_t a, uint64_t a_high, uint64_t b, uint64_t b_high) {
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
    uint64_t middle = (p00 >> 32) + (uint32_t)p01 + (uint32_t)p10;
    two_words product;
    product.low = (middle << 32) | (uint32_t)p00;
    product.high = p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32) + a * b_high + a_high * b;
    return product;
}
