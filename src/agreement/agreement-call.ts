/**
 * What nodes are asked: a module with what it imports, and calls on it. Plain data in the form in which it crosses to
 * another process, so that a question means the same everywhere and a failure can be written down as it was asked.
 */

import { fromHex, toHex } from '../base/hash.js';
import type { LimitName } from '../base/limits.js';
import type { Generation } from '../boundary/generation.js';

/** Limits that differ from `limits-1`, by name. */
export type LimitValues = { readonly [N in LimitName]?: number };

export interface AgreementModule {
  readonly bytes: Uint8Array;
  /** What is imported: `none`, `standard`, `echo` (host-set.ts), or the path of a module that exports `imports`. */
  readonly hosts: string;
  readonly limits?: LimitValues;
}

/** Bytes are hexadecimal, values in the form of `printValue`. Every call is made on a pristine instance. */
export type AgreementCall =
  | { readonly kind: 'values'; readonly export: string; readonly args: readonly string[]; readonly fuel: number }
  | { readonly kind: 'bytes'; readonly export: string; readonly payload: string; readonly fuel: number }
  | {
      readonly kind: 'validate';
      readonly export: string;
      readonly entry: string;
      readonly generation: Generation;
      readonly fuel: number;
    };

export interface ModuleJson {
  readonly wasm: string;
  readonly hosts: string;
  readonly limits?: LimitValues;
}

export function moduleJson({ bytes, ...rest }: AgreementModule): ModuleJson {
  return { wasm: toHex(bytes), ...rest };
}

export function moduleOfJson({ wasm, ...rest }: ModuleJson): AgreementModule {
  return { bytes: fromHex(wasm), ...rest };
}

/** A call in a line, for a person. */
export function callText(call: AgreementCall): string {
  const fuel = `fuel ${call.fuel}`;
  switch (call.kind) {
    case 'values':
      return `${call.export}(${call.args.join(', ')}) ${fuel}`;
    case 'bytes':
      return `${call.export} on ${call.payload.length / 2} bytes ${fuel}`;
    case 'validate':
      return `${call.export} on an entry of ${call.entry.length / 2} bytes ${fuel}`;
  }
}

/** The bytes of input of a call; none for a call with values. */
export function inputOf(call: AgreementCall): string {
  return call.kind === 'values' ? '' : call.kind === 'bytes' ? call.payload : call.entry;
}

export function withInput(call: AgreementCall, input: string): AgreementCall {
  if (call.kind === 'bytes') return { ...call, payload: input };
  return call.kind === 'validate' ? { ...call, entry: input } : call;
}
