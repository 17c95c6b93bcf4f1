// Which lines stay in memory, compared with a model of GreedyDual-Size after every request.
import { expect } from 'chai';
import fc from 'fast-check';
import type { Line } from '../../src/memo/line-store.js';
import { MemoryLines } from '../../src/memo/memory-lines.js';
import type { Leaf } from '../../src/memo/trie.js';
import { MODELS } from '../caching/models.js';

const zomes: readonly string[] = [];

function lineOf(output: number, fuel: number): Line {
  const call = {
    zome: 'z',
    callback: 'validate' as const,
    export: 'validate',
    outcome: { kind: 'returned' as const, output: new Uint8Array(output) },
    receipt: new Uint8Array(10),
    traces: [],
    tracesDropped: 0,
  };
  const root: Leaf = { kind: 'leaf', verdict: { kind: 'Valid' }, calls: [call], zomes };
  return { root, writer: undefined, fuel };
}

const objects = fc.array(fc.record({ output: fc.nat(3000), fuel: fc.nat(10_000_000) }), {
  minLength: 12,
  maxLength: 12,
});

describe('lines in memory', () => {
  it('are evicted by GreedyDual-Size', () => {
    fc.assert(
      fc.property(
        objects,
        fc.array(fc.nat(11), { maxLength: 300 }),
        fc.integer({ min: 1000, max: 20_000 }),
        (rows, asked, bytes) => {
          const made = rows.map(({ output, fuel }) => lineOf(output, fuel));
          const sizes = made.map((line) => {
            const alone = new MemoryLines(Number.MAX_SAFE_INTEGER);
            alone.put('it', line);
            return alone.bytes;
          });
          const lines = new MemoryLines(bytes);
          const model = MODELS['gd-size-price']({ bytes, meanBytes: 1, definition: 'own' });
          for (const at of asked) {
            const isHit = lines.get(String(at)) !== undefined;
            expect(isHit).to.equal(model(BigInt(at), sizes[at], made[at].fuel));
            if (!isHit) lines.put(String(at), made[at]);
            expect(lines.bytes).to.be.at.most(bytes);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are counted correctly after any puts, deletions and reads', () => {
    fc.assert(
      fc.property(
        objects,
        fc.array(fc.tuple(fc.constantFrom('get', 'put', 'delete'), fc.nat(11), fc.nat(11)), { maxLength: 200 }),
        (rows, steps) => {
          const lines = new MemoryLines(12_000);
          for (const [step, key, which] of steps) {
            if (step === 'get') lines.get(String(key));
            else if (step === 'delete') lines.delete(String(key));
            else lines.put(String(key), lineOf(rows[which].output, rows[which].fuel));
          }
          const { count, bytes } = lines;
          expect(bytes).to.be.within(0, 12_000);
          const there = Array.from({ length: 12 }, (_, key) => lines.get(String(key)));
          expect(there.filter((line) => line !== undefined)).to.have.length(count);
          for (let key = 0; key < 12; key++) lines.delete(String(key));
          expect([lines.count, lines.bytes]).to.deep.equal([0, 0]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
