/** Section `calls`: calls per second for a call that does almost nothing, and for a zome that validates a post. */
import { readFileSync } from 'node:fs';
import { Opcode } from '../src/wasm/opcode.js';
import { ValueType } from '../src/wasm/types.js';
import { CALL_PATHS, type CallPath } from './call-paths.js';
import type { Section, SectionOptions, SectionResult, Table, Target } from './section.js';
import { body, constantI32, functionType, moduleOf, repeat } from './small-module.js';
import { median, timed } from './time.js';

const VECTORS = new URL('../../vectors/guests/', import.meta.url);

export interface CallSubject {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly export: string;
  /** The MessagePack of the validated entry, or undefined for a call without arguments. */
  readonly entry: Uint8Array | undefined;
}

function read(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(path, VECTORS)));
}

/** Grows its memory of one page: the host cannot shrink it again, so the instance cannot be reused. */
function growing(pages: number): Uint8Array<ArrayBuffer> {
  const run = body([], (code) => repeat(code, 1, [Opcode.I32Const, pages, Opcode.MemoryGrow, 0, Opcode.Drop]));
  return new Uint8Array(
    moduleOf({
      bodies: [run],
      memories: [{ min: 1, max: 1024 }],
      exports: [{ name: 'run', kind: 'function', index: 0 }],
    }),
  );
}

/** A `validate` of the byte ABI that ignores its input and returns `Ok(Valid)`, which is in its memory. */
function tinyZome(): Uint8Array<ArrayBuffer> {
  const verdict = [0x81, 0xa2, ...ASCII.encode('Ok'), 0xc4, 6, 0xa5, ...ASCII.encode('Valid')];
  const { I32, I64 } = { I32: ValueType.I32, I64: ValueType.I64 };
  const one = (code: readonly number[]) => body([], (writer) => repeat(writer, 1, code));
  const at = 16;
  const packed = body([], (writer) => {
    writer.u8(Opcode.I64Const);
    writer.s64(verdict.length, at);
  });
  return new Uint8Array(
    moduleOf({
      types: [functionType([I32], [I32]), functionType([I32, I32], []), functionType([I32, I32], [I64])],
      functions: Uint32Array.of(0, 1, 2),
      bodies: [one([Opcode.I32Const, 0x80, 0x08]), one([]), packed],
      memories: [{ min: 1, max: 1 }],
      data: [{ mode: 'active', memoryIndex: 0, offsetExpression: constantI32(at), bytes: Uint8Array.from(verdict) }],
      exports: [
        { name: 'memory', kind: 'memory', index: 0 },
        { name: '__hc__allocate_1', kind: 'function', index: 0 },
        { name: '__hc__deallocate_1', kind: 'function', index: 1 },
        { name: 'validate', kind: 'function', index: 2 },
      ],
    }),
  );
}

const ASCII = new TextEncoder();
const TINY = 'validate that looks at nothing';

const SUBJECTS: readonly CallSubject[] = [
  { name: 'a constant', bytes: read('wat/answer.wasm'), export: 'answer', entry: undefined },
  { name: 'a memory of a page', bytes: growing(0), export: 'run', entry: undefined },
  { name: 'a memory that grows by a page', bytes: growing(1), export: 'run', entry: undefined },
  { name: TINY, bytes: tinyZome(), export: 'validate', entry: Uint8Array.of(0xc0) },
  {
    name: 'validate of a post',
    bytes: read('post/post.wasm'),
    export: 'validate',
    entry: read('entries/post-valid-plain.msgpack'),
  },
];

/** Minimum time of one measurement. */
const BATCH_MS = 200;

export const CALLS: Section = {
  name: 'calls',
  about: 'calls per second',
  run: (options) => ({
    ...told(
      SUBJECTS.map((subject) => ({ title: subject.name, rows: rowsOf(subject, options) })),
      options.tier.name,
    ),
    notes: [
      'a new instance for each call is the rule (docs/SEMANTICS.md, section 6); one instance shows the call alone',
    ],
  }),
};

/** The bound, as the time of a call, for the instrumented tier. */
const TINY_CALLS_PER_SECOND = 50_000;
const MICROSECONDS = 1e6;

function told(tables: readonly Table[], tier: string): Pick<SectionResult, 'tables' | 'targets'> {
  if (tier !== 'instrumented') return { tables, targets: [] };
  const perSecond = Number(tables.find(({ title }) => title === TINY)!.rows[0]!['calls per second']);
  const target: Target = {
    name: `a ${TINY}, with its receipt, ${TINY_CALLS_PER_SECOND} a second`,
    measured: MICROSECONDS / perSecond,
    bound: MICROSECONDS / TINY_CALLS_PER_SECOND,
    unit: 'us',
  };
  return { tables, targets: [target] };
}

function rowsOf(subject: CallSubject, { tier, rounds, progress }: SectionOptions) {
  const paths = CALL_PATHS.map((path) => ({
    path,
    call: path.prepare(subject, tier),
    batch: 1,
    perSecond: [] as number[],
  }));
  for (const one of paths) one.batch = batchOf(one.call);
  for (let round = 0; round < rounds; round++) {
    for (const { path, call, batch, perSecond } of paths) {
      progress(`${subject.name}, ${path.name}`);
      perSecond.push(rate(call, batch));
    }
  }
  return paths.map(({ path, perSecond }) => ({
    path: pathName(path, tier.name),
    'calls per second': Math.round(median(perSecond)),
  }));
}

function pathName(path: CallPath, tier: string): string {
  return path.name.replace('TIER', tier);
}

/** How many calls fill the time of a measurement. The estimate also warms up. */
function batchOf(call: () => void): number {
  for (let batch = 1; ; batch *= 2) {
    const { ms } = timed(() => times(call, batch));
    if (ms >= BATCH_MS / 2) return Math.ceil((batch * BATCH_MS) / ms);
  }
}

function rate(call: () => void, batch: number): number {
  return (batch * 1000) / timed(() => times(call, batch)).ms;
}

function times(call: () => void, count: number): void {
  for (let i = 0; i < count; i++) call();
}
