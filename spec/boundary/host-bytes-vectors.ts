/**
 * Makes `vectors/host-calls/bytes.json`. The end of each call and the host's part of its fuel are written here by hand;
 * the rest of the receipt is the interpreter's.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { toHex } from '../../src/base/hash.js';
import {
  callHostBytes,
  HOST_BYTES,
  type HostBytesAnswer,
  type HostBytesCall,
  type HostBytesFunction,
  type HostBytesResult,
} from '../../src/cli/vectors/host-bytes-vectors.js';
import { bytesOfText } from '../engine/load-text.js';

interface Written {
  readonly name: string;
  readonly wat: string;
  readonly functions?: readonly HostBytesFunction[];
  readonly fuel?: number;
  readonly ends: string;
  /** Fuel of the part `host`. */
  readonly host: number;
}

const FUEL = 1_000_000;
/** Up to the host call: an instance 9,200, its import 1, its exports 4, its page 1,600, its segment 3 and 7; entry 3, two constants 2, the call 5 and its values 3. */
const GUEST_FUEL = 10_828;
/** Entry 3, and two stores with their operands. */
const DEALLOCATE_FUEL = 11;
const BASE = 100;
const PER_BYTE = 7;

const functionOf = (answers: readonly HostBytesAnswer[], more: Partial<HostBytesFunction> = {}): HostBytesFunction => ({
  module: 'env',
  name: 'ask',
  base: BASE,
  perByte: PER_BYTE,
  answers,
  ...more,
});
/** `abc` to `xy`. */
const ABC = functionOf([{ input: '616263', output: '7879' }]);

const ASK = '(import "env" "ask" (func $ask (param i32 i32) (result i64)))';
const MEMORY = '(memory (export "memory") 1)';
/** The result goes to 2048. The last requested length is at 0, the last deallocated pair at 4 and 8. */
const ALLOCATE =
  '(func $allocate (export "__hc__allocate_1") (param i32) (result i32) (i32.store (i32.const 0) (local.get 0)) (i32.const 2048))';
const DEALLOCATE =
  '(func (export "__hc__deallocate_1") (param i32 i32) (i32.store (i32.const 4) (local.get 0)) (i32.store (i32.const 8) (local.get 1)))';
const DATA = '(data (i32.const 1024) "abc")';
const asking = (pointer: string, length: string) =>
  `(func (export "f") (result i64) (call $ask (i32.const ${pointer}) (i32.const ${length})))`;
const guest = (parts: {
  readonly allocate?: string;
  readonly deallocate?: string;
  readonly f?: string;
  readonly memory?: string;
}) => {
  const { allocate = ALLOCATE, deallocate = DEALLOCATE, f = asking('1024', '3'), memory = MEMORY } = parts;
  return `(module ${ASK} ${memory} ${memory === '' ? '' : DATA} ${allocate} ${deallocate} ${f})`;
};
const allocating = (body: string) => `(func (export "__hc__allocate_1") (param i32) (result i32) ${body})`;
const deallocating = (body: string) => `(func (export "__hc__deallocate_1") (param i32 i32) ${body})`;
/** Guests that do not write to memory, for modules without one. */
const BARE = { allocate: allocating('(i32.const 0)'), deallocate: deallocating('') };
const packed = (pointer: number, length: number) =>
  `returned i64:0x${pointer.toString(16).padStart(8, '0')}${length.toString(16).padStart(8, '0')}`;

