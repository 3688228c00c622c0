#ifndef SIGNET_CBASE64URL_H
#define SIGNET_CBASE64URL_H

#include <stddef.h>
#include <stdint.h>

/// Decodes base64url (RFC 4648 section 5) 32 characters at a time, where the processor has AVX2.
///
/// Stops before the first 32 characters that are not all of the alphabet, before the end of the text, and before `room`
/// could be exceeded: 32 bytes are written for every 24 that mean something. Whoever calls decodes the rest.
///
/// Returns how many characters were decoded: a multiple of 32, whose 3/4 stand in `bytes`. 0 on other processors.
size_t base64url_decode_wide(const uint8_t *text, size_t count, uint8_t *bytes, size_t room);

#endif
