// The short names of the number types, and a run of bytes that somebody else owns. No C library: nothing is included.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;
typedef double f64;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

typedef struct {
  const u8 *at;
  u32 length;
} Span;
