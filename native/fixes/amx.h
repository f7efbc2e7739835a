// Included before every C++ file where the target has AMX: what GCC's intrinsics do not say. GCC 12 and 13 have it that _tile_loadconfig
// reads 8 bytes of its 64, so that the stores of the others are dropped as dead and the first use of a tile is an illegal instruction:
// the end of the JVM. _tile_loadd reads nothing at all, they say. With a barrier beside each, memory is what it must be.
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
