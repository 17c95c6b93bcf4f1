/** `vectors/sessions/linked.json`: linked sessions with the bytes of every receipt, and bytes that are none. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../../src/base/hash.js';
import { createEngine, parseValue } from '../../../src/index.js';
import type { TierName } from '../../../src/machine/program.js';
import {
  decodeLinkedReceipt,
  encodeLinkedReceipt,
  type LinkedSession,
  openLinkedSession,
} from '../../../src/session/index.js';
import { bytesOfText } from '../../engine/load-text.js';
import { FOLDER } from '../session-vectors.js';

export const LINKED_FILE = join(FOLDER, 'linked.json');

/** A step as the file has it, without what it must give. */
type Step =
  | { link: string; wasm: string; fuel: number; from?: Record<string, string> }
  | { call: string; of: string; args: string[]; fuel: number; digest?: boolean; resume?: number }
  | { write: number; of: string; bytes: string }
  | { setGlobal: string; of: string; value: string }
  | { setElement: string; of: string; at: number; to: { instance: string; export: string } | null }
  | { growTable: string; of: string; delta: number; to: { instance: string; export: string } | null };

export interface LinkedVector {
  readonly name: string;
  readonly fuel: number;
  /** The first one links the first module. */
  readonly steps: readonly (Step & { receipt?: string })[];
}

export interface LinkedFaultVector {
  readonly bytes: string;
  readonly fault: { readonly code: string; readonly offset: number };
}

export interface LinkedFile {
  readonly sessions: readonly LinkedVector[];
  readonly faults: readonly LinkedFaultVector[];
}

const wasm = (text: string) => toHex(bytesOfText(text));

const LIB = wasm(`(module
  (memory (export "memory") 1 3) (table (export "table") 4 8 funcref)
  (global $n (export "n") (mut i64) (i64.const -2)) (global (export "fixed") f32 (f32.const nan:0x200001))
  (type $f (func (param i32) (result i32)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "apply") (param i32 i32) (result i32) (call_indirect (type $f) (local.get 0) (local.get 1)))
  (func $one (export "one") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (elem (i32.const 0) func $one) (data (i32.const 4) "lib"))`);

const APP = wasm(`(module
  (import "env" "memory" (memory 1)) (import "env" "table" (table 4 funcref))
  (import "env" "n" (global $n (mut i64))) (import "env" "fixed" (global $fixed f32))
  (import "env" "apply" (func $apply (param i32 i32) (result i32))) (import "env" "grow" (func $grow (param i32) (result i32)))
  (global (export "own") (mut i32) (i32.const 5)) (global $held (mut funcref) (ref.null func))
  (data $text "text") (elem (i32.const 1) func $two)
  (start $start) (func $start (i32.store (i32.const 100) (i32.reinterpret_f32 (global.get $fixed))))
  (func $two (export "two") (param i32) (result i32) (global.set $n (i64.extend_i32_s (local.get 0))) (i32.load (i32.const 100)))
  (func (export "through") (param i32 i32) (result i32) (call $apply (local.get 0) (local.get 1)))
  (func (export "more") (param i32) (result i32) (drop (call $grow (local.get 0)))
    (memory.init $text (i32.const 65536) (i32.const 0) (i32.const 4)) (data.drop $text)
    (global.set $held (ref.func $two)) (memory.size)))`);

const FAILING = wasm(`(module (import "lib" "memory" (memory 1)) (import "lib" "table" (table 4 funcref))
  (func $f (param i32) (result i32) (i32.const 9)) (elem (i32.const 2) func $f)
  (data (i32.const 200) "stays") (data (i32.const 1000000) "fails"))`);

const FUEL = 10_000_000;

