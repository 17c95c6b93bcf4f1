/** What each instruction does to the operand height, read off the instruction table: as metering and rewriting count it. */
import { OPCODE_INDEX_COUNT, ROW_BY_INDEX } from '../wasm/instructions.js';

/** For the rules that the table names; those that read a type have cases of their own. */
const HEIGHT_BY_RULE: Readonly<Record<string, number>> = {
  drop: -1,
  select: -2,
  select_t: -2,
  'local.get': 1,
  'local.set': -1,
  'local.tee': 0,
  'global.get': 1,
  'global.set': -1,
  'table.get': 0,
  'table.set': -2,
  'table.grow': -1,
  'table.fill': -3,
  'ref.null': 1,
  'ref.is_null': 0,
};

/** Change of the operand height by opcode index; 0 for control instructions. */
export const HEIGHT_CHANGE: Int8Array = (() => {
  const changes = new Int8Array(OPCODE_INDEX_COUNT);
  ROW_BY_INDEX.forEach((row, index) => {
    if (row !== undefined) changes[index] = HEIGHT_BY_RULE[row.type] ?? heightChange(row.type);
  });
  return changes;
})();

/** Results less operands of `operands -> results`. */
function heightChange(type: string): number {
  const [operands, results] = type.split('->').map((part) => part.split(' ').filter((name) => name !== '').length);
  return results === undefined ? 0 : results - operands!;
}
