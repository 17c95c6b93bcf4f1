/** Options are own properties: properties added to `Object.prototype` change no receipt, limit or tier. */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { defineLimits, LIMIT_ROWS, LIMITS_1 } from '../../src/base/limits.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { createEngine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { i32 } from '../../src/wasm/value.js';
import { bytesOfText } from './load-text.js';

const OPTIONS: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.keys(LIMIT_ROWS).map((name) => [name, 1])),
  ...{ tier: 'none', limits: defineLimits('polluted', { pages: 1 }), schedule: {}, artefacts: {} },
  ...{ moduleCacheBytes: -1, idleInstanceBytes: -1, hostCallsKept: -1, hostAnswerBytes: -1 },
  ...{
    imports: [],
    fuel: 1,
    context: 1,
    cost: 1_000_000,
    generation: '0.1',
    exportName: 'x',
    isDecodable: () => false,
  },
  ...{ canonical: true, depthMax: 0, objectsMax: 0, declined: 'host-unfit', unfit: 'x', failed: 'x', kind: 'breached' },
};

/** Adds properties to `Object.prototype` while `work` runs. */
async function polluted<T>(work: () => Promise<T>): Promise<T> {
  const { prototype } = globalThis.Object;
  for (const [key, value] of Object.entries(OPTIONS)) {
    Object.defineProperty(prototype, key, { value, configurable: true, writable: true, enumerable: false });
  }
  try {
    return await work();
  } finally {
    for (const key of Object.keys(OPTIONS)) Reflect.deleteProperty(prototype, key);
  }
}

const GUEST = `(module (import "env" "f" (func $f (param i32) (result i32))) (memory 2)
  (func (export "run") (result i32) (call $f (memory.grow (i32.const 3)))))`;

describe('options on Object.prototype', () => {
  it('are ignored', async () => {
    const wasm = await bytesOfText(GUEST);
    const run = async () => {
      const row = {
        module: 'env',
        name: 'f',
        type: { params: ['i32'], results: ['i32'] },
        run: () => [i32(7)],
      } as const;
      const hashes: string[] = [];
      for (const tier of [undefined, 'interpreter', 'instrumented'] as const) {
        const loaded = await createEngine(tier === undefined ? {} : { tier }).load(wasm, { imports: [row] });
        if (!loaded.ok) throw new Error(loaded.fault.code);
        await loaded.module.settled();
        for (const options of [undefined, {}, { imports: [row] }]) {
          const { receipt } = loaded.module.call('run', [], options);
          hashes.push(toHex(receiptHash(receipt)));
        }
        hashes.push(loaded.module.compilation.state);
      }
      return [...hashes, toHex(defineLimits('limits-1').hash), decodeMessagePack(Uint8Array.of(0x91, 0x90)).ok];
    };
    const expected = await run();
    expect(expected).to.include(toHex(LIMITS_1.hash));
    expect(await polluted(run)).to.deep.equal(expected);
  });
});
