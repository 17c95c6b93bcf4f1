/**
 * Random linked sessions from a seed, using only features that every JavaScript host has: modules linked during the
 * session, calls that end in every way, changes by the host, forks, snapshots, calls cut short, in parts and with a
 * notice.
 */
import { RandomChoice, SeededSource } from '../../../src/agreement/random-choice.js';
import { fromHex, toHex } from '../../../src/base/hash.js';
import { createEngine, i32, type LoadedModule } from '../../../src/index.js';
import {
  decodeLinkedSnapshot,
  encodeLinkedReceipt,
  type LinkedReceipt,
  type LinkedSession,
  openLinkedSession,
  restoreLinkedSession,
} from '../../../src/session/index.js';
import { type Callable, type CallInParts, CallsShown } from '../random-call.js';

/** The modules of a random linked program. */
export interface LinkedGuest {
  /** Their bytes in hexadecimal: the others import from `m0`. */
  readonly modules: readonly string[];
  /** The number of callable functions of each module: `d0` and so on. */
  readonly drivers: readonly number[];
}

type Target = { readonly of: string };
export type LinkedStep = Readonly<
  | { kind: 'link'; module: number; fuel: number }
  | (Target & { kind: 'call'; name: string; arg: number } & CallInParts)
  | (Target & { kind: 'write'; at: number; bytes: Uint8Array })
  | (Target & { kind: 'grow'; pages: number })
  | (Target & { kind: 'global'; value: number })
  | { kind: 'element'; at: number; from: string; which: number }
  | { kind: 'growTable'; delta: number }
  | { kind: 'fork' }
  | { kind: 'snapshot' }
>;

const OPTIONS = { digestEvery: 5, fuel: 3_000_000 };

export function linkedStepsOf(seed: number, { modules, drivers }: LinkedGuest): readonly LinkedStep[] {
  const choice = new RandomChoice(new SeededSource(seed));
  const steps: LinkedStep[] = [];
  const count = choice.between(6, 18);
  let linked = 1;
  while (steps.length < count) {
    const number = choice.below(linked);
    const of = `m${number}`;
    if (linked < modules.length && choice.chance(25)) {
      steps.push({ kind: 'link', module: linked++, fuel: choice.pick([5, 100_000, 100_000, 100_000]) });
    } else if (choice.chance(60)) {
      const fuel = choice.pick([30, 1_000, 30_000]) + choice.below(50);
      steps.push({
        kind: 'call',
        of,
        name: `d${choice.below(drivers[number]!)}`,
        arg: choice.pick([0, 1, 3, 8, 12, 65_530, 65_536, 70_000]),
        fuel,
        first: choice.chance(25) ? choice.below(fuel) : fuel,
        digest: choice.chance(30),
        slice: choice.chance(15) ? choice.between(1, 300) : 0,
        notice: choice.chance(15) ? choice.between(1, 99) / 100 : 0,
      });
    } else steps.push(changeOf(choice, of));
  }
  return steps;
}

function changeOf(choice: RandomChoice, of: string): LinkedStep {
  switch (choice.below(8)) {
    case 0:
      return { kind: 'fork' };
    case 1:
    case 2:
      return { kind: 'snapshot' };
    case 3:
      return { kind: 'grow', of, pages: choice.below(3) };
    case 4:
      return { kind: 'global', of, value: choice.below(1 << 20) };
    case 5:
      return { kind: 'element', at: choice.below(14), from: of, which: choice.below(6) - 1 };
    case 6:
      return { kind: 'growTable', delta: choice.below(3) };
    default: {
      const bytes = new Uint8Array(choice.below(40)).fill(choice.below(256));
      return { kind: 'write', of, at: choice.below(140_000), bytes };
    }
  }
}

/** The visible results of a linked session's steps. */
export class LinkedRun {
  readonly shown: string[] = [];
  session: LinkedSession;
  readonly #modules: readonly LoadedModule[];
  readonly #calls: CallsShown;

  /**
   * @param limits fuel of calls that get all of it at once and run at once, where another run got it in parts
   * @param from bytes of a snapshot to start from
   * @throws if the first module does not complete its instantiation
   */
  constructor(modules: readonly LoadedModule[], limits?: readonly number[], from?: Uint8Array) {
    this.#modules = modules;
    this.#calls = new CallsShown(limits);
    if (from !== undefined) {
      this.session = this.#restored(from);
      return;
    }
    const opening = openLinkedSession([{ name: 'm0', module: modules[0]! }], OPTIONS);
    for (const receipt of opening.receipts) this.#receipt(receipt);
    if (!opening.ok) throw new Error('the session does not open');
    this.session = opening.session;
  }

