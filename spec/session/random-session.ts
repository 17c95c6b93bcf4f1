/**
 * Random sessions from a seed: calls that end in every way, changes by the host, forks, snapshots, calls cut short and
 * continued.
 */
import type { GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import { RandomChoice, SeededSource } from '../../src/agreement/random-choice.js';
import { toHex } from '../../src/base/hash.js';
import { i32, type LoadedModule, type Value } from '../../src/index.js';
import { encodeSessionReceipt, type Session, type SessionReceipt } from '../../src/session/index.js';
import { type Callable, type CallInParts, CallsShown } from './random-call.js';
import { opened } from './session-guest.js';

export type Step =
  | ({ readonly kind: 'call'; readonly name: string; readonly args: readonly Value[] } & CallInParts)
  | { readonly kind: 'write'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'grow'; readonly pages: number }
  | { readonly kind: 'global'; readonly value: Value }
  | { readonly kind: 'element'; readonly at: number; readonly name: string | null }
  | { readonly kind: 'growTable'; readonly delta: number }
  | { readonly kind: 'fork' }
  /** The session continues from its snapshot, from which another session was opened before and made a call. */
  | { readonly kind: 'snapshot'; readonly spoils: { readonly name: string; readonly args: readonly Value[] } };

const NAMES: readonly (readonly [name: string, params: number])[] = [
  ['add', 1],
  ['sum', 2],
  ['grow', 1],
  ['apply', 2],
  ['place', 1],
  ['hold', 0],
  ['growTable', 1],
  ['text', 1],
  ['drop', 0],
  ['trap', 1],
  ['ask', 1],
  ['deep', 1],
  ['spin', 1],
];
const EDGES = [0, 1, 2, 3, 5, 7, 9, 100, 65_530, 65_536, 1_000_000, -1];

function guestCall(choice: RandomChoice): readonly [string, readonly Value[]] {
  const [name, params] = choice.pick(NAMES);
  return [name, Array.from({ length: params }, () => i32(choice.pick(EDGES)))];
}

/** @param generated the module, if it is not the guest of the specs */
export function stepsOf(seed: number, generated: GeneratedModule | undefined): readonly Step[] {
  const choice = new RandomChoice(new SeededSource(seed));
  const steps: Step[] = [];
  const count = choice.between(3, 12);
  while (steps.length < count) {
    if (choice.chance(60)) {
      const [name, args] = generated === undefined ? guestCall(choice) : callOf(generated, choice);
      const fuel = choice.pick([50, 1_000, 30_000, 120_000]) + choice.below(50);
      const first = choice.chance(25) ? choice.below(fuel) : fuel;
      const slice = choice.chance(10) ? choice.between(1, 3_000) : 0;
      const notice = choice.chance(15) ? choice.between(1, 99) / 100 : 0;
      steps.push({ kind: 'call', name, args, fuel, first, digest: choice.chance(30), slice, notice });
    } else if (generated === undefined && choice.chance(40)) steps.push(tableStep(choice));
    else steps.push(memoryStep(choice, generated));
  }
  return steps;
}

function callOf(generated: GeneratedModule, choice: RandomChoice): readonly [string, readonly Value[]] {
  const call = choice.pick(generated.calls);
  return [call.export, call.args];
}

function memoryStep(choice: RandomChoice, generated: GeneratedModule | undefined): Step {
  switch (choice.below(5)) {
    case 0:
      return { kind: 'grow', pages: choice.below(4) };
    case 1:
      return { kind: 'fork' };
    case 2: {
      const [name, args] = generated === undefined ? guestCall(choice) : callOf(generated, choice);
      return { kind: 'snapshot', spoils: { name, args } };
    }
    default:
      return {
        kind: 'write',
        at: choice.below(140_000),
        bytes: new Uint8Array(choice.below(40)).fill(choice.below(256)),
      };
  }
}

function tableStep(choice: RandomChoice): Step {
  if (choice.chance(40)) return { kind: 'global', value: i32(choice.below(1 << 20)) };
  if (choice.chance(30)) return { kind: 'growTable', delta: choice.below(5) };
  return { kind: 'element', at: choice.below(10), name: choice.pick(['double', 'negate', null]) };
}

/** The visible results of a session's steps. */
export class Run {
  readonly shown: string[] = [];
  readonly ends = new Set<string>();
  session: Session;
  readonly #calls: CallsShown;

  /**
   * @param limits fuel of calls that get all of it at once and run at once, where another run got it in parts
   * @param session to start with
   */
  constructor(
    readonly module: LoadedModule,
    limits?: readonly number[],
    session?: Session,
  ) {
    this.#calls = new CallsShown(limits);
    this.session = session ?? opened(module, { digestEvery: 5, fuel: 3_000_000 });
    this.#receipt(this.session.opening);
  }

  #receipt(receipt: SessionReceipt): void {
    this.shown.push(toHex(encodeSessionReceipt(receipt)));
    const { outcome } = receipt;
    this.ends.add('code' in outcome ? outcome.code : 'resource' in outcome ? outcome.resource : outcome.kind);
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

  take(step: Step): void {
    const { session } = this;
    const { memory } = session;
    switch (step.kind) {
      case 'call':
        this.#receipt(this.#calls.receiptOf(step, callable(session, step)));
        return;
      case 'write':
        if (memory === undefined || step.at + step.bytes.length > memory.byteLength) return;
        memory.write(step.at, step.bytes);
        break;
      case 'grow':
        if (memory === undefined || memory.grow(step.pages) < 0) return;
        break;
      case 'global':
        session.global('count').set(step.value);
        break;
      case 'element':
        if (step.at >= session.table('table').length) return;
        session.table('table').set(step.at, step.name);
        break;
      case 'growTable':
        if (session.table('table').grow(step.delta, 'double') < 0) return;
        break;
      case 'fork':
        this.session = session.fork();
        break;
      case 'snapshot': {
        const from = session.snapshot();
        this.shown.push(toHex(from.hash));
        // The first session that is opened leaves its instance to the next.
        const first = opened(this.module, { from, digestEvery: 5 });
        first.call(step.spoils.name, step.spoils.args, { fuel: 20_000 });
        first.close();
        this.session = opened(this.module, { from, digestEvery: 5 });
        this.#receipt(this.session.opening);
      }
    }
    this.#calls.did(step.kind);
  }
}

function callable(session: Session, { name, args }: Extract<Step, { kind: 'call' }>): Callable<SessionReceipt> {
  return {
    call: (options) => session.call(name, args, options),
    begin: (options) => session.begin(name, args, options),
    stateDigest: () => session.stateDigest(),
  };
}
