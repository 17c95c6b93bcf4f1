/** The engines of this project and bare `WebAssembly` for section `zomes`: one process each, like the native peers. */
import { fileURLToPath } from 'node:url';
import type { TierName } from '../src/machine/program.js';
import { MeasuringProgram } from './measuring-program.js';
import type { PartEffort, PartTimes } from './zome-parts.js';

const CHILD = fileURLToPath(new URL('zome-child.js', import.meta.url));
const PARTS_CHILD = fileURLToPath(new URL('zome-parts-child.js', import.meta.url));

export const INTERPRETER = 'interpreter';
export const INSTRUMENTED = 'instrumented';
export const INTERPRETER_CALL = 'interpreter, call';
export const INSTRUMENTED_CALL = 'instrumented, call';
export const BARE = 'WebAssembly';

/** Which process runs a way, and the way's number there. */
const WAYS = [
  { name: INTERPRETER, child: INTERPRETER, way: 0 },
  { name: INSTRUMENTED, child: INSTRUMENTED, way: 0 },
  { name: INTERPRETER_CALL, child: INTERPRETER, way: 1 },
  { name: INSTRUMENTED_CALL, child: INSTRUMENTED, way: 1 },
  { name: BARE, child: BARE, way: 0 },
] as const;

/** Ways to run a case; each returns the microseconds of a run. */
export type Way = (times: number) => Promise<number>;

type Programs<Name extends string> = Readonly<Record<Name, MeasuringProgram>>;

export class ZomeChildren {
  readonly #timing: Programs<(typeof WAYS)[number]['child']>;
  readonly #parts: Programs<TierName>;

  private constructor(timing: Programs<(typeof WAYS)[number]['child']>, parts: Programs<TierName>) {
    this.#timing = timing;
    this.#parts = parts;
  }

  static async start(folders: readonly string[]): Promise<ZomeChildren> {
    const started = (script: string, name: string) =>
      MeasuringProgram.start(process.execPath, [script, name, ...folders], 0);
    return new ZomeChildren(
      {
        interpreter: await started(CHILD, INTERPRETER),
        instrumented: await started(CHILD, INSTRUMENTED),
        WebAssembly: await started(CHILD, BARE),
      },
      {
        interpreter: await started(PARTS_CHILD, INTERPRETER),
        instrumented: await started(PARTS_CHILD, INSTRUMENTED),
      },
    );
  }

  ways(caseNumber: number): ReadonlyMap<string, Way> {
    return new Map(
      WAYS.map(({ name, child, way }): [string, Way] => [
        name,
        (times) => this.#timing[child].time(way, caseNumber, times),
      ]),
    );
  }

  async parts(tier: TierName, caseNumber: number, effort: PartEffort): Promise<PartTimes> {
    return JSON.parse(await this.#parts[tier].ask(`${caseNumber} ${JSON.stringify(effort)}`));
  }

  async stop(): Promise<void> {
    for (const program of [...Object.values(this.#timing), ...Object.values(this.#parts)]) await program.stop();
  }
}
