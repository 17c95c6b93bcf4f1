/**
 * What nodes run: a module with its imports, or zomes with their dependencies, and calls on it. It is plain data, in
 * the form in which it is sent to other processes, so that a call means the same everywhere and a failure can be saved
 * exactly.
 */

import { fromHex, toHex } from '../base/hash.js';
import type { LimitName } from '../base/limits.js';
import type { Generation } from '../boundary/generation.js';
import type { DnaDefinition } from '../zome/dna.js';
import type { ZomeDefinition } from '../zome/zome.js';

/** Limits that differ from `limits-1`, by name. */
export type LimitValues = { readonly [N in LimitName]?: number };

export interface AgreementModule {
  readonly bytes: Uint8Array;
  /** What is imported: `none`, `standard`, `echo` (host-set.ts), or the path of a module that exports `imports`. */
  readonly hosts: string;
  readonly limits?: LimitValues;
}

/** A DNA as it is sent to other processes: its hash is known. */
export interface PlainDna extends Omit<DnaDefinition, 'hash'> {
  readonly hash?: Uint8Array;
}

/** The zomes of a DNA, and everything else that their verdicts depend on. */
export interface AgreementZomes {
  readonly zomes: readonly ZomeDefinition[];
  readonly dnaInfo?: PlainDna;
  /** Default: detected from the modules. */
  readonly generation?: Generation;
  /** MessagePack of a document of dependencies (`readDependencies`). Default: nothing is found. */
  readonly dependencies?: Uint8Array;
  /** Calls only this zome. Default: the zomes that the op concerns. */
  readonly zome?: string;
  readonly limits?: LimitValues;
}

export type AgreementSubject = AgreementModule | AgreementZomes;

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
    }
  /** The validation of an op by zomes; `fuel` is the limit of each guest call. */
  | { readonly kind: 'op'; readonly export: 'validate'; readonly op: string; readonly fuel: number };

/** Fuel limit of each guest call: real validations use 10^5, and a check should not wait for endless loops. */
export const OP_FUEL = 10_000_000;

/** The call that validates an op, by its MessagePack. */
export function opCall(op: Uint8Array, fuel: number = OP_FUEL): AgreementCall {
  return { kind: 'op', export: 'validate', op: toHex(op), fuel };
}

export interface ModuleJson {
  readonly wasm: string;
  readonly hosts: string;
  readonly limits?: LimitValues;
}

export interface ZomesJson {
  readonly zomes: readonly (Omit<ZomeDefinition, 'wasm'> & { readonly wasm: string })[];
  readonly dnaInfo?: {
    readonly name?: string;
    readonly hash?: string;
    /** `origin_time` in decimal */
    readonly modifiers?: {
      readonly network_seed?: string;
      readonly properties?: string;
      readonly origin_time?: string;
    };
  };
  readonly generation?: Generation;
  readonly dependencies?: string;
  readonly zome?: string;
  readonly limits?: LimitValues;
}

/** A subject as plain JSON: bytes are hexadecimal. */
export type SubjectJson = ModuleJson | ZomesJson;

export function moduleJson(module: AgreementModule): ModuleJson;
export function moduleJson(subject: AgreementSubject): SubjectJson;
export function moduleJson(subject: AgreementSubject): SubjectJson {
  if (!('zomes' in subject)) {
    const { bytes, ...rest } = subject;
    return { wasm: toHex(bytes), ...rest };
  }
  const { zomes, dnaInfo, dependencies, ...rest } = subject;
  return {
    zomes: zomes.map(({ wasm, ...definition }) => ({ ...definition, wasm: toHex(wasm) })),
    ...(dnaInfo === undefined ? {} : { dnaInfo: dnaJson(dnaInfo) }),
    ...(dependencies === undefined ? {} : { dependencies: toHex(dependencies) }),
    ...rest,
  };
}

export function moduleOfJson(json: ModuleJson): AgreementModule;
export function moduleOfJson(json: SubjectJson): AgreementSubject;
export function moduleOfJson(json: SubjectJson): AgreementSubject {
  if (!('zomes' in json)) {
    const { wasm, ...rest } = json;
    return { bytes: fromHex(wasm), ...rest };
  }
  const { zomes, dnaInfo, dependencies, ...rest } = json;
  return {
    zomes: zomes.map(({ wasm, ...definition }) => ({ ...definition, wasm: fromHex(wasm) })),
    ...(dnaInfo === undefined ? {} : { dnaInfo: dnaOfJson(dnaInfo) }),
    ...(dependencies === undefined ? {} : { dependencies: fromHex(dependencies) }),
    ...rest,
  };
}

function dnaJson({ name, hash, modifiers }: PlainDna): NonNullable<ZomesJson['dnaInfo']> {
  const { network_seed, properties, origin_time } = modifiers ?? {};
  return {
    ...(name === undefined ? {} : { name }),
    ...(hash === undefined ? {} : { hash: toHex(hash) }),
    modifiers: {
      ...(network_seed === undefined ? {} : { network_seed }),
      ...(properties === undefined ? {} : { properties: toHex(properties) }),
      ...(origin_time === undefined ? {} : { origin_time: String(origin_time) }),
    },
  };
}

function dnaOfJson({ name, hash, modifiers }: NonNullable<ZomesJson['dnaInfo']>): PlainDna {
  const { network_seed, properties, origin_time } = modifiers ?? {};
  return {
    ...(name === undefined ? {} : { name }),
    ...(hash === undefined ? {} : { hash: fromHex(hash) }),
    modifiers: {
      ...(network_seed === undefined ? {} : { network_seed }),
      ...(properties === undefined ? {} : { properties: fromHex(properties) }),
      ...(origin_time === undefined ? {} : { origin_time: BigInt(origin_time) }),
    },
  };
}

/** The input of a call, for people: `an entry of 12 bytes`. */
const INPUT_NAMES = { bytes: '', validate: 'an entry of ', op: 'an op of ' } as const;

/** A call on one line, for people. */
export function callText(call: AgreementCall): string {
  const fuel = `fuel ${call.fuel}`;
  if (call.kind === 'values') return `${call.export}(${call.args.join(', ')}) ${fuel}`;
  return `${call.export} on ${INPUT_NAMES[call.kind]}${inputOf(call).length / 2} bytes ${fuel}`;
}

/** The bytes of input of a call; none for a call with values. */
export function inputOf(call: AgreementCall): string {
  switch (call.kind) {
    case 'values':
      return '';
    case 'bytes':
      return call.payload;
    case 'validate':
      return call.entry;
    case 'op':
      return call.op;
  }
}

export function withInput(call: AgreementCall, input: string): AgreementCall {
  switch (call.kind) {
    case 'values':
      return call;
    case 'bytes':
      return { ...call, payload: input };
    case 'validate':
      return { ...call, entry: input };
    case 'op':
      return { ...call, op: input };
  }
}