  #restored(bytes: Uint8Array): LinkedSession {
    const decoded = decodeLinkedSnapshot(bytes);
    if (!decoded.ok) throw new Error(`a snapshot: ${decoded.fault.code}`);
    const { snapshot } = decoded;
    const links = snapshot.modules.map(({ name }) => ({ name, module: this.#modules[Number(name.slice(1))]! }));
    const restored = restoreLinkedSession(snapshot, links, OPTIONS);
    if (!restored.ok) throw new Error(`a snapshot: ${JSON.stringify(restored.fault ?? restored.outcome)}`);
    this.#receipt(restored.receipt);
    return restored.session;
  }

  #receipt(receipt: LinkedReceipt): void {
    this.shown.push(toHex(encodeLinkedReceipt(receipt)));
  }

  get notices(): readonly string[] {
    return this.#calls.notices;
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#calls.counts;
  }

  get limits(): readonly number[] {
    return this.#calls.limits;
  }

  take(step: LinkedStep): void {
    const { session } = this;
    const has = (name: string) => session.instances.includes(name);
    if ('of' in step && !has(step.of)) return;
    switch (step.kind) {
      case 'link': {
        const name = `m${step.module}`;
        if (has(name)) return;
        const linked = session.link({ name, module: this.#modules[step.module]! }, { fuel: step.fuel });
        if ('receipt' in linked) this.#receipt(linked.receipt);
        else this.shown.push(linked.fault.code);
        break;
      }
      case 'call':
        this.#receipt(this.#calls.receiptOf(step, callable(session, step)));
        return;
      case 'write': {
        const memory = session.instance(step.of).memory!;
        if (step.at + step.bytes.length > memory.byteLength) return;
        memory.write(step.at, step.bytes);
        break;
      }
      case 'grow':
        if (session.instance(step.of).memory!.grow(step.pages) < 0) return;
        break;
      case 'global':
        session.instance(step.of).global('own').set(i32(step.value));
        break;
      case 'element': {
        const table = session.instance('m0').table('table');
        if (step.at >= table.length || !has(step.from)) return;
        table.set(step.at, step.which < 0 ? null : { instance: step.from, export: 'd0' });
        break;
      }
      case 'growTable':
        if (session.instance('m0').table('table').grow(step.delta) < 0) return;
        break;
      case 'fork':
        this.session = session.fork();
        break;
      case 'snapshot': {
        const { bytes } = session.snapshot();
        this.shown.push(toHex(session.stateDigest()));
        this.session = this.#restored(bytes);
      }
    }
    this.#calls.did(step.kind);
  }
}

function callable(session: LinkedSession, step: Extract<LinkedStep, { kind: 'call' }>): Callable<LinkedReceipt> {
  const { of, name, arg } = step;
  return {
    call: (options) => session.call(of, name, [i32(arg)], options),
    begin: (options) => session.begin(of, name, [i32(arg)], options),
    stateDigest: () => session.stateDigest(),
  };
}

export async function loadedGuest(
  { modules }: LinkedGuest,
  tier: 'interpreter' | 'instrumented',
): Promise<readonly LoadedModule[]> {
  const engine = createEngine({ tier });
  const loaded: LoadedModule[] = [];
  for (const hex of modules) {
    const made = await engine.load(fromHex(hex));
    if (!made.ok) throw new Error(made.fault.code);
    loaded.push(made.module);
  }
  return loaded;
}

/** A completed session with its results; undefined if its first module does not complete its instantiation. */
export function ranLinkedGuest(
  modules: readonly LoadedModule[],
  steps: readonly LinkedStep[],
  { limits, from }: { readonly limits?: readonly number[]; readonly from?: Uint8Array } = {},
): LinkedRun | undefined {
  let run: LinkedRun;
  try {
    run = new LinkedRun(modules, limits, from);
  } catch (error) {
    if (String(error).includes('the session does not open')) return undefined;
    throw error;
  }
  for (const step of steps) run.take(step);
  run.shown.push(toHex(run.session.stateDigest()));
  return run;
}
