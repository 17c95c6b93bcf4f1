// A first-fit free list over memory that grows by pages: all that the byte ABI needs of malloc and free.
#pragma once
#include "types.h"

// 8-byte aligned; traps when memory cannot grow, since a guest without memory has no verdict to give.
void *allocate(u32 bytes);
void release(void *block);
void copy(void *target, const void *source, u32 bytes);
bool same(const void *a, const void *b, u32 bytes);
