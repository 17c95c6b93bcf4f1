/**
 * The Internet Computer's weights of instructions, to compare its schedule on the same figures: those of its replica's
 * instrumentation for 32-bit memories. Charges by data (bytes of a copy, pages) are not included, as there.
 */

const WEIGHTS: readonly (readonly [RegExp, number])[] = [
  [/^(block|loop|else|end)$/, 0],
  [/^i(32|64)\.(div|rem)_/, 10],
  [/^f32\.div$/, 3],
  [/^f64\.div$/, 5],
  [/^f\d\d\.(min|max)$/, 18],
  [/^f32\.copysign$/, 2],
  [/^f64\.copysign$/, 3],
  [/^f32\.sqrt$/, 5],
  [/^f64\.sqrt$/, 8],
  [/^f\d\d\.(add|sub|mul|ceil|floor|trunc|nearest)$/, 2],
  [/^f\d\d\.(eq|ne|lt|gt|le|ge)$/, 3],
  [/^f\d\d\.convert_i\d\d_s$/, 3],
  [/^f\d\d\.convert_i\d\d_u$/, 16],
  [/^i\d\d\.trunc_/, 20],
  [/^global\./, 2],
  [/^table\.(get|set)$/, 5],
  [/^(memory|table)\.grow$/, 300],
  [/^memory\.size$/, 20],
  [/^table\.size$/, 100],
  [/^(memory|table)\.(fill|copy|init)$/, 100],
  [/^(data|elem)\.drop$/, 300],
  [/^(call|return_call)$/, 5],
  [/^(call_indirect|return_call_indirect)$/, 10],
  [/^(if|br|br_if|br_table)$/, 2],
  [/^ref\.is_null$/, 5],
  [/^ref\.func$/, 130],
];

/** For an instruction by its name. */
export function internetComputerWeight(instruction: string): number {
  return WEIGHTS.find(([names]) => names.test(instruction))?.[1] ?? 1;
}
