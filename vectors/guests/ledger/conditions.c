#include "conditions.h"
#include "memory.h"

static bool is_text(Span text, const char *expected) {
  Span other = text_of(expected);
  return text.length == other.length && same(text.at, other.at, text.length);
}

static Judgement judged(bool holds) { return holds ? HOLDS : FAILS; }

// Every part is judged, so that a fault in a later one is found whatever the earlier ones say.
static Judgement judge_parts(Reader *reader, const Facts *facts, u32 depth, u32 parts, bool all) {
  bool result = all;
  for (u32 i = 0; i < parts; i++) {
    Judgement part = judge_condition(reader, facts, depth + 1);
    if (part != HOLDS && part != FAILS) return part;
    if ((part == HOLDS) != all) result = !all;
  }
  return judged(result);
}

static Judgement judge_not(Reader *reader, const Facts *facts, u32 depth) {
  Judgement part = judge_condition(reader, facts, depth + 1);
  if (part == HOLDS) return FAILS;
  return part == FAILS ? HOLDS : part;
}

// An integer or a float, as f64.
static bool read_number(Reader *reader, f64 *number) {
  Value value = next(reader);
  if (value.kind == INTEGER) *number = (f64)value.integer;
  else *number = value.number;
  return value.kind == INTEGER || value.kind == FLOAT;
}

static Judgement judge_spread(Reader *reader) {
  f64 a, b, limit;
  if (!read_number(reader, &a) || !read_number(reader, &b) || !read_number(reader, &limit)) return NOT_A_CONDITION;
  return judged(__builtin_fabs(a - b) / (a + b) <= limit);
}

Judgement judge_condition(Reader *reader, const Facts *facts, u32 depth) {
  if (depth >= CONDITION_DEPTH_MAX) return TOO_DEEP;
  Value array = next(reader);
  if (array.kind != ARRAY || array.count == 0) return NOT_A_CONDITION;
  Value operator = next(reader);
  if (operator.kind != STRING) return NOT_A_CONDITION;

  Span name = operator.bytes;
  u32 parts = array.count - 1;
  if (is_text(name, "all")) return judge_parts(reader, facts, depth, parts, true);
  if (is_text(name, "any")) return judge_parts(reader, facts, depth, parts, false);
  if (is_text(name, "not") && parts == 1) return judge_not(reader, facts, depth);
  if (is_text(name, "spread") && parts == 3) return judge_spread(reader);

  if (parts != 1) return NOT_A_CONDITION;
  Value bound = next(reader);
  if (bound.kind != INTEGER) return NOT_A_CONDITION;
  if (is_text(name, "after")) return judged(facts->timestamp > bound.integer);
  if (is_text(name, "at-most")) return judged(facts->amount <= bound.integer);
  return NOT_A_CONDITION;
}
