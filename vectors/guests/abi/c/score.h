// What every ABI here computes: a score of a request. And the request as a C struct.
#pragma once
#include <stdint.h>

typedef struct {
    uint64_t key;
    uint32_t size;
    // 4 bytes of padding
    uint64_t score;
} request;

static inline uint64_t score_of(uint64_t key, uint32_t size) {
    uint64_t mixed = key ^ (key >> 33);
    mixed *= 0xff51afd7ed558ccdull;
    return (mixed ^ (mixed >> 33)) + size;
}
