// Included before every C++ file when the target has AMX. It adds memory barriers that GCC's intrinsics lack. In GCC 12 and
// 13, _tile_loadconfig declares that it reads 8 bytes instead of 64. The compiler then drops the stores of the other bytes
// as dead. The first use of a tile becomes an illegal instruction and ends the JVM. _tile_loadd declares no read at all. A
// barrier next to each intrinsic makes the compiler write the memory first.
#pragma once
#if defined(__AMX_TILE__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

static inline __attribute__((always_inline)) void ls_tile_loadconfig(const void *config)
{
    __asm__ volatile("" : : "r"(config) : "memory");
    _tile_loadconfig(config);
}

#define _tile_loadconfig ls_tile_loadconfig
#undef _tile_loadd
#define _tile_loadd(tile, base, stride)                             \
    do {                                                            \
        __asm__ volatile("" : : "r"((const void *)(base)) : "memory"); \
        _tile_loadd_internal(tile, base, stride);                   \
        __asm__ volatile("" : : : "memory");                        \
    } while (0)
#endif
