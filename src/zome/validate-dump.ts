/**
 * Validates every op of a conductor's dump, one after another; dependencies are taken from the dump itself.
 *
 * Invariant: one op at a time is in memory. Each op is validated as if alone, with one exception, as in a conductor: if
 * an op of a record was invalid, the record is rejected for later ops.
 *
 * Source: holochain `app_validation_workflow.rs`, `host_fn/must_get_valid_record.rs`, develop-0.6.
 */

import { toHex } from '../base/hash.js';
import { ownOf } from '../base/own.js';
import type { Verdict } from '../boundary/validation.js';
import { headOf } from './action-parts.js';
import { chainOpName } from './chain-op.js';
import { agentActivity } from './chain-walk.js';
import type { ConductorDump, DumpedOp, DumpList } from './conductor-dump.js';
import { type DependencySource, NO_DEPENDENCIES } from './dependency-source.js';
import type { Op } from './op.js';
import { opOfChainOp } from './op-of-chain-op.js';
import type { ZomeCall } from './zome-call.js';
import type { ZomeHost } from './zome-host.js';

export interface ValidateDumpOptions {
  /** Fuel limit of each call of a guest. Default 10^9. */
  readonly fuel?: number;
  /** Calls only this zome. Default: the zomes that an op concerns. */
  readonly zome?: string;
  /**
   * Returns what is wrong with the op itself, such as its signature, or undefined. As in a conductor, such an op is
   * Invalid for this reason and no zome is called. Default: no check.
   */
  readonly refuse?: (op: Op) => string | undefined;
  /** Where to look for dependencies that are not in the dump. Default: nowhere. */
  readonly dependencies?: DependencySource;
}

/** The validation of one op. */
export interface DumpedOpValidation {
  /** from 0, by the time of the action */
  readonly index: number;
  /** `ChainOpType` in the dump's generation */
  readonly name: string;
  readonly author: Uint8Array;
  /** hash of its action */
  readonly action: Uint8Array;
  /** `DhtOpHash` */
  readonly hash: Uint8Array;
  readonly list: DumpList;
  readonly verdict: Verdict;
  readonly calls: readonly ZomeCall[];
  /** fuel of all calls */
  readonly fuelUsed: number;
}

/** The dump as a source, then another. */
function sourceOver(dump: ConductorDump, rejected: ReadonlySet<string>, more: DependencySource): DependencySource {
  return {
    entry: (hash) => dump.entry(hash) ?? more.entry(hash),
    action: (hash) => dump.record(hash)?.signed_action ?? more.action(hash),
    record: (hash) => {
      const record = dump.record(hash);
      return record === undefined ? more.record(hash) : { record, isRejected: rejected.has(toHex(hash)) };
    },
    agentActivity: (author, filter) => {
      const found = agentActivity(dump.chainOf(author), filter);
      return found.kind === 'incomplete' ? more.agentActivity(author, filter) : found;
    },
  };
}

/** @throws RangeError if the host is of another generation than the dump */
export function* validateDump(
  host: ZomeHost,
  dump: ConductorDump,
  given: ValidateDumpOptions = {},
): Iterable<DumpedOpValidation> {
  const { dependencies: more = NO_DEPENDENCIES, ...options } = ownOf(given);
  if (host.generation !== dump.generation) {
    throw new RangeError(`the dump is of generation ${dump.generation}, but the zomes are of ${host.generation}`);
  }
  const rejected = new Set<string>();
  const dependencies = sourceOver(dump, rejected, more);
  let index = 0;
  for (const op of dump.ops()) {
    const { hash: action } = op.chainOp.action.hashed;
    const { verdict, calls } = validated(host, op, { ...options, dependencies });
    if (verdict.kind === 'Invalid') rejected.add(toHex(action));
    yield {
      index,
      name: chainOpName(op.chainOp.type, dump.generation),
      author: headOf(op.chainOp.action.hashed.content).author,
      action,
      hash: op.hash,
      list: op.list,
      verdict,
      calls,
      fuelUsed: calls.reduce((sum, { receipt }) => sum + receipt.fuel.used, 0),
    };
    index += 1;
  }
}

type Validated = Pick<DumpedOpValidation, 'verdict' | 'calls'>;

function validated(
  host: ZomeHost,
  { chainOp }: DumpedOp,
  options: ValidateDumpOptions & { readonly dependencies: DependencySource },
): Validated {
  const made = opOfChainOp(chainOp, options.dependencies, host.generation);
  if (made.kind === 'op') {
    const reason = options.refuse?.(made.op);
    return reason === undefined
      ? host.validateOp(made.op, options)
      : { verdict: { kind: 'Invalid', reason }, calls: [] };
  }
  const dependencies = { kind: 'Hashes', hashes: [made.hash] } as const;
  return { verdict: { kind: 'UnresolvedDependencies', dependencies }, calls: [] };
}
