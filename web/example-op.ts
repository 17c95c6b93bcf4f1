/**
 * Initial ops: hashed and signed by an agent whose key is not secret, and with an entry that the zome may well refuse.
 */
import { hash } from '../src/base/hash.js';
import { encodeMessagePack } from '../src/boundary/messagepack-encode.js';
import { agentFromSeed } from '../src/zome/agent.js';
import { op } from '../src/zome/op.js';
import { opOf } from '../src/zome/op-of.js';
import type { ActionSpec } from '../src/zome/record-of.js';
import type { ZomeHost } from '../src/zome/zome-host.js';
import { toZomeJson } from '../src/zome/zome-json.js';

const ENTRY = encodeMessagePack(
  new Map([
    ['title', 'Hello'],
    ['body', 'An entry to change.'],
  ]),
);

/** @throws Error for an action without an example */
export function exampleOp(action: string, host: ZomeHost | undefined): string {
  if (host === undefined) throw new Error('this is not a Holochain zome');
  const { generation } = host;
  const author = agentFromSeed(hash(new TextEncoder().encode('author')));
  const json = toZomeJson(op(generation), opOf({ author, generation, ...specOf(action) } as never));
  return JSON.stringify(JSON.parse(json), undefined, 1);
}

function specOf(action: string): ActionSpec {
  switch (action) {
    case 'Create':
      return {
        action,
        entry: { entry_type: 'App', entry: ENTRY },
        entryType: { zomeIndex: 0, entryIndex: 0 },
      } as never;
    case 'AgentValidationPkg':
    case 'InitZomesComplete':
      return { action };
    default:
      throw new Error(`there is no example of ${action}`);
  }
}
