/** Which modules and zomes the service keeps loaded, and what a DNA gives to them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { hash, toHex } from '../../src/base/hash.js';
import type { Pool } from '../../src/pool/open-pool.js';
import { LoadedSubjects, type ZomesSpec } from '../../src/service/loaded-subjects.js';
import { ModuleMemory, type ModulePlace } from '../../src/service/module-place.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import { type ServiceLimits, serviceLimits } from '../../src/service/service-limits.js';
import { hashFromCore, hashText } from '../../src/zome/holo-hash.js';

const bytesOf = (name: string, length = 10) => new Uint8Array(length).fill(name.charCodeAt(0));
const hashOf = (name: string, length?: number) => toHex(hash(bytesOf(name, length)));
const FAULT = { kind: 'malformed', code: 'x', offset: 3, detail: 'd' };

/** A pool that loads whatever it is given, except modules of `!`. */
class FakePool {
  readonly added: Readonly<Record<string, unknown>>[] = [];
  readonly removed: string[] = [];
  fails: Error | undefined;

  async addModule(wasm: Uint8Array): Promise<object> {
    const name = String.fromCharCode(wasm[0]!);
    this.added.push({ module: name });
    if (this.fails !== undefined) throw this.fails;
    if (name === '!') return { ok: false, fault: FAULT };
    return { ok: true, module: this.#subject(name) };
  }

  async addZomes(options: { readonly zomes: readonly { readonly name: string }[] }): Promise<object> {
    this.added.push(options);
    if (this.fails !== undefined) throw this.fails;
    if (options.zomes[0]!.name === '!') return { ok: false, fault: FAULT, zome: '!' };
    return { ok: true, host: this.#subject(options.zomes.map(({ name }) => name).join()) };
  }

  #subject(name: string): object {
    return { name, remove: () => this.removed.push(name) };
  }
}

async function subjectsOf(limits: Partial<ServiceLimits> = {}, place: ModulePlace = new ModuleMemory()) {
  const pool = new FakePool();
  for (const name of 'abc!') await place.put(bytesOf(name));
  const subjects = new LoadedSubjects(pool as unknown as Pool, place, serviceLimits(limits));
  const used = (name: string, work: Promise<unknown> = Promise.resolve()) =>
    subjects.withModule(hashOf(name), async (module) => {
      await work;
      return (module as unknown as { readonly name: string }).name;
    });
  return { pool, subjects, used };
}

async function problemOf(work: Promise<unknown>): Promise<object> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw error ?? new Error('no problem');
  const { type: _type, title: _title, status: _status, ...rest } = error.problem;
  return rest;
}

