/**
 * Loaded by Stryker's mocha. Stryker counts a test's coverage from its `beforeEach` on, so the coverage of a suite's
 * `before` would count for the previous test, which alone would judge those mutants. Here it counts for each test of
 * the suite.
 *
 * Mutated files are loaded first. Otherwise code that runs when a file is loaded would count for the first test that
 * needs it, in a process that does not load it again.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Mocha from 'mocha';
import { MUTATED_FILES } from './mutated-files.js';

/** How often each mutant was reached. */
type Hits = Record<string, number>;

/** What Stryker's runner and instrumented code share. */
interface Shared {
  readonly activeMutant?: string;
  currentTestId?: string;
  readonly mutantCoverage?: { readonly perTest: Record<string, Hits> };
}

function shared(): Shared | undefined {
  return (globalThis as { readonly __stryker__?: Shared }).__stryker__;
}

function testsOf(suite: Mocha.Suite): readonly string[] {
  const titles: string[] = [];
  suite.eachTest((test) => {
    titles.push(test.fullTitle());
  });
  return titles;
}

function countHooks(runner: Mocha.Runner): void {
  const suites = new Map<string, Mocha.Suite>();
  runner.on('hook', (hook) => {
    const state = shared();
    const suite = hook.parent;
    if (state === undefined || suite === undefined || !hook.title.startsWith('"before all"')) return;
    const id = `before ${suite.fullTitle()}`;
    suites.set(id, suite);
    state.currentTestId = id;
  });
  runner.on('end', () => {
    const perTest = shared()?.mutantCoverage?.perTest;
    if (perTest === undefined) return;
    for (const [id, suite] of suites) {
      for (const title of testsOf(suite)) perTest[title] = added(perTest[title], perTest[id]);
      delete perTest[id];
    }
  });
}

function added(a: Hits = {}, b: Hits = {}): Hits {
  const sum = { ...a };
  for (const [mutant, hits] of Object.entries(b)) sum[mutant] = (sum[mutant] ?? 0) + hits;
  return sum;
}

const { run } = Mocha.prototype;
Mocha.prototype.run = function (this: Mocha, done) {
  const runner = run.call(this, done);
  // A run without a mutant is the one in which Stryker counts.
  if (shared()?.activeMutant === undefined) countHooks(runner);
  return runner;
};

const { loadFilesAsync } = Mocha.prototype;
// Only now, because a mutant in code that runs on loading is active from here on.
Mocha.prototype.loadFilesAsync = async function (this: Mocha, ...given) {
  for (const file of process.env[MUTATED_FILES]?.split(',').filter((name) => name !== '') ?? []) {
    await import(pathToFileURL(resolve('dist', file.replace(/ts$/, 'js'))).href);
  }
  await loadFilesAsync.apply(this, given);
};
