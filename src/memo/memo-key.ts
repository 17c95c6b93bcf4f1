/**
 * The key of a validation: everything that decides it but the results of the host. The zomes and their DNA, the schedule, the limits and the
 * host's prices are one hash, made once for each host; fuel limit, zome and op come with the validation.
 */
import { type Hash, toHex, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { DnaInfoV2 } from '../zome/info.js';
import type { ZomeHost } from '../zome/zome-host.js';

/** Another name where the form of keys or lines changes. */
const FORMAT = 'assay-memo-1';

/** 32 bytes for all that the validations of a host have in common. */
export function hostIdentity(hash: Hash, host: ZomeHost): Uint8Array {
  const zomes = host.zomes.map(({ name, kind, scope, module }) => {
    const { schedule } = module.metered;
    return `${JSON.stringify(name)} ${kind} ${scope} ${module.hash} ${toHex(schedule.hash)} ${toHex(module.limits.hash)}`;
  });
  const text = [
    FORMAT,
    host.generation,
    toHex(host.hostTable.hash),
    ...zomes,
    toHex(encodeBytes(DnaInfoV2, host.dnaInfo)),
  ];
  return hash(utf8(text.join('\n')));
}

/** 32 bytes, as a text that a map finds. */
export function memoKey(
  hash: Hash,
  identity: Uint8Array,
  fuel: number,
  zome: string | undefined,
  op: Uint8Array,
): Uint8Array {
  const head = utf8(`${fuel} ${zome === undefined ? '' : JSON.stringify(zome)}\n`);
  return hash(joinedBytes(identity, head, op));
}
