// Amounts are i64 in millionths. The first rule that is broken is the reason, and it begins with the field's name.
#include "rules.h"
#include "callback-result.h"
#include "conditions.h"
#include "memory.h"

#define HASH_BYTES 39 // 3 of prefix, 32 of core, 4 of location
#define AMOUNT_MAX 1000000000000000ll
#define FEE_NUMERATOR 25 // 0.25 %
#define FEE_DENOMINATOR 10000
#define MONTHS_MAX 600
#define FIELD_NAME_BYTES 40

typedef enum {
  FIELD_KIND,
  FIELD_FROM,
  FIELD_TO,
  FIELD_AMOUNT,
  FIELD_FEE,
  FIELD_BALANCE,
  FIELD_BALANCE_AFTER,
  FIELD_TIMESTAMP,
  FIELD_PREVIOUS,
  FIELD_CONDITIONS,
  FIELD_RATE, // this and the rest: loans only
  FIELD_MONTHS,
  FIELD_PAYMENT,
  FIELDS
} Field;

// A field's name and what it may be; `nil_too` says that it may be left empty.
static const struct {
  const char *name;
  Kind kind;
  bool nil_too;
} shapes[FIELDS] = {
    {"kind", STRING, false},      {"from", BINARY, false},        {"to", BINARY, false},
    {"amount", INTEGER, false},   {"fee", INTEGER, false},        {"balance", INTEGER, false},
    {"balance_after", INTEGER, false}, {"timestamp", INTEGER, false}, {"previous", BINARY, true},
    {"conditions", ARRAY, true},  {"rate", FLOAT, false},         {"months", INTEGER, false},
    {"payment", INTEGER, false},
};

typedef struct {
  bool present[FIELDS];
  Value values[FIELDS];
  Reader places[FIELDS]; // before the value: for what has an inside
} Record;

// A fault under way: the text grows in `reason`; empty as long as there is none.
typedef struct {
  Writer reason;
} Fault;

static bool broken(const Fault *fault) { return fault->reason.length != 0; }

static void say(Fault *fault, const char *field, const char *text) {
  if (field != NULL) {
    append_text(&fault->reason, field);
    append_text(&fault->reason, ": ");
  }
  append_text(&fault->reason, text);
}

static void say_expected(Fault *fault, const char *field, i64 expected, i64 actual) {
  say(fault, field, "expected ");
  append_decimal(&fault->reason, expected);
  append_text(&fault->reason, ", got ");
  append_decimal(&fault->reason, actual);
}

static void say_kinds(Fault *fault, const char *field, Kind expected, Kind actual) {
  say(fault, field, "expected ");
  append_text(&fault->reason, kind_name(expected));
  append_text(&fault->reason, ", got ");
  append_text(&fault->reason, kind_name(actual));
}

static bool equals(Span a, Span b) { return a.length == b.length && same(a.at, b.at, a.length); }

static u32 field_named(Span name) {
  u32 field = 0;
  while (field < FIELDS && !equals(name, text_of(shapes[field].name))) field++;
  return field;
}

static bool is_plain_ascii(Span text) {
  for (u32 i = 0; i < text.length; i++) {
    if (text.at[i] < 0x20 || text.at[i] > 0x7e) return false;
  }
  return text.length <= FIELD_NAME_BYTES;
}

static void say_unknown(Fault *fault, Span name) {
  if (is_plain_ascii(name)) {
    append(&fault->reason, name);
    append_text(&fault->reason, ": ");
  }
  append_text(&fault->reason, "unknown field");
}

static void locate_fields(Span bytes, Record *record, Fault *fault) {
  Reader reader = reader_of(bytes);
  Value map = next(&reader);
  if (map.kind != MAP) return say_kinds(fault, NULL, MAP, map.kind);
  for (u32 i = 0; i < map.count; i++) {
    Value name = next(&reader);
    if (name.kind != STRING) return say(fault, NULL, "a field's name is not a string");
    u32 field = field_named(name.bytes);
    if (field == FIELDS) return say_unknown(fault, name.bytes);
    if (record->present[field]) return say(fault, shapes[field].name, "given twice");
    record->present[field] = true;
    record->places[field] = reader;
    Reader inside = reader;
    record->values[field] = next(&inside);
    skip(&reader, 0);
  }
}

static void check_shapes(const Record *record, u32 fields, Fault *fault) {
  for (u32 field = 0; field < fields; field++) {
    const char *name = shapes[field].name;
    if (!record->present[field]) return say(fault, name, "missing");
    Kind kind = record->values[field].kind;
    bool fits = kind == shapes[field].kind || (kind == NIL && shapes[field].nil_too);
    if (!fits) return say_kinds(fault, name, shapes[field].kind, kind);
    if (kind == BINARY && record->values[field].bytes.length != HASH_BYTES) return say(fault, name, "expected 39 bytes");
  }
  for (u32 field = fields; field < FIELDS; field++) {
    if (record->present[field]) return say(fault, shapes[field].name, "only in a loan");
  }
}

