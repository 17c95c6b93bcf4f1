/** `vectors/sessions/*.json`: sessions with the bytes of every receipt and snapshot, and invalid bytes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../src/base/hash.js';
import { createEngine, parseValue, type Value } from '../../src/index.js';
import type { TierName } from '../../src/machine/program.js';
import {
  decodeSessionReceipt,
  decodeSnapshot,
  encodeSessionReceipt,
  openSession,
  type Session,
  type Snapshot,
} from '../../src/session/index.js';
import { bytesOfText } from '../engine/load-text.js';

export const FOLDER = join('vectors', 'sessions');

/** A step as in the file, without the expected results. */
type Step =
  | { call: string; args: string[]; fuel: number; digest?: boolean; resume?: number }
  | { write: number; bytes: string }
  | { growMemory: number }
  | { setGlobal: string; value: string }
  | { setElement: string; at: number; export: string | null }
  | { growTable: string; delta: number; export: string | null }
  | { snapshot: true };

interface Story {
  readonly name: string;
  readonly text: string;
  readonly fuel: number;
  readonly digestEvery: number;
  readonly steps: readonly Step[];
}

/** A session as in the file. */
export interface SessionVector {
  readonly name: string;
  readonly wasm: string;
  readonly fuel: number;
  readonly digestEvery: number;
  /** Bytes of the opening's receipt. */
  readonly opening: string;
  readonly steps: readonly (Step & {
    receipt?: string;
    bytesHash?: string;
    stateDigest?: string;
    snapshotBytes?: string;
  })[];
}

const MEMORY = `(module (memory (export "memory") 1 4)
  (global $n (export "n") (mut i32) (i32.const 1))
  (data $text "text") (data (i32.const 8) "at first")
  (func (export "add") (param i32) (result i32)
    (global.set $n (i32.add (global.get $n) (local.get 0)))
    (i32.store (i32.const 100) (global.get $n)) (global.get $n))
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "trap") (param i32) (i32.store (i32.const 0) (local.get 0)) (unreachable))
  (func (export "text") (memory.init $text (i32.const 65530) (i32.const 0) (i32.const 4)) (data.drop $text))
  (func (export "loop") (param i32) (result i32)
    (loop (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (br_if 0 (i32.lt_u (global.get $n) (local.get 0)))) (global.get $n)))`;

const TABLES = `(module
  (type $f (func (result i32)))
  (table $t (export "t") 2 6 funcref)
  (global (export "wide") (mut i64) (i64.const -2)) (global (export "nan") (mut f32) (f32.const nan:0x200001))
  (global $held (export "held") (mut funcref) (ref.null func)) (global i32 (i32.const 9))
  (elem (i32.const 0) func $one) (elem $more func $two)
  (func $one (export "one") (type $f) (i32.const 1)) (func $two (export "two") (type $f) (i32.const 2))
  (func (export "apply") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0)))
  (func (export "hold") (global.set $held (ref.func $two)))
  (func (export "fill") (table.init $t $more (i32.const 1) (i32.const 0) (i32.const 1)) (elem.drop $more)))`;

const FUEL = 10_000_000;

const STORIES: readonly Story[] = [
  {
    name: 'memory: calls, writes, growths, traps, fuel that is used up and added to',
    text: MEMORY,
    fuel: FUEL,
    digestEvery: 3,
    steps: [
      { call: 'add', args: ['i32:5'], fuel: 1000 },
      { write: 100, bytes: 'ff00ff' },
      { call: 'load', args: ['i32:100'], fuel: 1000 },
      { call: 'trap', args: ['i32:7'], fuel: 1000, digest: true },
      { growMemory: 1 },
      { setGlobal: 'n', value: 'i32:0x80000000' },
      { call: 'load', args: ['i32:131064'], fuel: 1000 },
      { call: 'grow', args: ['i32:9'], fuel: 60_000 },
      { call: 'grow', args: ['i32:1'], fuel: 500, resume: 60_000 },
      { call: 'text', args: [], fuel: 1000, digest: true },
      { call: 'text', args: [], fuel: 1000 },
      { setGlobal: 'n', value: 'i32:0' },
      { call: 'loop', args: ['i32:50'], fuel: 100, resume: 1900 },
      { snapshot: true },
      { call: 'add', args: ['i32:1'], fuel: 20_000_000, digest: true },
    ],
  },
  {
    name: 'globals and tables, without a memory',
    text: TABLES,
    fuel: FUEL,
    digestEvery: 0,
    steps: [
      { call: 'apply', args: ['i32:1'], fuel: 1000 },
      { setElement: 't', at: 1, export: 'two' },
      { growTable: 't', delta: 2, export: 'one' },
      { call: 'apply', args: ['i32:3'], fuel: 1000 },
      { setElement: 't', at: 0, export: null },
      { setGlobal: 'wide', value: 'i64:0x0123456789abcdef' },
      { setGlobal: 'nan', value: 'f32:0xffa00001' },
      { call: 'hold', args: [], fuel: 1000, digest: true },
      { snapshot: true },
      { call: 'fill', args: [], fuel: 1000 },
      { snapshot: true },
      { call: 'apply', args: ['i32:1'], fuel: 1000, digest: true },
    ],
  },
  {
    name: 'a session with little fuel',
    text: MEMORY,
    fuel: 12_000,
    digestEvery: 1,
    steps: [
      { call: 'add', args: ['i32:5'], fuel: 1000 },
      { call: 'loop', args: ['i32:1000000'], fuel: 1000 },
      { call: 'add', args: ['i32:5'], fuel: 1000 },
    ],
  },
];

