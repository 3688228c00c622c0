#include "CBase64URL.h"

#if defined(__x86_64__) && (defined(__clang__) || defined(__GNUC__))

#include <immintrin.h>

// 1 in every lane that lies between two characters, both included. Bytes from 0x80 on are negative, and so in no range.
#define BETWEEN(low, high)                                                                                             \
    _mm256_and_si256(_mm256_cmpgt_epi8(characters, _mm256_set1_epi8((low)-1)),                                        \
                     _mm256_cmpgt_epi8(_mm256_set1_epi8((high) + 1), characters))
#define EQUAL(character) _mm256_cmpeq_epi8(characters, _mm256_set1_epi8(character))
#define WHERE(mask, value) _mm256_and_si256(mask, _mm256_set1_epi8(value))
#define OR(left, right) _mm256_or_si256(left, right)

__attribute__((target("avx2"))) static size_t decode_avx2(const uint8_t *text, size_t count, uint8_t *bytes, size_t room)
{
    size_t place = 0, written = 0;
    while (count - place >= 32 && room - written >= 32) {
        const __m256i characters = _mm256_loadu_si256((const __m256i *)(text + place));
        const __m256i upper = BETWEEN('A', 'Z'), lower = BETWEEN('a', 'z'), digit = BETWEEN('0', '9');
        const __m256i minus = EQUAL('-'), underscore = EQUAL('_');
        const __m256i known = OR(OR(OR(upper, lower), OR(digit, minus)), underscore);
        if (_mm256_movemask_epi8(known) != -1) break;
        // From each character to its six bits is one addition.
        const __m256i way = OR(OR(OR(WHERE(upper, -'A'), WHERE(lower, 26 - 'a')), OR(WHERE(digit, 52 - '0'), WHERE(minus, 62 - '-'))),
                               WHERE(underscore, 63 - '_'));
        const __m256i sixes = _mm256_add_epi8(characters, way);
        // Two sixes to twelve bits, two twelves to 24: first * 64 + second, then first * 4096 + second.
        const __m256i twelves = _mm256_maddubs_epi16(sixes, _mm256_set1_epi32(0x01400140));
        const __m256i groups = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));
        // Of each group its three bytes, the highest first; then the halves' twelve bytes side by side.
        const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5, 4, 10, 9, 8,
                                               14, 13, 12, -1, -1, -1, -1);
        const __m256i halves = _mm256_shuffle_epi8(groups, order);
        const __m256i whole = _mm256_permutevar8x32_epi32(halves, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
        _mm256_storeu_si256((__m256i *)(bytes + written), whole);
        place += 32;
        written += 24;
    }
    return place;
}

size_t base64url_decode_wide(const uint8_t *text, size_t count, uint8_t *bytes, size_t room)
{
    return __builtin_cpu_supports("avx2") ? decode_avx2(text, count, bytes, room) : 0;
}

#else

size_t base64url_decode_wide(const uint8_t *text, size_t count, uint8_t *bytes, size_t room)
{
    (void)text, (void)count, (void)bytes, (void)room;
    return 0;
}

#endif
