/** Training: no guest makes V8 discard the compiled loop, and the training code contains each operation. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { WITHOUT_COVERAGE } from '../without-coverage.js';

const RUN = fileURLToPath(new URL('trained-run.js', import.meta.url));

/** Deoptimisations of the loop and of the functions outside it: the guest that ran, and the reason. */
function thrownAway(...words: readonly string[]): { readonly guests: number; readonly deoptimized: readonly string[] } {
  // V8 compiles on request only, and not while the loop is still being trained.
  const flags = ['--allow-natives-syntax', '--trace-deopt', '--interrupt-budget=2000000000'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, RUN, ...words], {
    encoding: 'utf8',
    env: WITHOUT_COVERAGE,
    maxBuffer: 2 ** 28,
  });
  expect(status, stderr).to.equal(0);
  let guests = 0;
  let guest = '';
  const deoptimized: string[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith('guest ')) {
      guest = line;
      guests++;
    }
    const reason = /^\[bailout \(kind: [\w-]+, reason: ([^)]+)\).*<JSFunction (?:runLoop|rare) /.exec(line)?.[1];
    if (reason !== undefined) deoptimized.push(`${guest}: ${reason}`);
  }
  return { guests, deoptimized };
}

describe('training of the loop', function () {
  this.timeout(60_000);

  it('leaves no reason for V8 to deoptimise the compiled loop', () => {
    const { guests, deoptimized } = thrownAway();
    expect(guests).to.be.greaterThan(300);
    expect(deoptimized).to.deep.equal([]);
  });

  it('is necessary for that', () => {
    expect(thrownAway('early').deoptimized.length).to.be.greaterThan(0);
  });
});
