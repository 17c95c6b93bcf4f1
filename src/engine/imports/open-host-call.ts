/**
 * What a host function sees of its call while it runs, and a record of all that it does to the guest, for a second run
 * (`host-transcript.ts`).
 *
 * These are classes with functions as fields, for V8's sake. It creates a hidden class for each object literal with an
 * accessor, and allocates a function that is assigned to a property (`this.read = () => …`) in the old generation.
 * Either would keep all of a call's garbage until a full collection.
 */
import { slabCopy } from '../../base/slab.js';
import type { HostContext } from '../../machine/host-function.js';
import type { Memory } from '../../machine/memory.js';
import { HostFailure } from '../../machine/outcome.js';
import type { CallRun } from './call-run.js';
import type { GuestMemory, HostCall } from './host-import.js';
import { copyOfValues } from './typed-values.js';

export class OpenHostCall implements HostCall {
  readonly #run: CallRun;
  readonly #context: HostContext;
  #memory: OpenMemory | undefined;

  constructor(
    run: CallRun,
    context: HostContext,
    readonly record: HostCall['record'],
  ) {
    this.#run = run;
    this.#context = context;
  }

  readonly fuelLeft: HostCall['fuelLeft'] = () => {
    this.#run.checkOpen();
    this.#run.transcript.sawFuel();
    return this.#context.fuelLeft();
  };

  readonly charge: HostCall['charge'] = (units) => {
    this.#run.transcript.did({ kind: 'charge', units });
    return charged(this.#run, this.#context, units);
  };

  readonly call: HostCall['call'] = (exportName, args) => {
    const given = copyOfValues(args);
    this.#run.transcript.did({ kind: 'call', exportName, args: given });
    return this.#run.reenter(this.#context.caller, exportName, given);
  };

  get context(): unknown {
    return this.#run.context;
  }

  get memory(): GuestMemory | undefined {
    this.#run.checkOpen();
    // Brought up to date by being asked for; it is one object as long as the instance lives.
    const { memory } = this.#context.caller;
    if (memory === undefined) return undefined;
    this.#memory ??= new OpenMemory(this.#run, memory);
    return this.#memory;
  }
}

function charged(run: CallRun, context: HostContext, units: number): boolean {
  run.checkOpen();
  if (Number.isSafeInteger(units) && units >= 0) return context.charge(units);
  throw new HostFailure(`a host function charged ${units}; a charge is an integer from 0 to 2^53 - 1`);
}

class OpenMemory implements GuestMemory {
  readonly #run: CallRun;
  readonly #memory: Memory;

  constructor(run: CallRun, memory: Memory) {
    this.#run = run;
    this.#memory = memory;
  }

  readonly read: GuestMemory['read'] = (offset, length) => {
    checkInside(this.#run, this.#memory, offset, length);
    return this.#memory.bytes.slice(offset, offset + length);
  };

  readonly write: GuestMemory['write'] = (offset, bytes) => {
    checkInside(this.#run, this.#memory, offset, bytes.length);
    // Of a copy, so that what is kept is what was written.
    const given = slabCopy(bytes);
    checkInside(this.#run, this.#memory, offset, given.length);
    this.#memory.write(offset, given);
    this.#run.transcript.did({ kind: 'write', offset, bytes: given });
  };

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