// 0.25 % of the amount, rounded up; the amount is at most 10^15, so the product fits.
static i64 fee_of(i64 amount) { return (amount * FEE_NUMERATOR + FEE_DENOMINATOR - 1) / FEE_DENOMINATOR; }

static void check_amounts(const Record *record, Fault *fault) {
  i64 amount = record->values[FIELD_AMOUNT].integer;
  i64 fee = record->values[FIELD_FEE].integer;
  i64 after = record->values[FIELD_BALANCE_AFTER].integer;
  if (equals(record->values[FIELD_FROM].bytes, record->values[FIELD_TO].bytes)) return say(fault, "to", "the same as from");
  if (amount < 1 || amount > AMOUNT_MAX) return say(fault, "amount", "out of range");
  if (fee != fee_of(amount)) return say_expected(fault, "fee", fee_of(amount), fee);

  i64 expected;
  if (__builtin_sub_overflow(record->values[FIELD_BALANCE].integer, amount + fee, &expected)) {
    return say(fault, "balance", "out of range");
  }
  if (after != expected) return say_expected(fault, "balance_after", expected, after);
  if (after < 0) return say(fault, "balance_after", "below zero");
}

static f64 power(f64 base, u32 exponent) {
  if (exponent == 0) return 1;
  f64 half = power(base, exponent / 2);
  return exponent % 2 == 0 ? half * half : half * half * base;
}

// The monthly payment that pays a loan back: amount * r / (1 - (1 + r)^-n). Without interest this is 0 / 0, and the NaN
// says to divide evenly; with a rate that is itself a NaN or too large, the result stays a NaN or is infinite.
static f64 payment_of(f64 amount, f64 yearly_rate, u32 months) {
  f64 rate = yearly_rate / 12;
  f64 payment = amount * rate / (1 - 1 / power(1 + rate, months));
  if (payment != payment && rate == 0) payment = amount / months;
  return payment;
}

static void check_loan(const Record *record, Fault *fault) {
  i64 amount = record->values[FIELD_AMOUNT].integer;
  f64 rate = record->values[FIELD_RATE].number;
  i64 months = record->values[FIELD_MONTHS].integer;
  i64 payment = record->values[FIELD_PAYMENT].integer;
  if (months < 1 || months > MONTHS_MAX) return say(fault, "months", "out of range");

  f64 exact = payment_of((f64)amount, rate, (u32)months);
  if (exact != exact) return say(fault, "rate", "gives no payment");
  if (rate < 0 || rate > 1) return say(fault, "rate", "out of range");
  i64 expected = __builtin_wasm_trunc_saturate_s_i64_f64(__builtin_floor(exact + 0.5));
  if (payment != expected) say_expected(fault, "payment", expected, payment);
}

static void check_conditions(const Record *record, Fault *fault) {
  if (record->values[FIELD_CONDITIONS].kind == NIL) return;
  Facts facts = {record->values[FIELD_AMOUNT].integer, record->values[FIELD_TIMESTAMP].integer};
  Reader reader = record->places[FIELD_CONDITIONS];
  switch (judge_condition(&reader, &facts, 0)) {
  case HOLDS: return;
  case FAILS: return say(fault, "conditions", "do not hold");
  case NOT_A_CONDITION: return say(fault, "conditions", "not a condition");
  case TOO_DEEP: return say(fault, "conditions", "nested too deeply");
  }
}

static void check_record(Span bytes, Record *record, Fault *fault) {
  locate_fields(bytes, record, fault);
  if (broken(fault)) return;

  // The kind says which fields there must be, so it comes first.
  if (!record->present[FIELD_KIND]) return say(fault, "kind", "missing");
  Value kind = record->values[FIELD_KIND];
  bool loan = kind.kind == STRING && equals(kind.bytes, text_of("loan"));
  bool transfer = kind.kind == STRING && equals(kind.bytes, text_of("transfer"));
  if (!loan && !transfer) return say(fault, "kind", "expected transfer or loan");

  check_shapes(record, loan ? FIELDS : FIELD_RATE, fault);
  if (!broken(fault)) check_amounts(record, fault);
  if (!broken(fault) && loan) check_loan(record, fault);
  if (!broken(fault)) check_conditions(record, fault);
}

// A stand-in for asking the host: every earlier record is known but the one whose core is all zeros.
static bool is_known(Span hash) {
  for (u32 i = 3; i < 35; i++) {
    if (hash.at[i] != 0) return true;
  }
  return false;
}

Span validate_record(Span bytes) {
  Record record;
  for (u32 field = 0; field < FIELDS; field++) record.present[field] = false;
  Fault fault = {writer()};
  check_record(bytes, &record, &fault);

  Span result;
  const Value *previous = &record.values[FIELD_PREVIOUS];
  if (broken(&fault)) result = result_invalid(written(&fault.reason));
  else if (previous->kind == BINARY && !is_known(previous->bytes)) result = result_unresolved(previous->bytes);
  else result = result_valid();
  release(fault.reason.buffer);
  return result;
}
