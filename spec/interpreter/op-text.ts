/**
 * `src/interpreter/op.ts` and `ops.ts`, written from the rows: the opcodes, and the facts about each that the engine
 * needs at run time.
 */
import type { Outer } from '../../src/interpreter/table/row.js';
import { ROWS } from '../../src/interpreter/table/rows.js';
import { lengthOf, operandsOf } from './body-text.js';
import { GENERATED_NOTE } from './generated-note.js';

export function opText(): string {
  const members = ROWS.map(({ name, operands }) => `${operands === '' ? '' : `/** ${operands} */\n`}${name},\n`);
  return `/**
 * The internal opcodes of the register machine. An operation is one word for the opcode, then the words that its comment names:
 * \`d\` is the slot of the result, \`a b c\` are slots of operands (indices into the 32-bit slots, relative to the frame), \`imm\` a value,
 * \`target\` a position in the code, \`cost\` the fuel of the metering block at the target, \`costElse\` of the block behind the operation.
 * A name is the type, the operation, then the form: \`Imm\` takes its last operand from the code, \`Indexed\` adds two operands to the
 * address, \`Sum\` an operand and a constant, \`Abs\` has the whole address in the code.
 *
 * ${GENERATED_NOTE}
 */
export const enum Op {
${members.join('')}}
`;
}

const OUTERS: readonly Outer[] = ['rare', 'charging', 'far', 'call', 'machine'];
const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export function opsText(): string {
  const accesses = ROWS.flatMap((row) => {
    if (row.access === undefined) return [];
    const { bytes, kind, signed, wide } = row.access;
    const positions = operandsOf(row).map((name, i) => `${name}: ${i + 1}`);
    return [
      `[Op.${row.name}, { bytes: ${bytes}, store: ${kind === 'store'}, signed: ${signed}, wide: ${wide}, words: { ${positions.join(', ')} } }],\n`,
    ];
  });
  return `/**
 * What is known of each internal operation while the engine runs, by its opcode.
 *
 * ${GENERATED_NOTE}
 */
import { Op } from './op.js';

/** Who runs an operation that the loop leaves. */
export const enum Outer {
  None,
  ${OUTERS.map(capital).join(',\n  ')},
}

// biome-ignore format: one line
export const OUTER_OF: Uint8Array = Uint8Array.of(${ROWS.map(({ outer }) => (outer === undefined ? 0 : OUTERS.indexOf(outer) + 1)).join(', ')});

/** Words of each operation; a branch table has more behind them. */
// biome-ignore format: one line
export const LENGTH_OF: Uint8Array = Uint8Array.of(${ROWS.map(lengthOf).join(', ')});

/** A load or store: its width, and at which word behind the opcode each of its parts is. */
export interface Access {
  readonly bytes: number;
  readonly store: boolean;
  readonly signed: boolean;
  /** The value takes two slots. */
  readonly wide: boolean;
  readonly words: Readonly<
    Partial<Record<'d' | 'a' | 'b' | 'imm' | 'value' | 'offset' | 'address', number>>
  >;
}

// biome-ignore format: one operation, one line
export const ACCESSES: ReadonlyMap<Op, Access> = new Map<Op, Access>([
${accesses.map((line) => `  ${line}`).join('')}]);

/** Words behind an opcode. */
// biome-ignore format: one line
export type OperandName = ${[...new Set(ROWS.flatMap(operandsOf))].map((name) => `'${name}'`).join(' | ')};

/** Names and words. */
// biome-ignore format: one operation, one line
export const LAYOUTS: readonly (readonly [name: string, ...operands: OperandName[]])[] = [
${ROWS.map((row) => `  [${[row.name, ...operandsOf(row)].map((word) => `'${word}'`).join(', ')}],\n`).join('')}];
`;
}
