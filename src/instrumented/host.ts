/**
 * Properties of the host's WebAssembly, found by testing: its message for each trap, and whether it keeps NaN bits. If
 * several traps have the same message, the rewritten code leaves a note (`layout.ts`) that distinguishes them. Traps
 * without notes must have different messages, or the host is not used.
 */

import { ByteWriter } from '../base/byte-writer.js';
import type { TrapCode } from '../base/fault.js';
import type { Hash } from '../base/hash.js';
import { Opcode } from '../wasm/opcode.js';
import { ValueType } from '../wasm/types.js';
import { CodeWriter } from './code-writer.js';
import { hostHash } from './host-hash.js';
import type { UnfitHost } from './unfit.js';

/** The meaning of a message of the host. A note has the rest. */
export type HostTrap =
  | Extract<TrapCode, 'unreachable' | 'integer-divide-by-zero' | 'integer-overflow' | 'out-of-bounds-memory-access'>
  | 'indirect-call';

export interface Host {
  /** BLAKE2b-256 on this host. */
  readonly hash: Hash;
  /** The host's message for a trap, without parts that depend on the place. */
  readonly messageOf: (error: Error) => string;
  /** Keyed by message. */
  readonly traps: ReadonlyMap<string, HostTrap>;
}

/**
 * Tests the host. This takes some milliseconds, so do it once for an engine.
 * @param messageOf how its messages are read; specs pass others to simulate hosts
 */
export function learnHost(messageOf: Host['messageOf'] = trapMessage): Host | UnfitHost {
  if (typeof WebAssembly !== 'object') return { unfit: 'the host has no WebAssembly' };
  try {
    const traps = learnTraps(messageOf);
    if (typeof traps === 'string') return { unfit: traps };
    if (!keepsNanBits()) return { unfit: 'the host does not preserve the bits of a NaN' };
    return { hash: hostHash(), messageOf, traps };
  } catch (error) {
    if (!isHostError(error)) throw error;
    return { unfit: `the host failed on the modules that test it: ${error.message}` };
  }
}

/** A host is not unfit because its caller has used up the stack. */
function isStackOverflow({ message }: RangeError): boolean {
  return /stack/i.test(message);
}

function isHostError(error: unknown): error is Error {
  return (
    error instanceof WebAssembly.CompileError ||
    error instanceof WebAssembly.LinkError ||
    error instanceof WebAssembly.RuntimeError ||
    // No room for the memories of the test modules: a bounded address space then has no room for any other.
    (error instanceof RangeError && !isStackOverflow(error))
  );
}

// Traps

/** Shown by notes, whatever the host reports: it only has to trap. */
const NOTED = undefined;

const F64_NAN = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
const F64_INFINITY = [0, 0, 0, 0, 0, 0, 0xf0, 0x7f];

