/**
 * Requests by their `Idempotency-Key`: a repeated request gets the response of the first. They are kept in memory,
 * within bounds and for a time. The id for billing is also made from the key, so a request is billed once, however long
 * ago the first was.
 */
import { hash, toHex, utf8 } from '../base/hash.js';
import { joinedBytes } from '../base/joined-bytes.js';
import { ProblemError } from './protocol/problems.js';
import type { ServiceLimits } from './service-limits.js';

export interface KeptResponse {
  readonly status: number;
  readonly body: string;
}

interface Entry {
  readonly fingerprint: string;
  readonly atMs: number;
  response: KeptResponse | undefined;
}

const KEY = /^[!-~]{1,128}$/;

export class Idempotency {
  readonly #entries = new Map<string, Entry>();
  readonly #limits: ServiceLimits;
  #bytes = 0;

  constructor(limits: ServiceLimits) {
    this.#limits = limits;
  }

  /**
   * Begins a request. @returns the response of the first, or undefined: then `keep` or `forget` ends it
   * @throws ProblemError `invalid-request`, `in-progress`, `key-reused`
   */
  begin(tenant: string, key: string, request: Uint8Array): KeptResponse | undefined {
    checkKey(key);
    const nowMs = performance.now();
    this.#expire(nowMs);
    const name = nameOf(tenant, key);
    const fingerprint = toHex(hash(request));
    const known = this.#entries.get(name);
    if (known === undefined) {
      this.#entries.set(name, { fingerprint, atMs: nowMs, response: undefined });
      return undefined;
    }
    if (known.fingerprint !== fingerprint) throw new ProblemError('key-reused');
    if (known.response === undefined) throw new ProblemError('in-progress', { retryAfterSeconds: 1 });
    return known.response;
  }

  keep(tenant: string, key: string, response: KeptResponse): void {
    const entry = this.#entries.get(nameOf(tenant, key))!;
    entry.response = response;
    this.#bytes += response.body.length;
    this.#expire(performance.now());
  }

  /** The request has no response to keep, so it may be sent again. */
  forget(tenant: string, key: string): void {
    this.#delete(nameOf(tenant, key));
  }

  #expire(nowMs: number): void {
    const { idempotencyKeys, idempotencyBytes, idempotencyMs } = this.#limits;
    for (const [name, { atMs, response }] of this.#entries) {
      const isOver = this.#entries.size > idempotencyKeys || this.#bytes > idempotencyBytes;
      if (!isOver && nowMs - atMs <= idempotencyMs) return;
      if (response !== undefined) this.#delete(name);
    }
  }

  #delete(name: string): void {
    const entry = this.#entries.get(name);
    this.#entries.delete(name);
    this.#bytes -= entry?.response?.body.length ?? 0;
  }
}

function nameOf(tenant: string, key: string): string {
  return `${tenant} ${key}`;
}

/** @throws ProblemError `invalid-request` */
export function checkKey(key: string): void {
  if (KEY.test(key)) return;
  throw new ProblemError('invalid-request', { detail: 'an Idempotency-Key has 1 to 128 characters from ! to ~' });
}

/** The request id for billing: the same key of a tenant, and the same place in a batch, is the same request. */
export function requestIdOf(tenant: string, key: string, place: number | string): Uint8Array {
  return hash(joinedBytes(utf8(`assay-service-request-1\n${tenant}\n${key}\n`), utf8(String(place))));
}
