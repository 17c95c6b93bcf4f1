/** Parts of a memo: paths of a trie, a priority heap compared with a sorted list, and waiting validations. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Dependencies } from '../../src/boundary/validation-result.js';
import { bytesOf, found, type Leaf, type MemoCall, type Question, type Step, withWay } from '../../src/memo/trie.js';
import { Waiting } from '../../src/memo/waiting.js';
import { type Valued, WorthHeap } from '../../src/memo/worth-heap.js';

const leaf = (...calls: MemoCall[]): Leaf => ({ kind: 'leaf', verdict: { kind: 'Valid' }, calls, zomes: [] });
const question = (input: number, changes: Partial<Question> = {}): Question => ({
  zome: 'z',
  export: 'validate',
  name: 'f',
  input: Uint8Array.of(input),
  ...changes,
});
const step = (input: number, answer: string, changes?: Partial<Question>): Step => ({
  question: question(input, changes),
  answer,
});

describe('a trie of recorded validations', () => {
  it('leads by the results to a leaf, or nowhere', () => {
    const [one, two, three] = [leaf(), leaf(), leaf()];
    let root = withWay(undefined, [step(1, 'a'), step(2, 'b')], one)!;
    root = withWay(root, [step(1, 'a'), step(2, 'c')], two)!;
    root = withWay(root, [step(1, 'x'), step(3, 'b')], three)!;
    const led = (answers: Readonly<Record<number, string>>) =>
      found(root, ({ input }) => answers[input[0]!] ?? 'nothing');
    expect(led({ 1: 'a', 2: 'b' })).to.equal(one);
    expect(led({ 1: 'a', 2: 'c', 3: 'b' })).to.equal(two);
    expect(led({ 1: 'x', 2: 'b', 3: 'b' })).to.equal(three);
    expect(led({ 1: 'a', 2: 'd' })).to.equal(undefined);
    expect(led({ 1: 'b' })).to.equal(undefined);
    const alone = leaf();
    expect(found(withWay(undefined, [], alone)!, () => expect.fail('nothing is requested'))).to.equal(alone);
  });

  it('keeps the first leaf of a path', () => {
    const first = leaf();
    const root = withWay(undefined, [step(1, 'a')], first)!;
    expect(withWay(root, [step(1, 'a')], leaf())).to.equal(root);
    expect(found(root, () => 'a')).to.equal(first);
  });

  for (const [what, steps] of [
    ['another input', [step(2, 'a')]],
    ['another name', [step(1, 'a', { name: 'g' })]],
    ['another zome', [step(1, 'a', { zome: 'y' })]],
    ['another export', [step(1, 'a', { export: 'init' })]],
    ['a longer input', [step(1, 'a', { input: Uint8Array.of(1, 1) })]],
    ['a longer path', [step(1, 'a'), step(2, 'b')]],
    ['a shorter path', []],
  ] as const) {
    it(`is contradicted by ${what} at the same place`, () => {
      const root = withWay(undefined, [step(1, 'a')], leaf())!;
      expect(withWay(root, steps, leaf())).to.equal(undefined);
      expect(found(root, () => 'a')).to.not.equal(undefined);
    });
  }

  it('counts everything that it holds', () => {
    const call = (output: number, receipt: number, ...messages: string[]): MemoCall => ({
      zome: 'z',
      callback: 'validate',
      export: 'validate',
      outcome: { kind: 'returned', output: new Uint8Array(output) },
      receipt: new Uint8Array(receipt),
      traces: messages.map((message) => ({ level: 'INFO', message })),
      tracesDropped: 0,
    });
    const plain = bytesOf(leaf());
    const empty = bytesOf(leaf(call(0, 0))) - plain;
    expect([plain, empty]).to.satisfy(([a, b]: number[]) => a! > 0 && b! > 0);
    expect(bytesOf(leaf(call(7, 0))) - plain).to.equal(empty + 7);
    expect(bytesOf(leaf(call(0, 9))) - plain).to.equal(empty + 9);
    expect(bytesOf(leaf(call(0, 0, 'abc', 'd'))) - plain).to.equal(empty + 2 * 4 + 200);
    expect(bytesOf(leaf(call(0, 0), call(5, 0))) - plain).to.equal(2 * empty + 5);
    const stopped = { ...call(9, 0), outcome: { kind: 'exhausted', resource: 'fuel' } } as MemoCall;
    expect(bytesOf(leaf(stopped)) - plain).to.equal(empty);
    const one = withWay(undefined, [step(1, 'a')], leaf())!;
    const ask = bytesOf(one) - plain;
    expect(ask).to.be.greaterThan(1);
    const longer = withWay(undefined, [step(1, 'a', { input: new Uint8Array(11) })], leaf())!;
    expect(bytesOf(longer)).to.equal(bytesOf(one) + 10);
    expect(bytesOf(withWay(one, [step(1, 'b')], leaf())!)).to.be.within(2 * plain + ask + 1, 2 * (plain + ask) - 1);
  });
});

describe('a heap ordered by worth', () => {
  interface Item extends Valued {
    readonly name: number;
  }
  const byWorth = (a: Item, b: Item) => a.worth - b.worth || a.time - b.time;

  it('has the least item first, after any additions, removals and changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(5), fc.nat(1_000)), { minLength: 1, maxLength: 120 }),
        (steps) => {
          const heap = new WorthHeap<Item>();
          const items: Item[] = [];
          let time = 0;
          for (const [kind, worth, at] of steps) {
            const item = items[at % Math.max(items.length, 1)];
            time += 1;
            if (item === undefined || kind < 2) {
              const added = { name: time, worth, time, place: -1 };
              items.push(added);
              heap.add(added);
            } else if (kind === 2) {
              items.splice(items.indexOf(item), 1);
              heap.remove(item);
            } else {
              Object.assign(item, { worth, time });
              heap.moved(item);
            }
            expect(heap.least).to.equal([...items].sort(byWorth)[0]);
          }
          for (const item of [...items].sort(byWorth)) {
            expect(heap.least).to.equal(item);
            heap.remove(item);
          }
          expect(heap.least).to.equal(undefined);
        },
      ),
      { numRuns: 100 },
    );
    const heap = new WorthHeap<Item>();
    heap.add({ name: 1, worth: 1, time: 1, place: 0 });
    heap.clear();
    expect(heap.least).to.equal(undefined);
  });
});

describe('waiting validations', () => {
  const hash = (byte: number) => Uint8Array.of(byte);
  const hashes = (...bytes: number[]): Dependencies => ({ kind: 'Hashes', hashes: bytes.map(hash) });
  const validation = (fuel: number) => () => ({ op: Uint8Array.of(fuel), zome: undefined, fuel });
  const fuels = (waiting: Waiting, byte: number) => waiting.for(hash(byte)).map(({ fuel }) => fuel);

  it('are found by each hash that they wait for, as long as they wait', () => {
    const waiting = new Waiting(10);
    waiting.set('a', hashes(1, 2), validation(1));
    waiting.set('b', hashes(2), validation(2));
    expect([fuels(waiting, 1), fuels(waiting, 2), fuels(waiting, 3), waiting.count]).to.deep.equal([
      [1],
      [1, 2],
      [],
      2,
    ]);
    waiting.set('a', hashes(3), validation(3));
    expect([fuels(waiting, 1), fuels(waiting, 2), fuels(waiting, 3), waiting.count]).to.deep.equal([[], [2], [3], 2]);
    waiting.set('b', undefined, () => expect.fail('it does not wait'));
    expect([fuels(waiting, 2), waiting.count, waiting.dropped]).to.deep.equal([[], 1, 0]);
    waiting.set('c', { kind: 'AgentActivity', agent: hash(9), filter: { chain_top: hash(8) } as never }, validation(4));
    expect([fuels(waiting, 9), fuels(waiting, 8)]).to.deep.equal([[4], []]);
  });

  it('are dropped beyond the bound, the oldest first, and counted', () => {
    const waiting = new Waiting(2);
    waiting.set('a', hashes(1), validation(1));
    waiting.set('b', hashes(1), validation(2));
    expect([fuels(waiting, 1), waiting.dropped]).to.deep.equal([[1, 2], 0]);
    // Requested again, it starts to wait anew, so the other one has waited longest.
    waiting.set('a', hashes(1), validation(1));
    waiting.set('c', hashes(1), validation(3));
    expect([fuels(waiting, 1), waiting.count, waiting.dropped]).to.deep.equal([[1, 3], 2, 1]);
    const none = new Waiting(0);
    none.set('a', hashes(1), () => expect.fail('it is not kept'));
    expect([none.count, none.dropped]).to.deep.equal([0, 0]);
  });
});
