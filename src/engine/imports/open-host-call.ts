/**
 * What a host function sees of its call while it runs, and a note of all that it does to the guest, for a second run
 * (`host-transcript.ts`). Classes, because V8 makes a hidden class for each object literal with an accessor, and what that
 * holds lives until a full collection: a call's whole garbage.
 */
import type { HostContext } from '../../machine/host-function.js';
import type { Memory } from '../../machine/memory.js';
import { HostFailure } from '../../machine/outcome.js';
import type { CallRun } from './call-run.js';
import type { GuestMemory, HostCall } from './host-import.js';
import type { HostStep } from './host-transcript.js';

export class OpenHostCall implements HostCall {
  readonly #run: CallRun;
  readonly #caller: HostContext['caller'];
  readonly #steps: HostStep[];
  #memory: OpenMemory | undefined;
  /** Whether the function has asked how much fuel is left. */
  hasSeenFuel = false;
  readonly fuelLeft: HostCall['fuelLeft'];
  readonly charge: HostCall['charge'];
  readonly call: HostCall['call'];

  /** @param steps takes what the function does, in order */
  constructor(
    run: CallRun,
    context: HostContext,
    steps: HostStep[],
    readonly record: HostCall['record'],
  ) {
    this.#run = run;
    this.#caller = context.caller;
    this.#steps = steps;
    this.fuelLeft = () => {
      run.checkOpen();
      this.hasSeenFuel = true;
      return context.fuelLeft();
    };
    this.charge = (units) => {
      steps.push({ kind: 'charge', units });
      return charged(run, context, units);
    };
    this.call = (exportName, args) => {
      steps.push({ kind: 'call', exportName, args: [...args] });
      return run.reenter(context.caller, exportName, args);
    };
  }

  get context(): unknown {
    return this.#run.context;
  }

  get memory(): GuestMemory | undefined {
    this.#run.checkOpen();
    // Brought up to date by being asked for; it is one object as long as the instance lives.
    const { memory } = this.#caller;
    if (memory === undefined) return undefined;
    this.#memory ??= new OpenMemory(this.#run, memory, this.#steps);
    return this.#memory;
  }
}

function charged(run: CallRun, context: HostContext, units: number): boolean {
  run.checkOpen();
  if (Number.isSafeInteger(units) && units >= 0) return context.charge(units);
  throw new HostFailure(`a host function charged ${units}; a charge is an integer from 0 to 2^53 - 1`);
}

class OpenMemory implements GuestMemory {
  readonly #memory: Memory;
  readonly read: GuestMemory['read'];
  readonly write: GuestMemory['write'];

  constructor(run: CallRun, memory: Memory, steps: HostStep[]) {
    this.#memory = memory;
    this.read = (offset, length) => {
      checkInside(run, memory, offset, length);
      return memory.bytes.slice(offset, offset + length);
    };
    this.write = (offset, bytes) => {
      checkInside(run, memory, offset, bytes.length);
      memory.write(offset, bytes);
      steps.push({ kind: 'write', offset, bytes: new Uint8Array(bytes) });
    };
  }

  get byteLength(): number {
    return this.#memory.byteLength;
  }
}

function checkInside(run: CallRun, { byteLength }: Memory, offset: number, length: number): void {
  run.checkOpen();
  const isInside =
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= byteLength;
  if (isInside) return;
  throw new RangeError(`${length} bytes at ${offset} are not within a memory of ${byteLength} bytes`);
}
