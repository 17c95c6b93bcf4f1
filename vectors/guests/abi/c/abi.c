// One function through five ABIs: direct values, a struct in static and in dynamic memory, MessagePack and CBOR. Requests come in
// numbers from 1 to 256 a call; direct values are one request a call.
#include "score.h"
#include "wire.h"

#define EXPORT(name) __attribute__((export_name(name)))
#define REQUESTS_MAX 256
#define ALIGNMENT 8

static request requests[REQUESTS_MAX];

// A stack of buffers: the last that was taken is the first to be given back, as the ABIs here do.
static uint8_t heap[65536] __attribute__((aligned(ALIGNMENT)));
static uint32_t top;

static uint32_t rounded(uint32_t bytes) {
    return (bytes + (ALIGNMENT - 1)) & ~(uint32_t)(ALIGNMENT - 1);
}

EXPORT("__hc__allocate_1") uint8_t *allocate(uint32_t bytes) {
    if (bytes > sizeof heap || rounded(bytes) > sizeof heap - top) __builtin_trap();
    uint8_t *at = heap + top;
    top += rounded(bytes);
    return at;
}

EXPORT("__hc__deallocate_1") void deallocate(uint8_t *at, uint32_t bytes) {
    uint32_t offset = (uint32_t)(at - heap);
    if (offset + rounded(bytes) != top) __builtin_trap();
    top = offset;
}

EXPORT("pair") uint64_t pair(uint64_t key, uint32_t size) {
    return score_of(key, size);
}

EXPORT("requests_at") request *requests_at(void) {
    return requests;
}

static void judge(request *all, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) all[i].score = score_of(all[i].key, all[i].size);
}

EXPORT("struct_static") void struct_static(uint32_t count) {
    if (count > REQUESTS_MAX) __builtin_trap();
    judge(requests, count);
}

EXPORT("struct_dynamic") void struct_dynamic(request *all, uint32_t count) {
    judge(all, count);
}

static uint64_t packed(const uint8_t *at, const uint8_t *end) {
    return (uint64_t)(uintptr_t)at << 32 | (uint32_t)(end - at);
}

// MessagePack.

static uint64_t read_message_pack_unsigned(reader *from) {
    uint8_t head = read_byte(from);
    if (head < 0x80) return head;
    if (head < 0xcc || head > 0xcf) __builtin_trap();
    return read_big_endian(from, 1u << (head - 0xcc));
}

static uint32_t read_message_pack_array(reader *from) {
    uint8_t head = read_byte(from);
    if ((head & 0xf0) == 0x90) return head & 0x0f;
    if (head != 0xdc) __builtin_trap();
    return (uint32_t)read_big_endian(from, 2);
}

static request read_message_pack_request(reader *from) {
    request one = {0};
    if (read_byte(from) != 0x82) __builtin_trap();
    for (int field = 0; field < 2; field++) {
        if (read_is_key(from, read_byte(from) - 0xa0u)) one.key = read_message_pack_unsigned(from);
        else one.size = (uint32_t)read_message_pack_unsigned(from);
    }
    return one;
}

EXPORT("message_pack") uint64_t message_pack(uint8_t *at, uint32_t length) {
    reader from = {at, at + length};
    uint64_t scores[REQUESTS_MAX];
    uint32_t count = read_message_pack_array(&from);
    if (count > REQUESTS_MAX) __builtin_trap();
    for (uint32_t i = 0; i < count; i++) {
        request one = read_message_pack_request(&from);
        scores[i] = score_of(one.key, one.size);
    }
    deallocate(at, length);
    uint8_t *output = allocate(3 + 9 * count);
    uint8_t *to = output;
    if (count < 16) *to++ = (uint8_t)(0x90 | count);
    else *to++ = 0xdc, to = write_big_endian(to, count, 2);
    for (uint32_t i = 0; i < count; i++) *to++ = 0xcf, to = write_big_endian(to, scores[i], 8);
    deallocate(output, 3 + 9 * count);
    return packed(allocate((uint32_t)(to - output)), to);
}

// CBOR.

static uint64_t read_cbor_head(reader *from, uint8_t major) {
    uint8_t head = read_byte(from);
    if (head >> 5 != major) __builtin_trap();
    uint8_t extra = head & 0x1f;
    if (extra < 24) return extra;
    if (extra > 27) __builtin_trap();
    return read_big_endian(from, 1u << (extra - 24));
}

enum { UNSIGNED = 0, TEXT = 3, ARRAY = 4, MAP = 5 };

static request read_cbor_request(reader *from) {
    request one = {0};
    if (read_cbor_head(from, MAP) != 2) __builtin_trap();
    for (int field = 0; field < 2; field++) {
        if (read_is_key(from, (unsigned)read_cbor_head(from, TEXT))) one.key = read_cbor_head(from, UNSIGNED);
        else one.size = (uint32_t)read_cbor_head(from, UNSIGNED);
    }
    return one;
}

EXPORT("cbor") uint64_t cbor(uint8_t *at, uint32_t length) {
    reader from = {at, at + length};
    uint64_t scores[REQUESTS_MAX];
    uint32_t count = (uint32_t)read_cbor_head(&from, ARRAY);
    if (count > REQUESTS_MAX) __builtin_trap();
    for (uint32_t i = 0; i < count; i++) {
        request one = read_cbor_request(&from);
        scores[i] = score_of(one.key, one.size);
    }
    deallocate(at, length);
    uint8_t *output = allocate(3 + 9 * count);
    uint8_t *to = output;
    if (count < 24) *to++ = (uint8_t)(0x80 | count);
    else *to++ = 0x99, to = write_big_endian(to, count, 2);
    for (uint32_t i = 0; i < count; i++) *to++ = 0x1b, to = write_big_endian(to, scores[i], 8);
    deallocate(output, 3 + 9 * count);
    return packed(allocate((uint32_t)(to - output)), to);
}