export const WRITTEN: readonly Written[] = [
  { name: 'an answer', wat: guest({}), ends: packed(2048, 2), host: BASE + 5 * PER_BYTE },
  {
    name: 'no bytes either way: the guest is asked to free and to allocate all the same',
    wat: guest({ f: asking('0', '0') }),
    functions: [functionOf([{ input: '', output: '' }])],
    ends: packed(2048, 0),
    host: BASE,
  },
  {
    name: 'an input that ends where the memory ends',
    wat: guest({ f: asking('65535', '1') }),
    functions: [functionOf([{ input: '00', output: 'ff' }])],
    ends: packed(2048, 1),
    host: BASE + 2 * PER_BYTE,
  },
  {
    name: 'bytes that cost nothing',
    wat: guest({}),
    functions: [functionOf([{ input: '616263', output: '7879' }], { base: 1, perByte: 0 })],
    ends: packed(2048, 2),
    host: 1,
  },
  {
    name: 'the input is read before the guest takes it back',
    wat: guest({ deallocate: deallocating('(memory.fill (local.get 0) (i32.const 0) (local.get 1))') }),
    ends: packed(2048, 2),
    host: BASE + 5 * PER_BYTE,
  },
  {
    name: 'the function charges before it answers',
    wat: guest({}),
    functions: [functionOf([{ input: '616263', charge: 1_000, output: '7879' }])],
    ends: packed(2048, 2),
    host: BASE + 5 * PER_BYTE + 1_000,
  },
  {
    name: 'two calls, the second with the answer of the first',
    wat: guest({
      f: `(func (export "f") (result i64) (local i64) (local.set 0 (call $ask (i32.const 1024) (i32.const 3)))
        (call $ask (i32.wrap_i64 (i64.shr_u (local.get 0) (i64.const 32))) (i32.wrap_i64 (local.get 0))))`,
    }),
    functions: [
      functionOf([
        { input: '616263', output: '7879' },
        { input: '7879', output: '7a' },
      ]),
    ],
    ends: packed(2048, 1),
    host: 2 * BASE + 8 * PER_BYTE,
  },
  {
    name: 'names with dots',
    wat: `(module (import "a.b" "c" (func $one (param i32 i32) (result i64))) (import "a" "b.c" (func $other (param i32 i32) (result i64)))
      ${MEMORY} ${DATA} ${ALLOCATE} ${DEALLOCATE}
      (func (export "f") (result i64) (drop (call $one (i32.const 1024) (i32.const 1))) (call $other (i32.const 1024) (i32.const 2))))`,
    functions: [
      functionOf([{ input: '61', output: '01' }], { module: 'a.b', name: 'c' }),
      functionOf([{ input: '6162', output: '0203' }], { module: 'a', name: 'b.c', base: 1 }),
    ],
    ends: packed(2048, 2),
    host: BASE + 1 + 6 * PER_BYTE,
  },
  {
    name: 'a short circuit',
    wat: guest({}),
    functions: [functionOf([{ input: '616263', payload: 'c0ffee' }])],
    ends: 'short-circuited c0ffee',
    host: BASE + 3 * PER_BYTE,
  },
  // Step 1
  { name: 'the base is not paid', wat: guest({}), fuel: GUEST_FUEL + 18, ends: 'exhausted fuel', host: 18 },
  // Step 2
  { name: 'no allocate', wat: guest({ allocate: '' }), ends: 'breached allocate-missing', host: BASE },
  {
    name: 'allocate of another type',
    wat: guest({ allocate: '(func (export "__hc__allocate_1") (param i32))' }),
    ends: 'breached allocate-type',
    host: BASE,
  },
  { name: 'no deallocate', wat: guest({ deallocate: '' }), ends: 'breached deallocate-missing', host: BASE },
  {
    name: 'deallocate of another type',
    wat: guest({ deallocate: '(func (export "__hc__deallocate_1") (param i32))' }),
    ends: 'breached deallocate-type',
    host: BASE,
  },
  {
    name: 'no allocate, and a pointer of 2 GiB: the exports come first',
    wat: guest({ allocate: '', f: asking('0x80000000', '1') }),
    ends: 'breached allocate-missing',
    host: BASE,
  },
  // Step 3
  {
    name: 'a pointer of 2 GiB',
    wat: guest({ f: asking('0x80000000', '0') }),
    ends: 'breached host-input-pointer',
    host: BASE,
  },
  {
    name: 'a pointer of 2 GiB and a length above the limit: the pointer comes first',
    wat: guest({ f: asking('0x80000000', '0xffffffff') }),
    ends: 'breached host-input-pointer',
    host: BASE,
  },
  {
    name: 'a length above the limit',
    wat: guest({ f: asking('0', '16777217') }),
    ends: 'breached host-input-length',
    host: BASE,
  },
  {
    name: 'a length at the limit, in a memory of 64 KiB',
    wat: guest({ f: asking('0', '16777216') }),
    ends: 'breached host-input-out-of-bounds',
    host: BASE,
  },
  {
    name: 'an input that passes the end of the memory by a byte',
    wat: guest({ f: asking('65535', '2') }),
    ends: 'breached host-input-out-of-bounds',
    host: BASE,
  },
  {
    name: 'no bytes, without a memory',
    wat: guest({ ...BARE, memory: '', f: asking('0', '0') }),
    ends: 'breached host-input-out-of-bounds',
    host: BASE,
  },
  {
    name: 'no bytes, in a memory that is not exported as memory',
    wat: guest({ ...BARE, memory: '(memory (export "other") 1)', f: asking('0', '0') }),
    ends: 'breached host-input-out-of-bounds',
    host: BASE,
  },
  // Step 4
  { name: 'the input is not paid', wat: guest({}), fuel: GUEST_FUEL + 118, ends: 'exhausted fuel', host: 118 },
  // Step 5
  {
    name: 'deallocate traps',
    wat: guest({ deallocate: deallocating('unreachable') }),
    ends: 'trapped unreachable',
    host: BASE + 3 * PER_BYTE,
  },
  // Step 6
  {
    name: 'the function charges more than there is',
    wat: guest({}),
    functions: [functionOf([{ input: '616263', charge: FUEL, output: '7879' }])],
    fuel: GUEST_FUEL + DEALLOCATE_FUEL + 1_944,
    ends: 'exhausted fuel',
    host: 1_944,
  },
  // Step 7
  {
    name: 'the answer is not paid, and allocate is not called',
    wat: guest({}),
    functions: [functionOf([{ input: '616263', output: '78'.repeat(1_000) }])],
    fuel: GUEST_FUEL + DEALLOCATE_FUEL + 2_944,
    ends: 'exhausted fuel',
    host: 2_944,
  },
  // Step 8
  {
    name: 'allocate traps',
    wat: guest({ allocate: allocating('unreachable') }),
    ends: 'trapped unreachable',
    host: BASE + 5 * PER_BYTE,
  },
  {
    name: 'a buffer at 2 GiB',
    wat: guest({ allocate: allocating('(i32.const 0x80000000)') }),
    ends: 'breached input-pointer',
    host: BASE + 5 * PER_BYTE,
  },
  {
    name: 'a buffer that passes the end of the memory by a byte',
    wat: guest({ allocate: allocating('(i32.const 65535)') }),
    ends: 'breached input-out-of-bounds',
    host: BASE + 5 * PER_BYTE,
  },
  {
    name: 'a buffer in a page that allocate has just made',
    wat: guest({ allocate: allocating('(drop (memory.grow (i32.const 1))) (i32.const 131070)') }),
    ends: packed(131_070, 2),
    host: BASE + 5 * PER_BYTE,
  },
];

export type HostBytesVector = HostBytesCall & { readonly wat: string } & HostBytesResult;

export async function makeHostBytesVectors(): Promise<readonly HostBytesVector[]> {
  const vectors: HostBytesVector[] = [];
  for (const { name, wat, functions = [ABC], fuel = FUEL, ends, host } of WRITTEN) {
    const call: HostBytesCall = { name, wasm: toHex(bytesOfText(wat)), functions, fuel };
    const result = await callHostBytes(call, 'interpreter');
    if (result.ends !== ends) throw new Error(`${name}: ends as ${result.ends}, not as ${ends}`);
    if (result.parts['host'] !== host)
      throw new Error(`${name}: the host's part is ${result.parts['host']}, not ${host}`);
    vectors.push({ ...call, wat, ...result });
  }
  return vectors;
}

export async function writeHostBytesVectors(): Promise<void> {
  mkdirSync('vectors/host-calls', { recursive: true });
  const lines = (await makeHostBytesVectors()).map((vector) => JSON.stringify(vector));
  writeFileSync(`vectors/${HOST_BYTES}`, `[\n${lines.join(',\n')}\n]\n`);
}
