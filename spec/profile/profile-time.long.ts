/** A profile takes at most three times as long as the call takes in the interpreter, from 0.4 ms on. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { RATIO_MAX, type TimedProfile, ZOME_FOLDER } from './profile-times.js';

const PROGRAM = fileURLToPath(new URL('./profile-times.js', import.meta.url));

async function check(what: 'vectors' | 'zomes'): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, what]);
  const rows = JSON.parse(stdout) as readonly TimedProfile[];
  expect(rows.length).to.be.greaterThan(0);
  for (const { name, callMs, profileMs } of rows) {
    const text = `${name}: ${callMs.toFixed(2)} ms, its profile ${profileMs.toFixed(2)} ms`;
    if (process.env['SHOW_TIMES'] !== undefined) console.log(`${text}, ${(profileMs / callMs).toFixed(2)} times`);
    expect(profileMs / callMs, text).to.be.at.most(RATIO_MAX);
  }
}

describe('the time of a profile', function () {
  this.timeout(300_000);

  it('of calls of the guests of the vectors', () => check('vectors'));

  it('of ops of a real zome', async function () {
    if (!existsSync(ZOME_FOLDER)) this.skip();
    await check('zomes');
  });
});
