/**
 * An agent that can sign: its public key under the Agent prefix, and ed25519 from a seed that the caller passes.
 *
 * Invariant: no randomness. The same seed signs the same bytes with the same signature everywhere (RFC 8032, 5.1.6).
 *
 * Source: holochain_keystore `agent_pubkey_ext.rs` (`sign`: ed25519 over MessagePack), develop-0.2 to develop.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { UsageError } from '../base/usage-error.js';
import { hashFromCore } from './holo-hash.js';

export const SEED_BYTES = 32;

export interface Agent {
  /** `AgentPubKey`, 39 bytes */
  readonly key: Uint8Array;
  /** The ed25519 signature of bytes, 64 bytes. */
  sign(data: Uint8Array): Uint8Array;
}

/**
 * @param seed 32 bytes: the private key of RFC 8032
 * @throws UsageError `not-buildable` for a seed of another length
 */
export function agentFromSeed(seed: Uint8Array): Agent {
  if (!(seed instanceof Uint8Array) || seed.length !== SEED_BYTES) {
    const found = seed instanceof Uint8Array ? `${seed.length} bytes` : typeof seed;
    throw new UsageError('not-buildable', `the seed of an agent must be ${SEED_BYTES} bytes, not ${found}`);
  }
  const secret = seed.slice();
  const key = hashFromCore('Agent', ed25519.getPublicKey(secret));
  return Object.freeze({ key, sign: (data: Uint8Array) => ed25519.sign(data, secret) });
}