function readValue(text: string): Value {
  const parsed = parseValue(text);
  if (!parsed.ok) throw new Error(`no value: ${text}`);
  return parsed.value;
}

async function openedIn(
  wasm: Uint8Array,
  tier: TierName,
  options: Parameters<typeof openSession>[1],
): Promise<(from?: Snapshot) => Session> {
  const loaded = await createEngine({ tier }).load(wasm);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return (from) => {
    const opening = openSession(loaded.module, { ...options, ...(from === undefined ? {} : { from }) });
    if (!opening.ok) throw new Error('it does not open');
    return opening.session;
  };
}

/**
 * Runs a session and records the results of each step. After a snapshot it continues in a session that is opened from
 * its bytes.
 */
export async function ranSession(vector: Omit<SessionVector, 'opening'>, tier: TierName): Promise<SessionVector> {
  const { fuel, digestEvery } = vector;
  const open = await openedIn(fromHex(vector.wasm), tier, { fuel, digestEvery });
  let session = open();
  const opening = toHex(encodeSessionReceipt(session.opening));
  const steps = vector.steps.map((step) => {
    if ('call' in step) {
      const args: Value[] = step.args.map(readValue);
      const digest = step.digest === undefined ? {} : { digest: step.digest };
      const result = session.call(step.call, args, { fuel: step.fuel, ...digest });
      const { receipt } = step.resume === undefined ? result : result.resume(step.resume);
      return { ...step, receipt: toHex(encodeSessionReceipt(receipt)) };
    }
    if ('snapshot' in step) {
      const made = session.snapshot();
      const { bytes } = made;
      const decoded = decodeSnapshot(bytes);
      if (!decoded.ok) throw new Error(decoded.fault.code);
      session = open(decoded.snapshot);
      const whole = bytes.length < 1000 ? { snapshotBytes: toHex(bytes) } : {};
      const receipt = toHex(encodeSessionReceipt(session.opening));
      return { ...step, bytesHash: toHex(made.hash), stateDigest: toHex(made.stateDigest), ...whole, receipt };
    }
    change(session, step);
    return step;
  });
  return { ...vector, opening, steps };
}

function change(session: Session, step: Exclude<Step, { call: string } | { snapshot: true }>): void {
  if ('write' in step) session.memory!.write(step.write, fromHex(step.bytes));
  else if ('growMemory' in step) session.memory!.grow(step.growMemory);
  else if ('setGlobal' in step) session.global(step.setGlobal).set(readValue(step.value));
  else if ('setElement' in step) session.table(step.setElement).set(step.at, step.export);
  else session.table(step.growTable).grow(step.delta, step.export);
}

/** Invalid bytes, as in the file. */
export interface FaultVector {
  readonly of: 'receipt' | 'snapshot';
  readonly bytes: string;
  readonly fault: { readonly code: string; readonly offset: number };
}

export function faultOf({ of, bytes }: Omit<FaultVector, 'fault'>): FaultVector['fault'] | undefined {
  const decoded = of === 'receipt' ? decodeSessionReceipt(fromHex(bytes)) : decodeSnapshot(fromHex(bytes));
  return decoded.ok ? undefined : decoded.fault;
}

/** One for each code that results from a changed byte, a cut or an added byte. */
function faultsOf(of: FaultVector['of'], good: Uint8Array): FaultVector[] {
  const found = new Map<string, FaultVector>();
  const note = (changed: Uint8Array) => {
    const bytes = toHex(changed);
    const fault = faultOf({ of, bytes });
    if (fault !== undefined && !found.has(fault.code)) found.set(fault.code, { of, bytes, fault });
  };
  for (let at = 0; at < good.length; at++) {
    for (const to of [1, 2, 5, 0x80, 0xff]) {
      const changed = good.slice();
      changed[at] = changed[at]! ^ to;
      note(changed);
    }
  }
  note(good.subarray(0, good.length - 1));
  const longer = new Uint8Array(good.length + 1);
  longer.set(good);
  note(longer);
  return [...found.values()];
}

export async function writeSessionVectors(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const vectors: SessionVector[] = [];
  for (const { text, ...story } of STORIES) {
    const { name, ...rest } = story;
    vectors.push(await ranSession({ name, wasm: toHex(bytesOfText(text)), ...rest }, 'interpreter'));
  }
  const receipts = vectors[0]!.steps.flatMap(({ receipt }) => receipt ?? []);
  const snapshot = vectors[1]!.steps.find(({ snapshotBytes }) => snapshotBytes !== undefined)!.snapshotBytes!;
  const faults = [
    ...faultsOf('receipt', fromHex(receipts[2]!)),
    ...faultsOf('receipt', fromHex(vectors[0]!.opening)),
    ...faultsOf('snapshot', fromHex(snapshot)),
  ];
  write('sessions.json', vectors);
  write('faults.json', faults);
}

function write(name: string, rows: object): void {
  writeFileSync(join(FOLDER, name), `${JSON.stringify(rows, undefined, 2)}\n`);
}
