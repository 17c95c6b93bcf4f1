/** `vectors/sessions/linked.json`: linked sessions with the bytes of every receipt, and invalid bytes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../../src/base/hash.js';
import { createEngine, parseValue } from '../../../src/index.js';
import type { TierName } from '../../../src/machine/program.js';
import {
  decodeLinkedReceipt,
  decodeLinkedSnapshot,
  encodeLinkedReceipt,
  type LinkedSession,
  type ModuleLink,
  openLinkedSession,
  restoreLinkedSession,
} from '../../../src/session/index.js';
import { bytesOfText } from '../../engine/load-text.js';
import { FOLDER } from '../session-vectors.js';

export const LINKED_FILE = join(FOLDER, 'linked.json');

/** A step as in the file, without the expected results. */
type Step =
  | { link: string; wasm: string; fuel: number; from?: Record<string, string> }
  | { call: string; of: string; args: string[]; fuel: number; digest?: boolean; resume?: number }
  | { write: number; of: string; bytes: string }
  | { setGlobal: string; of: string; value: string }
  | { setElement: string; of: string; at: number; to: { instance: string; export: string } | null }
  | { growTable: string; of: string; delta: number; to: { instance: string; export: string } | null }
  /** The session continues from the bytes of a snapshot of it. */
  | { snapshot: true };

/** The results of a step. */
interface Made {
  receipt?: string;
  bytesHash?: string;
  stateDigest?: string;
  snapshotBytes?: string;
}

export interface LinkedVector {
  readonly name: string;
  readonly fuel: number;
  /** The first step links the first module. */
  readonly steps: readonly (Step & Made)[];
}

export interface LinkedFaultVector {
  readonly bytes: string;
  readonly fault: { readonly code: string; readonly offset: number };
}

export interface LinkedFile {
  readonly sessions: readonly LinkedVector[];
  readonly faults: readonly LinkedFaultVector[];
  readonly snapshotFaults: readonly LinkedFaultVector[];
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

/** Without a memory, so that its snapshot is short. */
const SHAPES = wasm(`(module (table (export "t") 2 5 funcref) (global (export "g") (mut i64) (i64.const -3))
  (global (export "f") funcref (ref.func $f)) (func $f (export "first") (result i32) (i32.const 1)) (elem (i32.const 0) func $f)
  (type $v (func (result i32))) (func (export "at") (param i32) (result i32) (call_indirect (type $v) (local.get 0))))`);
const USER =
  wasm(`(module (import "shapes" "t" (table 2 funcref)) (import "shapes" "f" (global $f funcref)) (import "shapes" "first" (func $first (result i32)))
  (global (export "held") (mut funcref) (global.get $f)) (func $s (export "second") (result i32) (i32.const 2)) (elem (i32.const 1) func $s) (data $d "x")
  (func (export "go") (result i32) (data.drop $d) (drop (table.grow 0 (ref.func $s) (i32.const 1))) (i32.const 3)))`);
const STUCK = wasm(
  `(module (import "shapes" "t" (table 2 funcref)) (func $n (result i32) (i32.const 9)) (elem (i32.const 0) func $n) (start $go) (func $go (unreachable)))`,
);

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
  {
    name: 'snapshots: an instance that failed has a function in a table; without a memory, then with one',
    fuel: FUEL,
    steps: [
      { link: 'shapes', wasm: SHAPES, fuel: FUEL },
      { link: 'stuck', wasm: STUCK, fuel: 100_000 },
      { link: 'user', wasm: USER, fuel: 100_000 },
      { call: 'go', of: 'user', args: [], fuel: 100_000 },
      { snapshot: true },
      { call: 'at', of: 'shapes', args: ['i32:0'], fuel: 1000, digest: true },
      { call: 'at', of: 'shapes', args: ['i32:2'], fuel: 1000 },
      { link: 'lib', wasm: LIB, fuel: 100_000 },
      { write: 70, of: 'lib', bytes: '0102' },
      { snapshot: true },
      { call: 'apply', of: 'lib', args: ['i32:1', 'i32:0'], fuel: 1000, digest: true },
    ],
  },
];

/** Runs a session and records the results of each step. */
export async function ranLinked(vector: LinkedVector, tier: TierName): Promise<LinkedVector> {
  const engine = createEngine({ tier });
  let session: LinkedSession | undefined;
  const steps: (Step & Made)[] = [];
  const links: ModuleLink[] = [];
  for (const step of vector.steps) {
    if ('link' in step) {
      const loaded = await engine.load(fromHex(step.wasm));
      if (!loaded.ok) throw new Error(loaded.fault.code);
      const { link: name, fuel, from = {} } = step;
      const module = { name, module: loaded.module, from };
      links.push(module);
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
    } else if ('snapshot' in step) {
      const { bytes, hash, stateDigest } = session!.snapshot();
      const decoded = decodeLinkedSnapshot(bytes);
      if (!decoded.ok) throw new Error(decoded.fault.code);
      const restored = restoreLinkedSession(decoded.snapshot, links, { fuel: vector.fuel });
      if (!restored.ok) throw new Error('it is not taken up');
      session = restored.session;
      const whole = bytes.length < 2000 ? { snapshotBytes: toHex(bytes) } : {};
      const receipt = toHex(encodeLinkedReceipt(restored.receipt));
      steps.push({ ...step, bytesHash: toHex(hash), stateDigest: toHex(stateDigest), ...whole, receipt });
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

function change(
  session: LinkedSession,
  step: Exclude<Step, { link: string } | { call: string } | { snapshot: true }>,
): void {
  const instance = session.instance(step.of);
  if ('write' in step) instance.memory!.write(step.write, fromHex(step.bytes));
  else if ('setGlobal' in step) instance.global(step.setGlobal).set(valueOfText(step.value));
  else if ('setElement' in step) instance.table(step.setElement).set(step.at, step.to);
  else instance.table(step.growTable).grow(step.delta, step.to);
}

/** One for each code that results from a changed byte, a cut or an added byte. */
function faultsOf(
  good: Uint8Array,
  decode: typeof decodeLinkedReceipt | typeof decodeLinkedSnapshot,
): LinkedFaultVector[] {
  const found = new Map<string, LinkedFaultVector>();
  const note = (bytes: Uint8Array) => {
    const decoded = decode(bytes);
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
  const snapshots = sessions.flatMap(({ steps }) => steps.flatMap(({ snapshotBytes }) => snapshotBytes ?? []));
  const file: LinkedFile = {
    sessions,
    faults: [0, 3, 4].flatMap((at) => faultsOf(fromHex(receipts[at]!), decodeLinkedReceipt)),
    snapshotFaults: faultsOf(fromHex(snapshots[0]!), decodeLinkedSnapshot),
  };
  writeFileSync(LINKED_FILE, `${JSON.stringify(file, undefined, 2)}\n`);
}
