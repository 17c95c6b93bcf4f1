#include "message-pack.h"
#include "memory.h"

Reader reader_of(Span bytes) {
  Reader reader = {bytes.at, bytes.at + bytes.length};
  return reader;
}

// An unsigned big-endian number of that many bytes, which must be there.
static u64 big_endian(const u8 *at, u32 bytes) {
  u64 value = 0;
  for (u32 i = 0; i < bytes; i++) value = value << 8 | at[i];
  return value;
}

static bool take_bytes(Reader *reader, u32 bytes, const u8 **at) {
  if ((u32)(reader->end - reader->at) < bytes) return false;
  *at = reader->at;
  reader->at += bytes;
  return true;
}

static void read_unsigned(Reader *reader, u32 bytes, Value *value) {
  const u8 *at;
  if (!take_bytes(reader, bytes, &at)) return;
  u64 bits = big_endian(at, bytes);
  value->kind = INTEGER;
  value->integer = bits > 0x7fffffffffffffffull ? 0x7fffffffffffffffll : (i64)bits;
}

static void read_signed(Reader *reader, u32 bytes, Value *value) {
  const u8 *at;
  if (!take_bytes(reader, bytes, &at)) return;
  u32 unused_bits = 64 - 8 * bytes;
  value->kind = INTEGER;
  value->integer = (i64)(big_endian(at, bytes) << unused_bits) >> unused_bits;
}

static void read_float(Reader *reader, u32 bytes, Value *value) {
  const u8 *at;
  if (!take_bytes(reader, bytes, &at)) return;
  u64 bits = big_endian(at, bytes);
  value->kind = FLOAT;
  if (bytes == 4) {
    u32 half = (u32)bits;
    float single;
    __builtin_memcpy(&single, &half, 4);
    value->number = single;
  } else {
    __builtin_memcpy(&value->number, &bits, 8);
  }
}

static void read_content(Reader *reader, Kind kind, u32 length, Value *value) {
  const u8 *at;
  if (!take_bytes(reader, length, &at)) return;
  value->kind = kind;
  value->bytes = (Span){at, length};
}

// A length field of that many bytes, then the content; an extension has a type byte between the two.
static void read_sized(Reader *reader, Kind kind, u32 length_bytes, Value *value) {
  const u8 *at, *type;
  if (!take_bytes(reader, length_bytes, &at)) return;
  if (kind == EXTENSION && !take_bytes(reader, 1, &type)) return;
  read_content(reader, kind, (u32)big_endian(at, length_bytes), value);
}

static void read_count(Reader *reader, Kind kind, u32 count_bytes, Value *value) {
  const u8 *at;
  if (!take_bytes(reader, count_bytes, &at)) return;
  value->kind = kind;
  value->count = (u32)big_endian(at, count_bytes);
}

static void read_tagged(Reader *reader, u8 tag, Value *value) {
  const u8 *type;
  switch (tag) {
  case 0xc0: value->kind = NIL; break;
  case 0xc2: case 0xc3: value->kind = BOOLEAN; value->integer = tag & 1; break;
  case 0xc4: case 0xc5: case 0xc6: read_sized(reader, BINARY, 1u << (tag - 0xc4), value); break;
  case 0xc7: case 0xc8: case 0xc9: read_sized(reader, EXTENSION, 1u << (tag - 0xc7), value); break;
  case 0xca: read_float(reader, 4, value); break;
  case 0xcb: read_float(reader, 8, value); break;
  case 0xcc: case 0xcd: case 0xce: case 0xcf: read_unsigned(reader, 1u << (tag - 0xcc), value); break;
  case 0xd0: case 0xd1: case 0xd2: case 0xd3: read_signed(reader, 1u << (tag - 0xd0), value); break;
  case 0xd4: case 0xd5: case 0xd6: case 0xd7: case 0xd8:
    if (take_bytes(reader, 1, &type)) read_content(reader, EXTENSION, 1u << (tag - 0xd4), value);
    break;
  case 0xd9: case 0xda: case 0xdb: read_sized(reader, STRING, 1u << (tag - 0xd9), value); break;
  case 0xdc: case 0xdd: read_count(reader, ARRAY, 2u << (tag - 0xdc), value); break;
  case 0xde: case 0xdf: read_count(reader, MAP, 2u << (tag - 0xde), value); break;
  default: break; // 0xc1 is never used
  }
}

