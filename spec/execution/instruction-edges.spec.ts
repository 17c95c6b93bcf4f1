/**
 * Whoever walks over a body - metering, the interpreter's compiler, the rewriter in its three forms - looks ahead and back
 * only where instructions start. Run over all modules of the vectors, real modules, guests and generated ones with a reader
 * that throws otherwise.
 */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { ByteWriter } from '../../src/base/byte-writer.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { FunctionRewriter } from '../../src/instrumented/function-rewriter.js';
import { Layout } from '../../src/instrumented/layout.js';
import { CodeBuffer } from '../../src/interpreter/code-buffer.js';
import { FunctionCompiler } from '../../src/interpreter/compile.js';
import { BodyMeter, type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { readRealModules } from '../decode/real-modules.js';
import { EdgeEdits } from '../instrumented/edge-edits.js';
import { EdgeReader } from '../wasm/edge-reader.js';
import { instructionEdges } from '../wasm/instruction-edges.js';

/** Seeds of generated modules. */
const SEEDS = 300;
/** Zomes that a toolchain made, if they lie beside the project. */
const ZOMES = '../shared/zomes';

function load(bytes: Uint8Array): MeteredModule | undefined {
  const valid = validate(decode(bytes, LIMITS_1), LIMITS_1);
  return valid.ok ? meter(valid.value, FUEL_1) : undefined;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

/** Files that are modules, and modules in hexadecimal digits in files of JSON. */
function modulesBelow(folder: string): readonly Uint8Array[] {
  return filesBelow(folder).flatMap((path): readonly Uint8Array[] => {
    if (path.endsWith('.wasm')) return [readFileSync(path)];
    if (!path.endsWith('.json')) return [];
    const found = readFileSync(path, 'utf8').matchAll(/"(0061736d(?:[0-9a-f]{2})+)"/g);
    return Array.from(found, ([, hex]) => Buffer.from(hex!, 'hex'));
  });
}

type Counts = Map<string, number>;

/** Takes a module through everything that walks over bodies; throws if one looks from where it may not. */
function walk(metered: MeteredModule, counts: Counts): void {
  const { module } = metered;
  const { bytes } = module;
  const add = (prefix: string, reader: EdgeReader) => {
    for (const [what, count] of reader.counts) {
      const name = `${prefix} ${what}`;
      counts.set(name, (counts.get(name) ?? 0) + count);
    }
  };
  const meterReader = new EdgeReader(bytes);
  const compileReader = new EdgeReader(bytes);
  const bodies = new BodyMeter(module, FUEL_1, meterReader);
  const compiler = new FunctionCompiler(metered, new CodeBuffer(), () => 0, compileReader);
  const forms = (['own', 'shared', 'guarded'] as const).map((form) => {
    const reader = new EdgeReader(bytes);
    return { reader, rewriter: new FunctionRewriter(new Layout(metered, form), reader, new EdgeEdits(reader)) };
  });
  const out = new ByteWriter(1024);
  for (let own = 0; own < module.bodyStarts.length; own++) {
    const { opcodes } = instructionEdges(bytes, module.bodyStarts[own]!, module.bodyEnds[own]!);
    bodies.meterBody(own);
    const { count, offsets } = bodies.blocks;
    for (let block = 0; block < count; block++) ok(opcodes.has(offsets[block]!), `a block at byte ${offsets[block]}`);
    compiler.compile(own, (_, offset) => ok(opcodes.has(offset), `compiled at byte ${offset}`));
    for (const { rewriter } of forms) rewriter.rewrite(own, out);
    out.clear();
  }
  add('metering', meterReader);
  add('compiler', compileReader);
  for (const { reader } of forms) add('rewriter', reader);
}

describe('edges of instructions', () => {
  const counts: Counts = new Map();

  /** Returns how many of the modules are valid. */
  const walkAll = (modules: readonly Uint8Array[]): number => {
    const loaded = modules.flatMap((bytes) => load(bytes) ?? []);
    for (const metered of loaded) walk(metered, counts);
    return loaded.length;
  };

  it('are where everybody looks, in all modules of the vectors', () => {
    const modules = modulesBelow('vectors');
    ok(walkAll(modules) > 300, `${modules.length} modules`);
  }).timeout(30_000);

  it('are where everybody looks, in real modules', () => {
    equal(walkAll(readRealModules().map(({ bytes }) => bytes)), readRealModules().length);
    if (existsSync(ZOMES)) walkAll(modulesBelow(ZOMES));
  }).timeout(120_000);

  it(`are where everybody looks, in ${SEEDS} generated modules`, () => {
    equal(walkAll(Array.from({ length: SEEDS }, (_, seed) => moduleOfSeed(seed).bytes)), SEEDS);
  }).timeout(60_000);

  it('have been looked at by every method of the reader', () => {
    const all = ['opcode', 'nextByte', 'take', 'nextLabel', 'nextMemoryOffset', 'hasTypeIndex'];
    const used = {
      metering: ['opcode', 'hasTypeIndex'],
      compiler: all,
      rewriter: ['opcode', 'nextByte', 'take', 'reread', 'localBefore', 'hasTypeIndex', 'an edit'],
    };
    const expected = Object.entries(used).flatMap(([who, methods]) => methods.map((method) => `${who} ${method}`));
    deepEqual([...counts.keys()].sort(), expected.sort());
  });

  it('are asked for by the reader and the edits', () => {
    // One local run; block (type 0x40), i32.const 0x20, drop, end, end.
    const bytes = Uint8Array.of(0, 0x02, 0x40, 0x41, 0x20, 0x1a, 0x0b, 0x0b);
    const reader = new EdgeReader(bytes);
    reader.enter(0, bytes.length);
    for (const inside of [2, 4]) {
      reader.pos = inside;
      for (const look of ['opcode', 'opcodeByte', 'nextByte', 'take'] as const)
        throws(() => reader[look](), /no instruction starts/);
    }
    reader.pos = 3;
    throws(() => reader.nextLabel(), /is opcode 0x41/);
    throws(() => reader.nextMemoryOffset(), /is opcode 0x41/);
    throws(() => reader.hasTypeIndex(), /no instruction starts/);
    throws(() => reader.reread(4), /no instruction starts/);
    const edits = new EdgeEdits(reader);
    throws(() => edits.replace(3, 4), /no instruction starts/);
    throws(() => edits.insert(2), /no instruction starts/);
    edits.replace(3, 5);
    throws(() => edits.charge(0, 3, 1), /behind 5/);
  });
});
