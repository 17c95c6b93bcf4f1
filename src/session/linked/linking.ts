/** A module that is linked to those that are there, as it was asked for. */
import type { PausableCall } from '../../machine/instance.js';
import type { Bits } from '../../machine/outcome.js';
import type { AskedStep, CallTerms } from '../asked-step.js';
import type { Crossing } from '../session-chain.js';
import type { LinkedMachine } from './linked-machine.js';
import type { ResolvedLink } from './module-link.js';

const NO_BYTES = new Uint8Array(0);
/** What modules are given is in the receipt's hash of them. */
const NOTHING: Crossing = { inputHash: (hash) => hash(NO_BYTES), outputBytes: () => NO_BYTES };
const NO_VALUES = { kind: 'returned', values: [] } as const;

export class Linking implements AskedStep<LinkedMachine, 'linked', readonly Bits[], typeof NO_VALUES> {
  readonly step = 'linked';
  readonly exportName = '';
  readonly payloadBytes = 0;
  readonly crossing = NOTHING;

  constructor(
    readonly link: ResolvedLink,
    readonly terms: CallTerms,
  ) {}

  get instance(): string {
    return this.link.name;
  }

  run(machine: LinkedMachine): readonly Bits[] | undefined {
    machine.instantiate(this.link);
    return this.end(machine);
  }

  begin(): PausableCall | undefined {
    return undefined;
  }

  end({ store }: LinkedMachine): readonly Bits[] | undefined {
    return store.gauge.stop === undefined ? [] : undefined;
  }

  outcomeOf(): typeof NO_VALUES {
    return NO_VALUES;
  }

  on(terms: Partial<CallTerms>): Linking {
    return new Linking(this.link, { ...this.terms, ...terms });
  }
}
