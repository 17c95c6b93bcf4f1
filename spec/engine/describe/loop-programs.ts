/**
 * Generated modules full of loops, as text: bounds from constants, arguments, globals, memory, the host and calls,
 * exits from inside loops, locals that are written on some paths, recursion, tables. Many of their loops are constant,
 * many only look so.
 */
import fc from 'fast-check';

const FUNCTIONS = 4;
const LOCALS = 5;
/** Statements of a function, including nested ones. */
const SIZE_MAX = 26;

export interface LoopProgram {
  readonly text: string;
  /** Arguments of the exports, one row per run. */
  readonly runs: readonly (readonly number[])[];
}

/** Random choices from fast-check, so that programs shrink. */
class Choice {
  #at = 0;
  constructor(readonly numbers: readonly number[]) {}

  below(count: number): number {
    return this.numbers[this.#at++ % this.numbers.length]! % count;
  }
}

class FunctionText {
  #left = SIZE_MAX;
  #counters = 0;

  constructor(readonly choice: Choice) {}

  text(name: string): string {
    const code = this.#statements(0, 5);
    const counters = Array.from({ length: this.#counters }, (_, i) => `(local $c${i} i32)`).join(' ');
    const locals = Array.from({ length: LOCALS - 2 }, (_, i) => `(local $x${i + 2} i32)`).join(' ');
    return `(func $${name} (export "${name}") (param $x0 i32) (param $x1 i32) (result i32) ${locals} ${counters}
      ${code} ${this.#value(2)})`;
  }

  #statements(labels: number, most: number): string {
    const count = 1 + this.choice.below(most);
    return Array.from({ length: count }, () => this.#statement(labels)).join('\n');
  }

  #statement(labels: number): string {
    if (this.#left-- <= 0) return `(local.set ${this.#local()} ${this.#value(1)})`;
    switch (this.choice.below(13)) {
      case 0:
      case 1:
        return `(local.set ${this.#local()} ${this.#value(2)})`;
      case 2:
        return `(if ${this.#value(2)} (then ${this.#statements(labels + 1, 3)}) (else ${this.#statements(labels + 1, 2)}))`;
      case 3:
        return `(if ${this.#value(2)} (then ${this.#statements(labels + 1, 3)}))`;
      case 4:
        return `(block ${this.#statements(labels + 1, 4)})`;
      case 5:
      case 6:
      case 7:
        return this.#count(labels);
      case 8:
        return labels === 0 ? '' : `(br_if ${this.choice.below(labels)} ${this.#value(2)})`;
      case 9:
        return `(if ${this.#value(1)} (then (return ${this.#value(1)})))`;
      case 10:
        return this.choice.below(3) > 0
          ? this.#setGlobal()
          : `(i32.store8 (i32.and ${this.#value(1)} (i32.const 7)) ${this.#value(1)})`;
      case 11:
        return `(block (block (br_table 0 1 ${this.#value(1)})) ${this.#statements(labels + 1, 2)})`;
      default:
        return `(block (br_if 0 (i32.lt_u ${this.#value(1)} (i32.const 100))) (drop ${this.#call(1)}) (unreachable))`;
    }
  }

  /** A loop with a small bound, or without one. */
  #count(labels: number): string {
    const counter = `$c${this.#counters++}`;
    const bound =
      ['(i32.const 5)', '(global.get $g1)'][this.choice.below(5)] ?? `(i32.and ${this.#value(2)} (i32.const 7))`;
    const [before, after] = [
      this.#statements(labels + 1, 3),
      this.choice.below(3) === 0 ? this.#statements(labels + 1, 1) : '',
    ];
    const start =
      this.choice.below(3) === 0
        ? ''
        : `(local.set ${counter} ${this.choice.below(4) === 0 ? this.#value(1) : '(i32.const 0)'})`;
    return `${start} (loop ${before}
      (local.set ${counter} (i32.add (local.get ${counter}) (i32.const 1)))
      (br_if 0 (i32.lt_s (local.get ${counter}) ${bound})) ${after})`;
  }

  /** Only constants are written to one of them, so loops that read it depend on nothing else. */
  #setGlobal(): string {
    const global = this.choice.below(3);
    const value = global === 1 ? `(i32.const ${this.choice.below(6)})` : this.#value(1);
    return `(global.set $g${global} ${value})`;
  }

  #local(): string {
    return `$x${this.choice.below(LOCALS)}`;
  }

  #call(depth: number): string {
    if (this.choice.below(3) === 0) return `(call $leaf (i32.const ${this.choice.below(6)}))`;
    const args = `${this.#value(depth - 1)} ${this.#value(depth - 1)}`;
    return this.choice.below(4) === 0
      ? `(call_indirect (type $f) ${args} (i32.and ${this.#value(0)} (i32.const 1)))`
      : `(call $f${this.choice.below(FUNCTIONS)} ${args})`;
  }

  #value(depth: number): string {
    const kinds = depth <= 0 ? 6 : 13;
    switch (this.choice.below(kinds)) {
      case 0:
      case 1:
      case 2:
        return `(i32.const ${this.choice.below(6)})`;
      case 3:
      case 4:
        return `(local.get ${this.#local()})`;
      case 5:
        return `(global.get $g${this.choice.below(4)})`;
      case 6:
        return `(i32.load8_u (i32.and ${this.#value(depth - 1)} (i32.const 7)))`;
      case 7:
        return this.#call(depth);
      case 8:
        return `(i32.add ${this.#value(depth - 1)} ${this.#value(depth - 1)})`;
      case 9:
        return `(i32.lt_s ${this.#value(depth - 1)} ${this.#value(depth - 1)})`;
      case 10:
        return `(select ${this.#value(depth - 1)} ${this.#value(depth - 1)} ${this.#value(depth - 1)})`;
      case 11:
        return `(local.tee ${this.#local()} ${this.#value(depth - 1)})`;
      default:
        return this.choice.below(2) === 0 ? '(call $host)' : '(memory.size)';
    }
  }
}

function textOf(numbers: readonly number[]): string {
  const choice = new Choice(numbers);
  // Only the first functions are exported; the others get only the arguments that are passed to them.
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => {
    const text = new FunctionText(choice).text(`f${i}`);
    return i < 2 ? text : text.replace(/\(export "[^"]*"\)/, '');
  });
  return `(module (type $f (func (param i32 i32) (result i32)))
    (import "env" "host" (func $host (result i32)))
    (memory 1) (data (i32.const 0) "\\01\\02\\03\\04\\05\\06\\07\\00")
    (table 2 funcref) (elem (i32.const 0) $f2 $f3)
    (global $g0 (mut i32) (i32.const 3)) (global $g1 (mut i32) (i32.const 0)) (global $g2 (mut i32) (i32.const 2))
    (global $g3 i32 (i32.const 4))
    (func $leaf (param $n i32) (result i32) (local $i i32)
      (loop (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if 0 (i32.lt_s (local.get $i) (local.get $n))))
      (local.get $i))
    ${functions.join('\n')})`;
}

export function anyLoopProgram(): fc.Arbitrary<LoopProgram> {
  return fc.record({
    text: fc.array(fc.nat(9_999), { minLength: 60, maxLength: 400 }).map(textOf),
    runs: fc.array(fc.tuple(fc.integer({ min: -2, max: 9 }), fc.integer({ min: -2, max: 9 })), {
      minLength: 6,
      maxLength: 8,
    }),
  });
}
