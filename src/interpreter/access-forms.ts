/** The internal opcodes of loads and stores by the form of their address. */
import { Opcode } from '../wasm/opcode.js';
import { Op } from './op.js';

/** The forms of loads and stores whose address is the sum of a local and a constant. */
export const SUM_FORMS: ReadonlyMap<Op, Op> = new Map([
  [Op.I32Load, Op.I32LoadSum],
  [Op.I32Load8U, Op.I32Load8USum],
  [Op.I64Load, Op.I64LoadSum],
  [Op.I32Store, Op.I32StoreSum],
  [Op.I32Store8, Op.I32Store8Sum],
  [Op.I32Store8Imm, Op.I32Store8ImmSum],
  [Op.I64Store, Op.I64StoreSum],
]);

/** The forms of loads and stores at a constant address. */
export const FIXED_FORMS: ReadonlyMap<Op, Op> = new Map([
  [Op.I32Load, Op.I32LoadAbs],
  [Op.I32Load8U, Op.I32Load8UAbs],
  [Op.I64Load, Op.I64LoadAbs],
  [Op.I32Store, Op.I32StoreAbs],
  [Op.I64Store, Op.I64StoreAbs],
]);
export const FIXED_ADDRESS_MAX = 0x7fff_fff0;

/** The load that takes a sum as its address, if there is one for the opcode. */
export function indexedLoad(opcode: number): Op | undefined {
  switch (opcode) {
    case Opcode.I32Load:
    case Opcode.F32Load:
      return Op.I32LoadIndexed;
    case Opcode.I32Load8U:
      return Op.I32Load8UIndexed;
    case Opcode.I64Load:
    case Opcode.F64Load:
      return Op.I64LoadIndexed;
    default:
      return undefined;
  }
}
