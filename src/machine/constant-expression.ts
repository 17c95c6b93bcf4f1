/**
 * Evaluates a constant expression of a valid module: constants, references, immutable globals and the extended
 * `add`, `sub`, `mul`. It cannot trap. Specification: constant expressions; extended constant expressions.
 */
import { ByteReader } from '../base/byte-reader.js';
import type { ByteRange, Module } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import type { Bits } from './outcome.js';

/** What an expression can name. */
export interface ConstantContext {
  globalBits(index: number): Bits;
  functionHandle(index: number): number;
}

/** The bits of the value: i64 and f64 as an unsigned bigint, everything else as a signed number. */
export function evaluateConstant(module: Module, range: ByteRange, context: ConstantContext): Bits {
  const reader = new ByteReader(module.bytes, range.start, range.end);
  const stack: Bits[] = [];
  for (;;) {
    const opcode = reader.u8();
    switch (opcode) {
      case Opcode.End:
        return stack[0];
      case Opcode.I32Const:
        stack.push(reader.s32());
        break;
      case Opcode.I64Const: {
        const low = reader.s64();
        stack.push(join(low, reader.high));
        break;
      }
      case Opcode.F32Const:
        stack.push(reader.fixed32());
        break;
      case Opcode.F64Const: {
        const low = reader.fixed32();
        stack.push(join(low, reader.fixed32()));
        break;
      }
      case Opcode.GlobalGet:
        stack.push(context.globalBits(reader.u32()));
        break;
      case Opcode.RefNull:
        reader.u8();
        stack.push(0);
        break;
      case Opcode.RefFunc:
        stack.push(context.functionHandle(reader.u32()));
        break;
      default:
        stack.push(extended(opcode, stack.pop()!, stack.pop()!));
    }
  }
}

function extended(opcode: number, b: Bits, a: Bits): Bits {
  const [x, y] = [BigInt(a), BigInt(b)];
  switch (opcode) {
    case Opcode.I32Add:
      return Number(BigInt.asIntN(32, x + y));
    case Opcode.I32Sub:
      return Number(BigInt.asIntN(32, x - y));
    case Opcode.I32Mul:
      return Number(BigInt.asIntN(32, x * y));
    case Opcode.I64Add:
      return BigInt.asUintN(64, x + y);
    case Opcode.I64Sub:
      return BigInt.asUintN(64, x - y);
    case Opcode.I64Mul:
      return BigInt.asUintN(64, x * y);
    default:
      throw new Error(`opcode ${opcode} in a valid constant expression`);
  }
}

function join(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
