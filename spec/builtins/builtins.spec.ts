import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assert } from 'chai';
import { areUnchanged, BUILTINS, withBuiltins } from '../../src/builtins/builtins.js';
import { ACCESSORS, SECTIONS } from './builtin-list.js';
import { unchangedText } from './unchanged-text.js';

const PROGRAM = fileURLToPath(new URL('poisoned-run.js', import.meta.url));
const { ASSAY_MODULES = '3' } = process.env;

interface PoisonedRun {
  readonly answers: number;
  readonly overwritten: number;
  readonly differing: readonly string[];
}

async function poisonedRun(tier: string, kind: string): Promise<PoisonedRun> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, tier, kind, ASSAY_MODULES, '1']);
  return JSON.parse(stdout) as PoisonedRun;
}

const { defineProperty, deleteProperty, getOwnPropertyDescriptor } = Reflect;

/** Replaces a property's descriptor while `work` runs. */
function spoilt<T>(holder: object, key: PropertyKey, descriptor: PropertyDescriptor, work: () => T): T {
  const own = getOwnPropertyDescriptor(holder, key)!;
  defineProperty(holder, key, descriptor);
  try {
    return work();
  } finally {
    defineProperty(holder, key, own);
  }
}

describe('built-ins overwritten after the engine was loaded', () => {
  // The other two pairs also pass; each costs as much as these.
  for (const [tier, kind] of [
    ['interpreter', 'throws'],
    ['instrumented', 'answers'],
  ] as const) {
    it(`change no receipt, state or fault of the tier ${tier}: each function ${kind}`, async () => {
      const { answers, overwritten, differing } = await poisonedRun(tier, kind);
      assert.deepEqual(differing, []);
      assert.isAbove(answers, 100);
      assert.isAbove(overwritten, 350);
    }).timeout(120_000);
  }

  it('are captured and compared by code generated from the list (npm run builtins:write)', () => {
    assert.equal(readFileSync('src/builtins/unchanged.ts', 'utf8'), unchangedText());
    const listed = SECTIONS.flatMap(({ groups }) => groups.flatMap(({ keys }) => keys)).length + ACCESSORS.length;
    assert.equal(BUILTINS.length, listed);
  });

  it('are each detected', () => {
    assert.isTrue(areUnchanged());
    const other = () => 0;
    for (const { holder, key, own } of BUILTINS) {
      // The check itself must not depend on what it tests.
      const { configurable, enumerable } = own;
      const descriptor = { configurable, enumerable, writable: true, value: other } as PropertyDescriptor;
      const noticed = spoilt(holder, key, descriptor, () => !areUnchanged());
      assert.isTrue(noticed, String(key));
    }
  });

  it('are put back after the engine has run, also when it throws', () => {
    const other = () => 0;
    const { imul } = Math;
    const own = getOwnPropertyDescriptor(Math, 'imul')!;
    spoilt(Math, 'imul', { ...own, value: other }, () => {
      assert.equal(
        withBuiltins(() => Math.imul(3, 5)),
        15,
      );
      assert.equal(Math.imul, other);
      assert.throws(() =>
        withBuiltins(() => {
          throw new RangeError('a bug');
        }),
      );
      assert.equal(Math.imul, other);
    });
    assert.equal(Math.imul, imul);
  });

  it('are present during a run if they were deleted', () => {
    const own = getOwnPropertyDescriptor(Array.prototype, 'at')!;
    deleteProperty(Array.prototype, 'at');
    try {
      assert.equal(
        withBuiltins(() => [1, 2].at(-1)),
        2,
      );
      assert.isFalse('at' in Array.prototype);
    } finally {
      defineProperty(Array.prototype, 'at', own);
    }
  });

  it('are found unchanged in every kind of process, so that calls need not replace them', async () => {
    const script = `const { areUnchanged } = await import(${JSON.stringify(new URL('../../src/builtins/builtins.js', import.meta.url).href)});
      process.stdout.write(String(areUnchanged()));`;
    for (const flag of ['--no-opt', '--jitless']) {
      const { stdout } = await promisify(execFile)(process.execPath, [flag, '--input-type=module', '--eval', script]);
      assert.equal(stdout, 'true', flag);
    }
  });

  it('are a host failure if they cannot be replaced', async () => {
    const script = `import { createEngine, HostFailure } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)};
      Object.defineProperty(Math, 'imul', { value: () => 0, configurable: false, writable: false });
      try { createEngine(); } catch (error) { process.stdout.write(String(error instanceof HostFailure)); }`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    assert.equal(stdout, 'true');
  });
});