Value next(Reader *reader) {
  Value value = {MALFORMED, {NULL, 0}, 0, 0, 0};
  const u8 *at;
  if (!take_bytes(reader, 1, &at)) return value;
  u8 tag = *at;
  if (tag < 0x80 || tag >= 0xe0) {
    value.kind = INTEGER;
    value.integer = (signed char)tag;
  } else if (tag < 0x90) {
    value.kind = MAP;
    value.count = tag & 15;
  } else if (tag < 0xa0) {
    value.kind = ARRAY;
    value.count = tag & 15;
  } else if (tag < 0xc0) {
    read_content(reader, STRING, tag & 31, &value);
  } else {
    read_tagged(reader, tag, &value);
  }
  return value;
}

bool skip(Reader *reader, u32 depth) {
  Value value = next(reader);
  if (value.kind == MALFORMED || depth > NESTING_MAX) return false;
  if (value.kind == ARRAY || value.kind == MAP) {
    u64 children = value.kind == MAP ? 2 * (u64)value.count : value.count;
    for (u64 i = 0; i < children; i++) {
      if (!skip(reader, depth + 1)) return false;
    }
  }
  return true;
}

bool well_formed(Span bytes) {
  Reader reader = reader_of(bytes);
  return skip(&reader, 0) && reader.at == reader.end;
}

const char *kind_name(Kind kind) {
  static const char *const names[] = {"nil", "bool", "int", "float", "str", "bin", "array", "map", "ext", "malformed"};
  return names[kind];
}

Writer writer(void) {
  Writer out = {allocate(64), 0, 64};
  return out;
}

Span written(const Writer *out) { return (Span){out->buffer, out->length}; }

Span text_of(const char *text) {
  u32 length = 0;
  while (text[length] != 0) length++;
  return (Span){(const u8 *)text, length};
}

void append(Writer *out, Span bytes) {
  u32 needed = out->length + bytes.length;
  if (needed > out->capacity) {
    u32 capacity = out->capacity * 2 > needed ? out->capacity * 2 : needed;
    u8 *buffer = allocate(capacity);
    copy(buffer, out->buffer, out->length);
    release(out->buffer);
    out->buffer = buffer;
    out->capacity = capacity;
  }
  copy(out->buffer + out->length, bytes.at, bytes.length);
  out->length = needed;
}

void append_text(Writer *out, const char *text) { append(out, text_of(text)); }

void append_decimal(Writer *out, i64 value) {
  u8 digits[20];
  u32 first = sizeof digits;
  u64 rest = value < 0 ? 0 - (u64)value : (u64)value;
  do {
    digits[--first] = (u8)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) append_text(out, "-");
  append(out, (Span){digits + first, sizeof digits - first});
}

static void append_tagged(Writer *out, u8 tag, u32 value, u32 value_bytes) {
  u8 head[5] = {tag};
  for (u32 i = 0; i < value_bytes; i++) head[1 + i] = (u8)(value >> (8 * (value_bytes - 1 - i)));
  append(out, (Span){head, 1 + value_bytes});
}

void write_map(Writer *out, u32 pairs) {
  if (pairs < 16) append_tagged(out, (u8)(0x80 | pairs), 0, 0);
  else if (pairs <= 0xffff) append_tagged(out, 0xde, pairs, 2);
  else append_tagged(out, 0xdf, pairs, 4);
}

void write_array(Writer *out, u32 elements) {
  if (elements < 16) append_tagged(out, (u8)(0x90 | elements), 0, 0);
  else if (elements <= 0xffff) append_tagged(out, 0xdc, elements, 2);
  else append_tagged(out, 0xdd, elements, 4);
}

// The tags of 8, 16 and 32 bits follow each other.
static void write_head(Writer *out, u8 tag8, u32 value) {
  if (value <= 0xff) append_tagged(out, tag8, value, 1);
  else if (value <= 0xffff) append_tagged(out, tag8 + 1, value, 2);
  else append_tagged(out, tag8 + 2, value, 4);
}

void write_string(Writer *out, Span text) {
  if (text.length < 32) append_tagged(out, (u8)(0xa0 | text.length), 0, 0);
  else write_head(out, 0xd9, text.length);
  append(out, text);
}

void write_binary(Writer *out, Span bytes) {
  write_head(out, 0xc4, bytes.length);
  append(out, bytes);
}

void write_unsigned(Writer *out, u32 value) {
  if (value < 0x80) append_tagged(out, (u8)value, 0, 0);
  else write_head(out, 0xcc, value);
}
