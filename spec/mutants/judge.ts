/**
 * The process that judges one mutant: runs the stages one after the other in the copy where it was started and reports
 * each to its parent, up to the first that fails. Started by `run.ts`: `judge.js KIND FILE SEED STAGES`.
 */
import fc from 'fast-check';
import Mocha from 'mocha';
import type { MutantKind } from './mutant.js';
import { type Stage, stagesFor } from './stages.js';

export type StageReport =
  | { readonly kind: 'stage'; readonly name: string }
  | { readonly kind: 'red'; readonly what: string }
  | { readonly kind: 'green' };

const SPEC_LIMIT_MS = 120_000;

class SilentReporter {}

function sendReport(report: StageReport): Promise<void> {
  return new Promise((done) => process.send!(report, () => done()));
}

/** The title of the first test that fails. */
async function failureOfSpecs(specs: readonly string[]): Promise<string | undefined> {
  const mocha = new Mocha({ bail: true, timeout: SPEC_LIMIT_MS, reporter: SilentReporter as never });
  for (const spec of specs) mocha.addFile(`dist/spec/${spec}.js`);
  await mocha.loadFilesAsync();
  return new Promise((done) => {
    let failed: string | undefined;
    mocha
      .run(() => done(failed))
      .on('fail', (test) => {
        failed ??= test.fullTitle();
      });
  });
}

async function failureOf({ specs, run }: Stage, seed: number): Promise<string | undefined> {
  try {
    await run?.(seed);
    return specs === undefined ? undefined : await failureOfSpecs(specs);
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]!.slice(0, 160) : String(error);
  }
}

const [, , kind = '', file = '', seed = '1', stagesMax = '100'] = process.argv;
const stages = stagesFor(kind === '' ? undefined : (kind as MutantKind), file);
fc.configureGlobal({ seed: Number(seed), endOnFailure: true });
let red: string | undefined;
for (const stage of stages.slice(0, Number(stagesMax))) {
  await sendReport({ kind: 'stage', name: stage.name });
  red = await failureOf(stage, Number(seed));
  if (red !== undefined) break;
}
await sendReport(red === undefined ? { kind: 'green' } : { kind: 'red', what: red });
// Also ends anything that a fault has left running.
process.exit(0);
