/**
 * Guests that exhaust what a call keeps, copies or nests: endless host calls, nested host calls, much written data;
 * memory, tables, recursion.
 */
import { createEngine, type HostImport, i32, type Tier } from '../../src/index.js';
import { bytesOfText } from '../engine/load-text.js';
import type { HostileCase } from './hostile-case.js';

const FUEL = 36_000_000;

const IMPORTS: readonly HostImport[] = [
  { module: 'env', name: 'plain', type: { params: ['i32'], results: ['i32'] }, run: () => [i32(1)] },
  {
    module: 'env',
    name: 'write',
    type: { params: ['i32'], results: ['i32'] },
    run: (call) => {
      call.memory?.write(0, new Uint8Array(60_000));
      return [i32(1)];
    },
  },
  {
    module: 'env',
    name: 'record',
    type: { params: ['i32'], results: ['i32'] },
    run: (call) => {
      call.record(new Uint8Array(1_000), new Uint8Array(1_000));
      return [i32(1)];
    },
  },
  {
    module: 'env',
    name: 'within',
    type: { params: ['i32'], results: ['i32'] },
    run: (call, args) => call.call('again', args),
  },
];

const HOST = `(import "env" "plain" (func $plain (param i32) (result i32))) (import "env" "write" (func $write (param i32) (result i32)))
  (import "env" "record" (func $record (param i32) (result i32))) (import "env" "within" (func $within (param i32) (result i32)))`;

function looped(body: string, more = ''): string {
  return `(module ${HOST} (memory (export "memory") 1) (table $t 1 funcref) ${more}
    (func (export "again") (param i32) (result i32) (loop $l (drop (call $plain (i32.const 3))) (br $l)) unreachable)
    (func $run (export "run") (param i32) (loop $l ${body} (br $l))))`;
}

interface Guest {
  readonly text: string;
  readonly fuel?: number;
  /** Also part of `npm test`; a list if only these tiers show it without seconds of processor time. */
  readonly isShort?: boolean | readonly Tier[];
}

const GUESTS: Readonly<Record<string, Guest>> = {
  'host calls': {
    text: looped('(drop (call $plain (i32.const 1)))'),
    isShort: ['instrumented'],
  },
  'host calls that write 60 kB': { text: looped('(drop (call $write (i32.const 1)))'), fuel: 2_000_000 },
  'host calls that record': { text: looped('(drop (call $record (i32.const 1)))'), fuel: 3_000_000 },
  'host calls within a host call': { text: looped('(drop (call $within (i32.const 1)))'), isShort: ['auto'] },
  'host calls nested in each other': {
    text: `(module ${HOST} (func $again (export "again") (param i32) (result i32) (call $within (local.get 0)))
      (func (export "run") (param i32) (loop $l (drop (call $again (i32.const 1))) (br $l))))`,
  },
  'a memory that grows to its end': { text: looped('(drop (memory.grow (i32.const 1)))') },
  'a memory that grows to its end and is filled': {
    text: looped('(drop (memory.grow (i32.const 1000))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 60000))'),
  },
  'a table that grows to its end': { text: looped('(drop (table.grow $t (ref.null func) (i32.const 1)))') },
  'a recursion without end': {
    text: `(module (func $run (export "run") (param i32) (call $run (local.get 0))))`,
    isShort: ['interpreter', 'instrumented'],
  },
  'a recursion with many locals': {
    text: `(module (func $run (export "run") (param i32) (local ${'i64 '.repeat(3_000)}) (call $run (local.get 0))))`,
  },
  'an indirect recursion': {
    text: `(module (type $f (func (param i32))) (table funcref (elem $run))
      (func $run (export "run") (type $f) (call_indirect (type $f) (local.get 0) (i32.const 0))))`,
  },
  'a start function without end': {
    text: '(module (func $s (loop $l (br $l))) (start $s) (func (export "run") (param i32)))',
  },
};

function guestCase(name: string, tier: Tier, { text, fuel = FUEL, isShort = false }: Guest): HostileCase {
  return {
    name: `guest: ${name}, ${tier}`,
    isShort: typeof isShort === 'boolean' ? isShort : isShort.includes(tier),
    run: async () => {
      const loaded = await createEngine({ tier }).load(bytesOfText(text), {
        imports: IMPORTS.filter(({ name: one }) => text.includes(`"${one}"`)),
      });
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const { outcome, receipt } = loaded.module.call('run', [i32(0)], { fuel });
      return `${outcome.kind} after ${receipt.fuel.used} units`;
    },
  };
}

/** The byte ABI: the host decodes the guest's output. */
function outputCase(name: string, tier: Tier, head: readonly number[], fill: number, length: number): HostileCase {
  const escaped = head.map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  const text = `(module (memory (export "memory") 300)
    (data (i32.const 0) "${escaped}")
    (func (export "__hc__allocate_1") (param i32) (result i32) (i32.const 19000000))
    (func (export "__hc__deallocate_1") (param i32 i32))
    (func (export "validate") (param i32 i32) (result i64)
      (memory.fill (i32.const ${head.length}) (i32.const ${fill}) (i32.const ${length}))
      (i64.const ${head.length + length})))`;
  return {
    name: `output: ${name}, ${tier}`,
    run: async () => {
      const loaded = await createEngine({ tier }).load(bytesOfText(text));
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const { verdict, outcome } = loaded.module.validate(Uint8Array.of(0xc0));
      return `${outcome.kind}, ${verdict.kind === 'NoVerdict' ? verdict.cause.kind : verdict.kind}`;
    },
  };
}

/** `{ Ok: bin of n bytes }` whose content is an array. */
function okOf(content: readonly number[], length: number): number[] {
  const size = content.length + length;
  return [0x81, 0xa2, 0x4f, 0x6b, 0xc6, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255, ...content];
}

const LENGTH = 16_000_000;
const COUNT = [(LENGTH >> 24) & 255, (LENGTH >> 16) & 255, (LENGTH >> 8) & 255, LENGTH & 255];
/** Length and value of the output: `ptr << 32 | length`, with pointer 0. */
const OUTPUTS: readonly (readonly [name: string, head: readonly number[], fill: number])[] = [
  ['an array of integers in Ok', okOf([0xdd, ...COUNT], LENGTH), 0],
  ['an array of empty maps in Ok', okOf([0xdd, ...COUNT], LENGTH), 0x80],
  ['arrays in arrays in Ok', okOf([], LENGTH), 0x91],
  ['an array of integers', [0xdd, ...COUNT], 0],
  ['a text in Ok', okOf([0xdb, ...COUNT], LENGTH), 0x61],
];

export const HOSTILE_GUESTS: readonly HostileCase[] = (['interpreter', 'instrumented', 'auto'] as const).flatMap(
  (tier) => [
    ...Object.entries(GUESTS).map(([name, guest]) => guestCase(name, tier, guest)),
    ...(tier === 'auto' ? [] : OUTPUTS.map(([name, head, fill]) => outputCase(name, tier, head, fill, LENGTH))),
  ],
);
