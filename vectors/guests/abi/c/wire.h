// Reading and writing of bytes on the wire, big-endian as MessagePack and CBOR have them. What is malformed traps.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
} reader;

static inline uint8_t read_byte(reader *from) {
    if (from->at == from->end) __builtin_trap();
    return *from->at++;
}

static inline uint64_t read_big_endian(reader *from, unsigned bytes) {
    uint64_t value = 0;
    while (bytes-- > 0) value = value << 8 | read_byte(from);
    return value;
}

// A field's name is told by its first byte and its length: "key" or "size".
static inline bool read_is_key(reader *from, unsigned length) {
    static const char *const names[] = {"key", "size"};
    if (length != 3 && length != 4) __builtin_trap();
    const char *name = names[length - 3];
    for (unsigned i = 0; i < length; i++) {
        if (read_byte(from) != (uint8_t)name[i]) __builtin_trap();
    }
    return length == 3;
}

static inline uint8_t *write_big_endian(uint8_t *to, uint64_t value, unsigned bytes) {
    while (bytes-- > 0) *to++ = (uint8_t)(value >> 8 * bytes);
    return to;
}
