// The system's zlib, for compressing the files of the pages once.
#pragma once
#include <zlib.h>

// deflateInit2 is a macro, which Swift does not see. 31 is a window of 32 KiB inside gzip (RFC 1952).
static inline int signet_deflate_init_gzip(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY);
}
