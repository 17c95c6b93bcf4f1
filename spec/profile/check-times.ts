/** A profile takes at most three times as long as the call takes in the interpreter, from 0.4 ms on. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { RATIO_AIM, type TimedProfile } from './profile-times.js';

/** The failure threshold: a busy machine shows ratios above the target. */
const RATIO_MAX = 4.5;
const PROGRAM = fileURLToPath(new URL('./profile-times.js', import.meta.url));

/** Times the calls of the vectors, and ops of a zome if there is a folder of zomes, each in a separate process. */
export async function checkTimes(folder: string | undefined): Promise<{ passed: number; failed: number }> {
  let [passed, failed] = [0, 0];
  for (const args of folder === undefined ? [[]] : [[], [folder]]) {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args]);
    const rows = JSON.parse(stdout) as readonly TimedProfile[];
    if (rows.length === 0) throw new Error('no call is long enough to be timed');
    const ratios = rows.map(({ ratio }) => ratio);
    for (const { name, callMs, ratio } of rows) {
      if (ratio <= RATIO_MAX) passed += 1;
      else failed += 1;
      if (ratio <= RATIO_AIM) continue;
      console.log(`${name}: ${callMs.toFixed(2)} ms, its profile ${ratio.toFixed(2)} times as long, over ${RATIO_AIM}`);
    }
    const [least, most] = [Math.min(...ratios).toFixed(2), Math.max(...ratios).toFixed(2)];
    console.log(`${rows.length} profiles take ${least} to ${most} times as long as their calls in the interpreter`);
  }
  return { passed, failed };
}
