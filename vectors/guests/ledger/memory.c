#include "memory.h"

#define PAGE_BYTES 65536u
#define ALIGNMENT 8u

// Stands before every block. `next` is read only while the block is free; the list is in order of address.
typedef struct Header {
  u32 bytes; // of the block behind this header
  struct Header *next;
} Header;

extern u8 __heap_base; // set by the linker: its address is where data and stack end

static Header *free_blocks;
static u32 heap_end; // 0 until the first use

static u32 aligned(u32 bytes) { return (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1); }

static void *payload(Header *block) { return (u8 *)block + sizeof(Header); }

// Whether `second` begins where `first` ends.
static bool adjacent(Header *first, Header *second) {
  return (u8 *)payload(first) + first->bytes == (u8 *)second;
}

static void insert(Header *block) {
  Header *before = NULL;
  Header *after = free_blocks;
  while (after != NULL && after < block) {
    before = after;
    after = after->next;
  }
  block->next = after;
  if (before == NULL) free_blocks = block;
  else before->next = block;

  if (after != NULL && adjacent(block, after)) {
    block->bytes += sizeof(Header) + after->bytes;
    block->next = after->next;
  }
  if (before != NULL && adjacent(before, block)) {
    before->bytes += sizeof(Header) + block->bytes;
    before->next = block->next;
  }
}

static void grow_heap(u32 bytes) {
  u32 memory_end = (u32)__builtin_wasm_memory_size(0) * PAGE_BYTES;
  if (heap_end == 0) heap_end = aligned((u32)&__heap_base);
  u32 rest = memory_end - heap_end;
  if (rest < bytes + sizeof(Header)) {
    u32 pages = (bytes + sizeof(Header) - rest + PAGE_BYTES - 1) / PAGE_BYTES;
    if (__builtin_wasm_memory_grow(0, pages) == (__SIZE_TYPE__)-1) __builtin_trap();
    rest += pages * PAGE_BYTES;
  }
  Header *block = (Header *)heap_end;
  block->bytes = rest - sizeof(Header);
  heap_end += rest;
  insert(block);
}

// Takes the first block that is large enough off the list, and gives back what is left of it.
static void *take(u32 bytes) {
  Header **link = &free_blocks;
  for (Header *block = free_blocks; block != NULL; link = &block->next, block = block->next) {
    if (block->bytes < bytes) continue;
    if (block->bytes - bytes >= sizeof(Header) + ALIGNMENT) {
      Header *rest = (Header *)((u8 *)payload(block) + bytes);
      rest->bytes = block->bytes - bytes - sizeof(Header);
      rest->next = block->next;
      block->bytes = bytes;
      *link = rest;
    } else {
      *link = block->next;
    }
    return payload(block);
  }
  return NULL;
}

void *allocate(u32 bytes) {
  if (bytes > 0x7fff0000u) __builtin_trap();
  bytes = aligned(bytes == 0 ? 1 : bytes);
  void *block = take(bytes);
  if (block != NULL) return block;
  grow_heap(bytes);
  return take(bytes);
}

void release(void *block) { insert((Header *)((u8 *)block - sizeof(Header))); }

void copy(void *target, const void *source, u32 bytes) { __builtin_memcpy(target, source, bytes); }

bool same(const void *a, const void *b, u32 bytes) {
  for (u32 i = 0; i < bytes; i++) {
    if (((const u8 *)a)[i] != ((const u8 *)b)[i]) return false;
  }
  return true;
}
