/** The cache keys under which an engine stores what it has computed about a module. */
import { expect } from 'chai';
import { hash, toHex } from '../../../src/base/hash.js';
import type { ArtefactCache, ArtefactKey } from '../../../src/engine/load/artefact-cache.js';
import { createEngine, defineLimits, FUEL_1, LIMITS_1, type Limits } from '../../../src/index.js';
import { wat } from '../../instrumented/wat.js';

const OTHER_LIMITS = defineLimits('other', { pages: 100 });
const MODULES = [1, 2].map((n) => wat(`(module (func (export "f") (result i32) (i32.const ${n})))`));

function keyOf(key: ArtefactKey): object {
  const { kind, module, limits } = key;
  const rest = key.kind === 'rewritten' ? { form: key.form, schedule: toHex(key.schedule) } : {};
  return { kind, module: toHex(module), limits: toHex(limits), ...rest };
}

/** An in-memory cache that records the keys of reads and writes. */
function memoryCache() {
  const kept = new Map<string, Uint8Array>();
  const asked: object[] = [];
  const put: object[] = [];
  const cache: ArtefactCache = {
    get: async (key) => {
      asked.push(keyOf(key));
      return kept.get(JSON.stringify(keyOf(key)));
    },
    put: async (key, content) => {
      put.push(keyOf(key));
      kept.set(JSON.stringify(keyOf(key)), content.slice());
    },
  };
  return { cache, asked, put };
}

describe('the artefacts of a module', () => {
  it('are stored and found by module, limits, schedule and form', async () => {
    const { cache, asked, put } = memoryCache();
    const loadAll = async (limits: Limits) => {
      const engine = createEngine({ tier: 'instrumented', limits, artefacts: cache });
      for (const bytes of MODULES) expect((await engine.load(bytes)).ok).to.equal(true);
    };
    const keysOf = (limits: Limits) =>
      MODULES.flatMap((bytes) => {
        const of = { module: toHex(hash(bytes)), limits: toHex(limits.hash) };
        return [
          { kind: 'valid', ...of },
          { kind: 'rewritten', ...of, form: 'host-bounds', schedule: toHex(FUEL_1.hash) },
        ];
      });
    for (const limits of [LIMITS_1, OTHER_LIMITS]) {
      await loadAll(limits);
      expect(asked.splice(0)).to.deep.equal(keysOf(limits));
      expect(put.splice(0)).to.deep.equal(keysOf(limits));
    }
    // Another engine finds all of it and writes nothing.
    for (const limits of [LIMITS_1, OTHER_LIMITS]) await loadAll(limits);
    expect(put).to.deep.equal([]);
  });
});
