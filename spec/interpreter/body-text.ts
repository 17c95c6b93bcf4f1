/**
 * Source text for the body of a row, inside the loop and outside it: operands substituted, traps and ends written out.
 */
import type { OpRow } from '../../src/interpreter/table/row.js';

/** How a function names what a body uses. */
export interface Dialect {
  /** The word of the code `n` words after the opcode. */
  word(n: number): string;
  /** A sum that stays a 32-bit integer. */
  index(sum: string): string;
  trap(status: string): string;
  readonly leave: string;
}

export const LOOP_DIALECT: Dialect = {
  word: (n) => `code[(pc + ${n}) | 0]`,
  index: (sum) => `(${sum}) | 0`,
  trap: (status) => `{ status = ${status}; break run; }`,
  leave: 'break inner;',
};

export const RARE_DIALECT: Dialect = {
  word: (n) => `words[pc + ${n}]`,
  index: (sum) => sum,
  trap: (status) => `return -(${status});`,
  leave: '',
};

export function operandsOf(row: OpRow): readonly string[] {
  return row.operands.split(' ').filter((name) => name !== '');
}

/** Number of words of an operation. */
export function lengthOf(row: OpRow): number {
  return 1 + operandsOf(row).length;
}

const VIEWS = ['i32', 'f32', 'f64', 'low', 'high', 'at'];

/** Names of variables that hold the slot of an operand. */
export function slotVariable(operand: string): string {
  return `${operand}At`;
}

/** The body with its operands substituted. An operand that is used twice gets a variable for its slot. */
export function bodyText(row: OpRow, body: string, dialect: Dialect): string {
  const operands = operandsOf(row);
  let text = body;
  let before = '';
  operands.forEach((operand, i) => {
    const word = dialect.word(i + 1);
    const uses = [...text.matchAll(new RegExp(`(?<![\\w.])${operand}\\.(${VIEWS.join('|')})\\b`, 'g'))].map(
      ([, view]) => view!,
    );
    const kept = uses.length > 1 || uses.some((view) => view === 'low' || view === 'high' || view === 'at');
    const slot = dialect.index(`fp + ${word}`);
    if (kept) before += `${slotVariable(operand)} = ${slot};\n`;
    const at = kept ? slotVariable(operand) : slot;
    const texts: Readonly<Record<string, string>> = {
      i32: `slots[${at}]`,
      f32: `floats[${at}]`,
      f64: kept ? `doubles[${at} >> 1]` : `doubles[(fp + ${word}) >> 1]`,
      low: `slots[${at}]`,
      // Slots of values have even numbers.
      high: `slots[${at} | 1]`,
      at,
      word,
    };
    text = text.replace(
      new RegExp(`(?<![\\w.])${operand}\\.(\\w+)\\b`, 'g'),
      (whole, view: string) => texts[view] ?? whole,
    );
  });
  return (before + text)
    .replace(/\btrap\((.+?)\);/g, (_, status: string) => dialect.trap(status.replace(/'(\w+)'/g, 'Status.$1')))
    .replace(/\bleave;/g, dialect.leave)
    .replace(/\bLENGTH\b/g, String(lengthOf(row)));
}

/** Which of the named variables a text assigns. */
export function assignedIn(text: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => new RegExp(`(?<![\\w.])${name} = `).test(text));
}