/** Code that traps, as instructions of a function without parameters and results. */
const PROVOCATIONS: readonly { readonly trap: HostTrap | typeof NOTED; readonly code: readonly number[] }[] = [
  { trap: 'unreachable', code: [Opcode.Unreachable] },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I32DivS, Opcode.I32Const, 1, 0) },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I32DivU, Opcode.I32Const, 1, 0) },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I32RemS, Opcode.I32Const, 1, 0) },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I32RemU, Opcode.I32Const, 1, 0) },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I64DivS, Opcode.I64Const, 1, 0) },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I64DivU, Opcode.I64Const, 1, 0) },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I64RemS, Opcode.I64Const, 1, 0) },
  { trap: 'integer-divide-by-zero', code: divide(Opcode.I64RemU, Opcode.I64Const, 1, 0) },
  {
    trap: 'integer-overflow',
    // -2^31 / -1
    code: [Opcode.I32Const, 0x80, 0x80, 0x80, 0x80, 0x78, Opcode.I32Const, 0x7f, Opcode.I32DivS, Opcode.Drop],
  },
  {
    trap: 'integer-overflow',
    // 1 << 63 / -1
    code: [
      ...[Opcode.I64Const, 1, Opcode.I64Const, 63, Opcode.I64Shl],
      ...[Opcode.I64Const, 0x7f, Opcode.I64DivS, Opcode.Drop],
    ],
  },
  ...[Opcode.I32TruncF32S, Opcode.I32TruncF32U, Opcode.I64TruncF32S, Opcode.I64TruncF32U].flatMap((opcode) => [
    { trap: NOTED, code: [Opcode.F32Const, 0, 0, 0xc0, 0x7f, opcode, Opcode.Drop] },
    { trap: 'integer-overflow' as const, code: [Opcode.F32Const, 0, 0, 0x80, 0x7f, opcode, Opcode.Drop] },
  ]),
  ...[Opcode.I32TruncF64S, Opcode.I32TruncF64U, Opcode.I64TruncF64S, Opcode.I64TruncF64U].flatMap((opcode) => [
    { trap: NOTED, code: [Opcode.F64Const, ...F64_NAN, opcode, Opcode.Drop] },
    { trap: 'integer-overflow' as const, code: [Opcode.F64Const, ...F64_INFINITY, opcode, Opcode.Drop] },
  ]),
  { trap: 'out-of-bounds-memory-access', code: [Opcode.I32Const, 0x7f, Opcode.I32Load, 0, 0, Opcode.Drop] },
  {
    trap: 'out-of-bounds-memory-access',
    code: [Opcode.I32Const, 0x7f, Opcode.F64Const, 0, 0, 0, 0, 0, 0, 0, 0, Opcode.F64Store, 0, 0],
  },
  {
    trap: 'out-of-bounds-memory-access',
    code: [Opcode.I32Const, 0x7f, Opcode.I32Const, 0, Opcode.I32Const, 2, 0xfc, 11, 0],
  },
  {
    trap: 'out-of-bounds-memory-access',
    code: [Opcode.I32Const, 0x7f, Opcode.I32Const, 0, Opcode.I32Const, 2, 0xfc, 10, 0, 0],
  },
  { trap: NOTED, code: [Opcode.I32Const, 9, Opcode.CallIndirect, 0, 0] },
  { trap: 'indirect-call', code: [Opcode.I32Const, 1, Opcode.CallIndirect, 0, 0] },
  { trap: 'indirect-call', code: [Opcode.I32Const, 0, Opcode.CallIndirect, 1, 0, Opcode.Drop] },
];

function divide(opcode: number, constant: number, dividend: number, divisor: number): number[] {
  return [constant, dividend, constant, divisor, opcode, Opcode.Drop];
}

function learnTraps(messageOf: Host['messageOf']): Host['traps'] | string {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(provokingModule()));
  const traps = new Map<string, HostTrap>();
  for (let i = 0; i < PROVOCATIONS.length; i++) {
    const { trap } = PROVOCATIONS[i];
    const error = trapOf(exports[`p${i}`] as () => void);
    if (error === undefined) return `the host does not trap on ${trap ?? 'a bad operand'}`;
    if (trap === NOTED) continue;
    const message = messageOf(error);
    const known = traps.get(message);
    if (known !== undefined && known !== trap)
      return `the host reports ${known} and ${trap} with the same message: ${message}`;
    traps.set(message, trap);
  }
  return traps;
}

/**
 * The host's message for a trap. JavaScriptCore adds the source text of the call, which differs from place to place.
 */
function trapMessage({ message }: Error): string {
  const at = message.indexOf(' (evaluating ');
  return at < 0 ? message : message.slice(0, at);
}

function trapOf(provoke: () => void): Error | undefined {
  try {
    provoke();
    return undefined;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return error;
    throw error;
  }
}

function moduleStart(): ByteWriter {
  const out = new ByteWriter();
  out.bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  return out;
}

/** Types 0 `() -> ()` and 1 `() -> i32`; a table of two with function 0; a memory of one page. */
function provokingModule(): Uint8Array<ArrayBuffer> {
  const out = moduleStart();
  const count = PROVOCATIONS.length;
  out.section(1, (section) => section.bytes(Uint8Array.of(2, 0x60, 0, 0, 0x60, 0, 1, ValueType.I32)));
  out.section(3, (section) => {
    section.u32(count);
    for (let i = 0; i < count; i++) section.u32(0);
  });
  out.section(4, (section) => section.bytes(Uint8Array.of(1, ValueType.FuncRef, 1, 2, 2)));
  out.section(5, (section) => section.bytes(Uint8Array.of(1, 1, 1, 1)));
  out.section(7, (section) => {
    section.u32(count);
    for (let i = 0; i < count; i++) {
      section.name(`p${i}`);
      section.u8(0);
      section.u32(i);
    }
  });
  out.section(9, (section) => section.bytes(Uint8Array.of(1, 0, Opcode.I32Const, 0, Opcode.End, 1, 0)));
  out.section(10, (section) => {
    section.u32(count);
    for (const { code } of PROVOCATIONS) {
      section.u32(code.length + 2);
      section.u8(0);
      section.bytes(Uint8Array.from(code));
      section.u8(Opcode.End);
    }
  });
  return out.finish();
}