describe('service: loaded modules and zomes', () => {
  it('are loaded once, and the least recently used ones are forgotten, unless they are in use', async () => {
    const { pool, subjects, used } = await subjectsOf({ loadedModules: 2 });
    expect(await Promise.all([used('a'), used('b'), used('a')])).to.deep.equal(['a', 'b', 'a']);
    await used('c');
    await sleep(0);
    expect([subjects.count, pool.removed]).to.deep.equal([2, ['b']]);
    let end = () => {};
    const long = used('a', new Promise<void>((resolve) => (end = resolve)));
    await used('b');
    await used('c');
    await sleep(0);
    expect(pool.removed).to.deep.equal(['b', 'c', 'b']);
    end();
    expect(await long).to.equal('a');
    expect(pool.added.map(({ module }) => module)).to.deep.equal(['a', 'b', 'c', 'b', 'c']);
  });

  it('take no more bytes than the limit', async () => {
    const { pool, subjects, used } = await subjectsOf({ loadedBytes: 20 });
    await used('a');
    await used('b');
    await sleep(0);
    expect([subjects.count, pool.removed]).to.deep.equal([2, []]);
    await used('c');
    await sleep(0);
    expect([subjects.count, pool.removed]).to.deep.equal([2, ['a']]);
    expect((await subjects.tryModule(hashOf('d', 21), bytesOf('d', 21))).ok).to.equal(true);
    await sleep(0);
    expect([subjects.count, pool.removed]).to.deep.equal([0, ['a', 'b', 'c', 'd']]);
  });

  it('that are refused or unknown are a problem each time; what failed is tried again', async () => {
    const { pool, subjects, used } = await subjectsOf();
    for (let i = 0; i < 2; i++) expect(await problemOf(used('!'))).to.deep.equal({ code: 'load-fault', fault: FAULT });
    expect(pool.added).to.have.length(1);
    const missing = { code: 'unknown-module', detail: `there is no module ${hashOf('d')}` };
    expect(await problemOf(used('d'))).to.deep.equal(missing);
    expect((await subjects.tryModule(hashOf('d'), bytesOf('d'))).ok).to.equal(true);
    expect(await used('d')).to.equal('d');
    pool.fails = new Error('no thread');
    expect(await used('a').catch((error: unknown) => error)).to.equal(pool.fails);
    pool.fails = undefined;
    expect(await used('a')).to.equal('a');
  });

  it('can be added while a run looks for them in vain', async () => {
    let end = () => {};
    class Slow extends ModuleMemory {
      override async get(name: string): Promise<Uint8Array | undefined> {
        await new Promise<void>((resolve) => (end = resolve));
        return await super.get(name);
      }
    }
    const { subjects, used } = await subjectsOf({}, new Slow());
    const early = problemOf(used('d'));
    const added = subjects.tryModule(hashOf('d'), bytesOf('d'));
    end();
    expect(await early).to.include({ code: 'unknown-module' });
    expect((await added).ok).to.equal(true);
    expect(await used('d')).to.equal('d');
  });

  it('get what the request says of their DNA, and are loaded once for the same', async () => {
    const { pool, subjects } = await subjectsOf();
    const dnaHash = hashFromCore('Dna', new Uint8Array(32).fill(4));
    const zome = { name: 'z', module: hashOf('a') };
    const wasm = bytesOf('a');
    const plain = { zomes: [{ name: 'z', wasm }], dnaInfo: { modifiers: {} } };
    const cases: readonly (readonly [ZomesSpec, object])[] = [
      [{ zomes: [zome] }, plain],
      [
        { zomes: [zome], generation: '0.7' },
        { ...plain, generation: '0.7' },
      ],
      [
        { zomes: [{ ...zome, kind: 'coordinator', dependencies: ['y'] }] },
        { ...plain, zomes: [{ name: 'z', wasm, kind: 'coordinator', dependencies: ['y'] }] },
      ],
      [
        { zomes: [zome], dna: { name: 'n', hash: hashText(dnaHash), networkSeed: 's' } },
        { ...plain, dnaInfo: { name: 'n', hash: dnaHash, modifiers: { network_seed: 's' } } },
      ],
      ...[[], [1], [2]].map((bytes): readonly [ZomesSpec, object] => {
        const propertiesBase64 = Uint8Array.from(bytes);
        return [
          { zomes: [zome], dna: { propertiesBase64 } },
          { ...plain, dnaInfo: { modifiers: { properties: propertiesBase64 } } },
        ];
      }),
    ];
    for (const copy of [(spec: ZomesSpec) => spec, (spec: ZomesSpec) => ({ ...spec })])
      for (const [spec] of cases)
        expect(await subjects.withZomes(copy(spec), async (host) => host)).to.include({ name: 'z' });
    expect(pool.added).to.deep.equal(cases.map(([, options]) => options));
  });

  it('that no DNA can have are a problem of the request', async () => {
    const { pool, subjects } = await subjectsOf();
    const asked = (spec: ZomesSpec) => problemOf(subjects.withZomes(spec, async () => undefined));
    const zomes = [{ name: '!', module: hashOf('a') }];
    expect(await asked({ zomes })).to.deep.equal({ code: 'load-fault', fault: { ...FAULT, zome: '!' } });
    expect(await asked({ zomes: [] })).to.include({ code: 'invalid-request', path: '$.zomes' });
    expect(await asked({ zomes: [...zomes, { name: 'b', module: hashOf('z') }] })).to.include({
      code: 'unknown-module',
    });
    const wrong = `${hashText(hashFromCore('Dna', new Uint8Array(32))).slice(0, -1)}B`;
    const { path, detail } = (await asked({ zomes, dna: { hash: wrong } })) as { path: string; detail: string };
    expect(path).to.equal('$.dna.hash');
    expect(detail).to.match(/^not the hash of a DNA: [\w-]+$/);
    pool.fails = new RangeError('two zomes have this name');
    expect(await asked({ zomes, generation: '0.2' })).to.deep.equal({
      code: 'unusable-input',
      path: '$.zomes',
      detail: 'two zomes have this name',
    });
    pool.fails = new Error('a bug');
    const thrown = await subjects
      .withZomes({ zomes, generation: '0.6' }, async () => 1)
      .catch((error: unknown) => error);
    expect(thrown).to.equal(pool.fails);
  });
});
