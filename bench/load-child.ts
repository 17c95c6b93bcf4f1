/**
 * Loads one module in a fresh process and prints the times, as JSON: first cold, then warm, and the peak of memory.
 * `node --expose-gc load-child.js FILE TIER WARM_ROUNDS`
 */
import { existsSync, readFileSync } from 'node:fs';
import { LIMITS_1 } from '../src/base/limits.js';
import { type StageTimes, timedStages } from './loading.js';
import { TIERS } from './tiers.js';

export interface LoadReport {
  readonly bytes: number;
  readonly cold: StageTimes;
  readonly warm: readonly StageTimes[];
  /** Resident bytes before the module is read; the peaks until it can be called, and with every function compiled. */
  readonly residentBefore: number;
  readonly peakLoaded: number;
  readonly peakCompiled: number;
}

const KIB = 1024;

/**
 * The peak of resident memory so far. Linux has it in /proc; the figure of getrusage is useless there, because a
 * process inherits its parent's peak. Elsewhere it comes from getrusage.
 */
function peakBytes(): number {
  if (!existsSync(PROCESS_STATUS)) return process.resourceUsage().maxRSS * KIB;
  const [, kib] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(PROCESS_STATUS, 'utf8'))!;
  return Number(kib) * KIB;
}

const PROCESS_STATUS = '/proc/self/status';

function main(): void {
  const [file, tierName, warmRounds] = process.argv.slice(2) as [string, string, string];
  const tier = TIERS.get(tierName)!;
  globalThis.gc!();
  const residentBefore = process.memoryUsage.rss();
  const bytes = new Uint8Array(readFileSync(file));
  let peakLoaded = 0;
  const cold = timedStages(bytes, LIMITS_1, tier, () => {
    peakLoaded = peakBytes();
  });
  const peakCompiled = peakBytes();
  const warm = Array.from({ length: Number(warmRounds) }, () => timedStages(bytes, LIMITS_1, tier));
  const report: LoadReport = { bytes: bytes.length, cold, warm, residentBefore, peakLoaded, peakCompiled };
  process.stdout.write(JSON.stringify(report));
}

main();
