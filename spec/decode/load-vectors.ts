/** The vectors of modules that do not load: bytes, and the fault that must be reported. */
import { readFileSync } from 'node:fs';
import { defineLimits, LIMITS_1, type LimitName, type Limits } from '../../src/base/limits.js';

export interface LoadVector {
  readonly name: string;
  /** Limits that are lowered; the defaults without it. */
  readonly limits?: { readonly [N in LimitName]?: number };
  /** Hexadecimal. */
  readonly bytes: string;
  readonly kind: string;
  readonly code: string;
  readonly offset: number;
}

export function readLoadVectors(): readonly LoadVector[] {
  const url = new URL('../../../vectors/malformed/load-faults.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as LoadVector[];
}

export function limitsOf({ limits }: LoadVector): Limits {
  return limits === undefined ? LIMITS_1 : defineLimits('vector', limits);
}

export function bytesOf({ bytes }: LoadVector): Uint8Array {
  return new Uint8Array(Buffer.from(bytes, 'hex'));
}
