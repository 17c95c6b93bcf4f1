/**
 * All code that walks over a body (metering, the interpreter's compiler, the rewriter in its three forms) looks ahead
 * and back only at places where instructions start. Run over all modules of the vectors and generated ones with a
 * reader that throws otherwise; real modules are in a long test.
 */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { EdgeEdits } from '../instrumented/edge-edits.js';
import { EdgeReader } from '../wasm/edge-reader.js';
import { type Counts, modulesBelow, walkAll } from './walk-edges.js';

/** Seeds of generated modules. */
const SEEDS = 300;
describe('edges of instructions', () => {
  const counts: Counts = new Map();

  it('are where every reader expects them, in all modules of the vectors', () => {
    const modules = modulesBelow('vectors');
    ok(walkAll(modules, counts) > 300, `${modules.length} modules`);
  }).timeout(30_000);

  it(`are where every reader expects them, in ${SEEDS} generated modules`, () => {
    equal(
      walkAll(
        Array.from({ length: SEEDS }, (_, seed) => moduleOfSeed(seed).bytes),
        counts,
      ),
      SEEDS,
    );
  }).timeout(60_000);

  it('are checked in every method of the reader', () => {
    const all = ['opcode', 'nextByte', 'take', 'nextLabel', 'nextMemoryOffset', 'hasTypeIndex'];
    const used = {
      metering: ['opcode', 'hasTypeIndex'],
      compiler: all,
      rewriter: ['opcode', 'nextByte', 'take', 'reread', 'localBefore', 'hasTypeIndex', 'an edit'],
    };
    const expected = Object.entries(used).flatMap(([who, methods]) => methods.map((method) => `${who} ${method}`));
    deepEqual([...counts.keys()].sort(), expected.sort());
  });

  it('are enforced by the reader and the edits', () => {
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