const SESSIONS: readonly LinkedVector[] = [
  {
    name: 'a memory, a table and globals of one module in another; changes, traps, fuel that is used up and added to',
    fuel: FUEL,
    steps: [
      { link: 'lib', wasm: LIB, fuel: FUEL },
      { link: 'app', wasm: APP, fuel: 100_000, from: { env: 'lib' } },
      { call: 'through', of: 'app', args: ['i32:7', 'i32:0'], fuel: 1000 },
      { call: 'apply', of: 'lib', args: ['i32:-7', 'i32:1'], fuel: 1000, digest: true },
      { call: 'through', of: 'app', args: ['i32:7', 'i32:3'], fuel: 1000 },
      { write: 300, of: 'app', bytes: 'ff00ff' },
      { growTable: 'table', of: 'lib', delta: 2, to: { instance: 'app', export: 'two' } },
      { setElement: 'table', of: 'lib', at: 3, to: { instance: 'lib', export: 'one' } },
      { setElement: 'table', of: 'lib', at: 0, to: null },
      { setGlobal: 'own', of: 'app', value: 'i32:0x80000000' },
      { call: 'through', of: 'app', args: ['i32:9', 'i32:5'], fuel: 20, resume: 1000, digest: true },
      { call: 'more', of: 'app', args: ['i32:1'], fuel: 100_000, digest: true },
    ],
  },
  {
    name: 'a module whose instantiation traps, one that is not paid for, and one that comes after both',
    fuel: FUEL,
    steps: [
      { link: 'lib', wasm: LIB, fuel: FUEL },
      { link: 'failing', wasm: FAILING, fuel: 100_000 },
      { call: 'apply', of: 'lib', args: ['i32:1', 'i32:2'], fuel: 1000, digest: true },
      { link: 'app', wasm: APP, fuel: 100, from: { env: 'lib' } },
      { link: 'app', wasm: APP, fuel: 100_000, from: { env: 'lib' } },
      { call: 'two', of: 'app', args: ['i32:3'], fuel: 1000, digest: true },
    ],
  },
];

/** Runs a session, and says of each step what came of it. */
export async function ranLinked(vector: LinkedVector, tier: TierName): Promise<LinkedVector> {
  const engine = createEngine({ tier });
  let session: LinkedSession | undefined;
  const steps: (Step & { receipt?: string })[] = [];
  for (const step of vector.steps) {
    if ('link' in step) {
      const loaded = await engine.load(fromHex(step.wasm));
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const { link: name, fuel, from = {} } = step;
      const module = { name, module: loaded.module, from };
      if (session === undefined) {
        const opened = openLinkedSession([module], { fuel: vector.fuel });
        if (!opened.ok) throw new Error('it does not open');
        session = opened.session;
        steps.push({ ...step, receipt: toHex(encodeLinkedReceipt(opened.receipts[0]!)) });
      } else {
        const linked = session.link(module, { fuel });
        if (!('receipt' in linked)) throw new Error('it cannot be linked');
        steps.push({ ...step, receipt: toHex(encodeLinkedReceipt(linked.receipt)) });
      }
    } else if ('call' in step) {
      const digest = step.digest === undefined ? {} : { digest: step.digest };
      const result = session!.call(step.of, step.call, step.args.map(valueOfText), { fuel: step.fuel, ...digest });
      const { receipt } = step.resume === undefined ? result : result.resume(step.resume);
      steps.push({ ...step, receipt: toHex(encodeLinkedReceipt(receipt)) });
    } else {
      change(session!, step);
      steps.push(step);
    }
  }
  return { ...vector, steps };
}

function valueOfText(text: string) {
  const parsed = parseValue(text);
  if (!parsed.ok) throw new Error(`no value: ${text}`);
  return parsed.value;
}

function change(session: LinkedSession, step: Exclude<Step, { link: string } | { call: string }>): void {
  const instance = session.instance(step.of);
  if ('write' in step) instance.memory!.write(step.write, fromHex(step.bytes));
  else if ('setGlobal' in step) instance.global(step.setGlobal).set(valueOfText(step.value));
  else if ('setElement' in step) instance.table(step.setElement).set(step.at, step.to);
  else instance.table(step.growTable).grow(step.delta, step.to);
}

/** One for each code that a change of a byte, a cut or one more byte gives. */
function faultsOf(good: Uint8Array): LinkedFaultVector[] {
  const found = new Map<string, LinkedFaultVector>();
  const note = (bytes: Uint8Array) => {
    const decoded = decodeLinkedReceipt(bytes);
    if (!decoded.ok && !found.has(decoded.fault.code)) {
      found.set(decoded.fault.code, { bytes: toHex(bytes), fault: decoded.fault });
    }
  };
  for (let at = 0; at < good.length; at++) {
    for (const to of [1, 2, 5, 0x80, 0xff]) {
      const changed = good.slice();
      changed[at] = changed[at]! ^ to;
      note(changed);
    }
  }
  note(good.subarray(0, good.length - 1));
  note(Uint8Array.of(...good, 0));
  return [...found.values()];
}

export async function writeLinkedVectors(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const sessions: LinkedVector[] = [];
  for (const vector of SESSIONS) sessions.push(await ranLinked(vector, 'interpreter'));
  const receipts = sessions[0]!.steps.flatMap(({ receipt }) => receipt ?? []);
  const file: LinkedFile = { sessions, faults: [0, 3, 4].flatMap((at) => faultsOf(fromHex(receipts[at]!))) };
  writeFileSync(LINKED_FILE, `${JSON.stringify(file, undefined, 2)}\n`);
}
