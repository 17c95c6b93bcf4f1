// Conditions: a nested array whose first element is the operator's name; judged by recursion.
//
//   ["all", c...]  ["any", c...]  ["not", c]          of other conditions
//   ["after", micros]  ["at-most", amount]            of the record: its timestamp, its amount
//   ["spread", a, b, limit]                           |a - b| / (a + b) <= limit, in f64; 0/0 is a NaN, which is not <=
#pragma once
#include "message-pack.h"

#define CONDITION_DEPTH_MAX 32

typedef enum { HOLDS, FAILS, NOT_A_CONDITION, TOO_DEEP } Judgement;

typedef struct {
  i64 amount;
  i64 timestamp;
} Facts;

// Judges the next value of the reader; the reader stands behind it only when the judgement is HOLDS or FAILS.
Judgement judge_condition(Reader *reader, const Facts *facts, u32 depth);
