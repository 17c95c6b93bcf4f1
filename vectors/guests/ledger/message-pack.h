// MessagePack: reading value by value, and writing with the shortest head.
#pragma once
#include "types.h"

typedef enum { NIL, BOOLEAN, INTEGER, FLOAT, STRING, BINARY, ARRAY, MAP, EXTENSION, MALFORMED } Kind;

typedef struct {
  Kind kind;
  Span bytes;  // of a string, binary or extension
  u32 count;   // elements of an array, pairs of a map; they follow in the reader
  i64 integer; // an unsigned value above the signed range reads as the greatest i64
  f64 number;  // of a float, single precision promoted
} Value;

typedef struct {
  const u8 *at;
  const u8 *end;
} Reader;

Reader reader_of(Span bytes);

// The next value's head (and content, for all but arrays and maps); MALFORMED when the bytes do not hold it.
Value next(Reader *reader);

// Steps over one value with all that is in it, by recursion; false when malformed or nested deeper than NESTING_MAX.
#define NESTING_MAX 64
bool skip(Reader *reader, u32 depth);

// Whether the bytes are one value and no more.
bool well_formed(Span bytes);

const char *kind_name(Kind kind);

typedef struct {
  u8 *buffer;
  u32 length;
  u32 capacity;
} Writer;

Writer writer(void);
void write_map(Writer *out, u32 pairs);
void write_array(Writer *out, u32 elements);
void write_string(Writer *out, Span text);
void write_binary(Writer *out, Span bytes);
void write_unsigned(Writer *out, u32 value);

// Plain bytes, without a head: for putting a text together.
void append(Writer *out, Span bytes);
void append_text(Writer *out, const char *text);
void append_decimal(Writer *out, i64 value);
Span written(const Writer *out);
Span text_of(const char *text);
