/** What an instruction without a case of its own does to the operands, and where what it pushes comes from beside them. */
import { OPCODE_INDEX_COUNT, ROW_BY_INDEX } from '../../wasm/instructions.js';
import { MEMORY, MEMORY_SIZE } from './flow-graph.js';

interface OperandShape {
  readonly pops: number;
  readonly pushes: number;
  /** The source of what it pushes, beside its operands. */
  readonly adds: number;
}

/** Of the rules by which the table types an instruction that needs no case of its own. */
const RULES: Readonly<Record<string, readonly [pops: number, pushes: number]>> = {
  drop: [1, 0],
  select: [3, 1],
  select_t: [3, 1],
  'table.get': [1, 1],
  'table.set': [2, 0],
  'table.grow': [2, 1],
  'table.fill': [3, 0],
  'ref.null': [0, 1],
  'ref.is_null': [1, 1],
};

/** By the index of the instruction. */
export const OPERAND_SHAPES: readonly OperandShape[] = Array.from({ length: OPCODE_INDEX_COUNT }, (_, index) => {
  const row = ROW_BY_INDEX[index];
  if (row === undefined) return { pops: 0, pushes: 0, adds: 0 };
  const [operands = '', results = ''] = row.type.split('->');
  const counted = (types: string) => types.split(' ').filter((type) => type !== '').length;
  const [pops, pushes] = RULES[row.type] ?? (row.type.includes('->') ? [counted(operands), counted(results)] : [0, 0]);
  const isSize = row.name === 'memory.size' || row.name === 'memory.grow';
  const reads = row.immediates === 'memarg' || row.name.startsWith('table.');
  return { pops, pushes, adds: isSize ? MEMORY_SIZE : reads ? MEMORY : 0 };
});