// NaN bits

const F64_BITS = [0x7ff0_0000_0000_0001n, 0xfff4_1234_5678_9abcn, 0x7ff8_0000_0000_0000n, 0xffff_ffff_ffff_ffffn];
const F32_BITS = [0x7f80_0001, 0xffa0_1234, 0x7fc0_0000, 0xffff_ffff];

function keepsNanBits(): boolean {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(keepingModule()));
  const keep64 = exports['k1'] as (bits: bigint) => bigint;
  const keep32 = exports['k3'] as (bits: number) => number;
  return (
    F64_BITS.every((bits) => BigInt.asUintN(64, keep64(bits)) === bits) &&
    F32_BITS.every((bits) => keep32(bits | 0) >>> 0 === bits)
  );
}

/**
 * Functions 0 `(f64) -> f64` and 2 `(f32) -> f32` pass a value through a local, a global, memory, a block and a
 * `select`; 1 and 3 call them with bits and return bits.
 */
function keepingModule(): Uint8Array<ArrayBuffer> {
  const { I32, I64, F32, F64 } = { I32: 0x7f, I64: 0x7e, F32: 0x7d, F64: 0x7c };
  const out = moduleStart();
  out.section(1, (section) => {
    section.bytes(Uint8Array.of(4, 0x60, 1, F64, 1, F64, 0x60, 1, I64, 1, I64));
    section.bytes(Uint8Array.of(0x60, 1, F32, 1, F32, 0x60, 1, I32, 1, I32));
  });
  out.section(3, (section) => section.bytes(Uint8Array.of(4, 0, 1, 2, 3)));
  out.section(5, (section) => section.bytes(Uint8Array.of(1, 1, 1, 1)));
  out.section(6, (section) => {
    section.bytes(Uint8Array.of(2, F64, 1, Opcode.F64Const, 0, 0, 0, 0, 0, 0, 0, 0, Opcode.End));
    section.bytes(Uint8Array.of(F32, 1, Opcode.F32Const, 0, 0, 0, 0, Opcode.End));
  });
  out.section(7, (section) => {
    section.u32(2);
    for (const index of [1, 3]) {
      section.name(`k${index}`);
      section.u8(0);
      section.u32(index);
    }
  });
  const bodies = [
    throughAll(F64, 0, Opcode.F64Store, Opcode.F64Load),
    [0, Opcode.LocalGet, 0, Opcode.F64ReinterpretI64, Opcode.Call, 0, Opcode.I64ReinterpretF64],
    throughAll(F32, 1, Opcode.F32Store, Opcode.F32Load),
    [0, Opcode.LocalGet, 0, Opcode.F32ReinterpretI32, Opcode.Call, 2, Opcode.I32ReinterpretF32],
  ];
  out.section(10, (section) => {
    section.u32(bodies.length);
    for (const body of bodies) {
      section.u32(body.length + 1);
      section.bytes(Uint8Array.from(body));
      section.u8(Opcode.End);
    }
  });
  return out.finish();
}

function throughAll(type: number, global: number, store: Opcode, load: Opcode): number[] {
  const writer = new CodeWriter();
  writer.bytes(Uint8Array.of(1, 1, type));
  writer.localGet(0);
  writer.localSet(1);
  writer.localGet(1);
  writer.globalSet(global);
  writer.i32Const(8);
  writer.u8(Opcode.Block);
  writer.u8(type);
  writer.globalGet(global);
  writer.u8(Opcode.End);
  writer.bytes(Uint8Array.of(store, 0, 0));
  writer.i32Const(8);
  writer.bytes(Uint8Array.of(load, 0, 0));
  writer.localGet(1);
  writer.localGet(0);
  writer.localGet(0);
  writer.op(type === ValueType.F32 ? Opcode.F32Eq : Opcode.F64Eq);
  writer.op(Opcode.Select);
  return [...writer.finish()];
}
