/** The messages of a pool: a thread receives exactly what was packed, whatever tasks and results share. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Verdict } from '../../src/boundary/validation.js';
import type { ByteOutcome } from '../../src/engine/loaded-module.js';
import { Job } from '../../src/pool/job.js';
import { packedResults, receivedResults } from '../../src/pool/packed-results.js';
import { packedTasks, ReceivedTasks } from '../../src/pool/packed-tasks.js';
import type { Task, WireResult, WireZomeCall } from '../../src/pool/wire.js';
import { i32 } from '../../src/wasm/value.js';

const bytes = fc.uint8Array({ maxLength: 5 });
const few = <const T>(...values: readonly T[]) => fc.constantFrom(...values);
const fuel = few(undefined, 7, 8);
const format = few('messagepack', 'json');
/** Objects that tasks may share, two of them equal, two of them empty. */
const DOCUMENTS = [Uint8Array.of(), Uint8Array.of(), Uint8Array.of(1, 2), Uint8Array.of(1, 2), undefined];

const tasks: fc.Arbitrary<Task> = fc.oneof(
  fc.record({ kind: few('call'), export: few('f', 'g'), args: few([], [i32(1)]), fuel }),
  fc.record({
    kind: few('bytes', 'entry'),
    export: few('f', 'g'),
    input: bytes,
    format,
    generation: few(undefined, '0.6', '0.7'),
    fuel,
  }),
  fc.record({
    kind: few('op'),
    input: bytes,
    format,
    check: few(undefined, 'hashes', 'all'),
    zome: few(undefined, 'a', 'b'),
    dependencies: few(...DOCUMENTS),
    dependencyFormat: format,
    fuel,
  }),
);

const outcome: fc.Arbitrary<ByteOutcome> = fc.oneof(
  fc.record({ kind: few('returned'), output: bytes }),
  fc.record({ kind: few('trapped'), code: few('unreachable') }),
  fc.record({ kind: few('short-circuited'), payload: bytes }),
);
const verdict: fc.Arbitrary<Verdict> = few<Verdict>(
  { kind: 'Valid' },
  { kind: 'Invalid', reason: 'Valid' },
  { kind: 'Invalid', reason: '' },
  { kind: 'Invalid', reason: '1 Valid' },
  { kind: 'NoVerdict', cause: { kind: 'breached', code: 'bad-pointer' as never } },
  { kind: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes: [Uint8Array.of(9)] } } as Verdict,
);
const zomeCall: fc.Arbitrary<WireZomeCall> = fc.record({
  zome: few('a', 'a b', 'b'),
  callback: few('validate'),
  export: few('validate', 'b validate'),
  outcome,
  receipt: bytes,
  traces: few([], [{ text: 't' } as never]),
  tracesDropped: few(0, 1),
}) as fc.Arbitrary<WireZomeCall>;
const results: fc.Arbitrary<WireResult> = fc.oneof(
  fc.record({
    kind: few('call'),
    outcome: few({ kind: 'returned', values: [i32(1)] } as const, { kind: 'exhausted', resource: 'fuel' } as const),
    receipt: bytes,
    hostCallCount: few(0, 1),
  }),
  fc.record({
    kind: few('bytes'),
    outcome,
    receipt: bytes,
    hostCallCount: few(0, 1, 11),
    verdict: fc.option(verdict, { nil: undefined }),
  }),
  fc.record({
    kind: few('op'),
    verdict,
    calls: fc.array(zomeCall, { maxLength: 3 }),
    zomes: few(['a'], ['a', 'b'], ['a","b']),
    isHit: fc.boolean(),
  }),
  fc.record({
    kind: few('thrown'),
    error: few({ name: 'RangeError', message: 'no', code: undefined, fault: undefined }),
  }),
) as fc.Arbitrary<WireResult>;

/** The message as it arrives after its buffer was transferred. */
function sent<M extends { readonly bytes: Uint8Array<ArrayBuffer> }>(message: M): M {
  return structuredClone(message, { transfer: [message.bytes.buffer] });
}

const ignore = () => {};

describe('messages of a pool', () => {
  it('unpack to the packed tasks', () => {
    fc.assert(
      fc.property(fc.array(tasks, { maxLength: 12 }), (given) => {
        const received = new ReceivedTasks(sent(packedTasks(given.map((task) => new Job(task, 1, ignore, ignore)))));
        expect(Array.from({ length: received.length }, (_, i) => received.at(i))).to.deep.equal(given);
      }),
    );
  });

  it('unpack to the packed results', () => {
    fc.assert(
      fc.property(fc.array(results, { maxLength: 12 }), (given) => {
        expect(receivedResults(sent(packedResults(given)))).to.deep.equal(given);
      }),
    );
  });

  it('contain shared bytes once', () => {
    const shared = new Uint8Array(1_000);
    const op = (input: number): Task => ({
      kind: 'op',
      input: Uint8Array.of(input),
      format: 'messagepack',
      check: undefined,
      zome: undefined,
      dependencies: shared,
      dependencyFormat: 'messagepack',
      fuel: undefined,
    });
    const packed = packedTasks(Array.from({ length: 64 }, (_, i) => new Job(op(i), 1, ignore, ignore)));
    expect([packed.forms.length, packed.bytes.length]).to.deep.equal([1, 1_064]);
    const received = new ReceivedTasks(sent(packed));
    const [first, last] = [received.at(0), received.at(63)];
    if (first.kind !== 'op' || last.kind !== 'op') expect.fail();
    expect(first.dependencies).to.equal(last.dependencies);
    const result = (reason: string): WireResult => ({
      kind: 'bytes',
      outcome: { kind: 'returned', output: Uint8Array.of(1) },
      receipt: Uint8Array.of(2),
      hostCallCount: 0,
      verdict: { kind: 'Invalid', reason },
    });
    expect(packedResults(Array.from({ length: 64 }, (_, i) => result(`${i % 2}`))).forms).to.have.length(2);
  });
});
