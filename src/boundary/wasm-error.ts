/**
 * `WasmError` and the `Result<ExternIO, WasmError>` that every byte export returns.
 *
 * Invariant: a generation writes its own name of the field (`file`, or `module_path` in 0.7) and reads it if it is there,
 * else the other; an output is read by its generation, so all readers find the same. A host writes both at
 * once, because a guest of 0.6 rejects an error without `file` and one of 0.7 an error without `module_path`.
 *
 * Source: holochain_wasmer_common `result.rs`; docs/ABI.md, section 4.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { byteArray, bytes, type Codec, mapped, str, u32 } from './codec.js';
import { externallyTagged, type Unit, type UnitForm, type Variant } from './codec-enum.js';
import { struct } from './codec-struct.js';
import { GENERATIONS, type Generation } from './generation.js';
import type { MessagePackKey, MessagePackValue } from './messagepack.js';

/** holochain_serialized_bytes `SerializedBytesError`. */
const SerializedBytesError: Codec<SerializedBytesError> = externallyTagged('SerializedBytesError', {
  Serialize: str,
  Deserialize: str,
});

/** `WasmErrorInner` of every version. */
const VARIANTS = {
  PointerMap: undefined,
  /** the bytes that would not decode */
  Deserialize: bytes,
  Serialize: SerializedBytesError,
  ErrorWhileError: undefined,
  Memory: undefined,
  Guest: str,
  Host: str,
  /** an array of integers on the wire: the one byte string without serde_bytes */
  HostShortCircuit: byteArray,
  /** `ModuleBuild` before holochain-wasmer 0.0.97 */
  Compile: str,
  /** Holochain 0.2 and before */
  UninitializedSerializedModuleCache: undefined,
  ModuleBuild: str,
  ModuleSerialize: str,
  ModuleDeserialize: str,
  CallError: str,
} as const;

export type SerializedBytesError = Variant<'Serialize' | 'Deserialize', string>;

export type WasmErrorInner =
  | Unit<'PointerMap' | 'ErrorWhileError' | 'Memory' | 'UninitializedSerializedModuleCache'>
  | Variant<'Deserialize' | 'HostShortCircuit', Uint8Array>
  | Variant<'Serialize', SerializedBytesError>
  | Variant<
      'Guest' | 'Host' | 'Compile' | 'ModuleBuild' | 'ModuleSerialize' | 'ModuleDeserialize' | 'CallError',
      string
    >;

export interface WasmError {
  /** `file` or, in 0.7, `module_path` */
  readonly file: string;
  readonly line: number;
  readonly error: WasmErrorInner;
}

/** `WasmError` with the field names in `fields`; reads whichever is there, the first of `fields` before others. */
function wasmErrorWith(fields: readonly string[], unitForm: UnitForm): Codec<WasmError> {
  const inner = externallyTagged('WasmErrorInner', VARIANTS, unitForm);
  const codec = struct<WasmError>('WasmError', { file: str, line: u32, error: inner });

  const order = [...fields, 'file', 'module_path'];
  return new t.Type<WasmError, MessagePackValue, unknown>(
    'WasmError',
    codec.is,
    (wire, context) => {
      if (!(wire instanceof Map)) return codec.validate(wire, context);
      const named = order.find((field) => wire.has(field));
      return codec.validate(named === undefined ? wire : new Map([...wire, ['file', wire.get(named)]]), context);
    },
    (value) => {
      const [, ...rest] = codec.encode(value) as ReadonlyMap<MessagePackKey, MessagePackValue>;
      return new Map<MessagePackKey, MessagePackValue>([
        ...fields.map((field): [string, string] => [field, value.file]),
        ...rest,
      ]);
    },
  );
}

/** `WasmError` as a guest of this generation writes it. */
export function wasmError(generation: Generation): Codec<WasmError> {
  const { errorField, unitForm } = GENERATIONS[generation];
  return wasmErrorWith([errorField], unitForm);
}

/** `WasmError` as this host sends it to guests of every generation: both field names. */
export const HostError: Codec<WasmError> = wasmErrorWith(['file', 'module_path'], 'string');

/** Rust's `Result<A, WasmError>`. */
export type WasmResult<A> = E.Either<WasmError, A>;

/** Codec of `Result<A, WasmError>`: right is `Ok`, left is `Err`. */
export function resultOf<A>(ok: Codec<A>, error: Codec<WasmError>): Codec<WasmResult<A>> {
  const wire = externallyTagged('Result', { Ok: ok, Err: error });
  return mapped<typeof wire._A, WasmResult<A>>(
    `Result<${ok.name}, ${error.name}>`,
    wire,
    (tagged) => (tagged.kind === 'Ok' ? E.right(tagged.value) : E.left(tagged.value)),
    (result) => (E.isRight(result) ? { kind: 'Ok', value: result.right } : { kind: 'Err', value: result.left }),
  );
}

/** What every byte export returns: `Result<ExternIO, WasmError>`, the `ExternIO` as its inner bytes. */
export function externResult(generation: Generation): Codec<WasmResult<Uint8Array>> {
  return resultOf(bytes, wasmError(generation));
}

/** Rust's `Debug` of a string, for the escapes that are the same in every version of its Unicode tables. */
function rustDebug(text: string): string {
  const escapes: Readonly<Record<string, string>> = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\0': '\\0',
  };
  const escaped = text.replace(/["\\\p{Cc}]/gu, (character) => {
    return escapes[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
  return `"${escaped}"`;
}

function innerText(error: WasmErrorInner): string {
  if (!('value' in error)) return error.kind;
  if (error.kind === 'Serialize') return `Serialize(${error.value.kind}(${rustDebug(error.value.value)}))`;
  if (typeof error.value === 'string') return `${error.kind}(${rustDebug(error.value)})`;
  return `${error.kind}([${Array.from(error.value as Uint8Array).join(', ')}])`;
}

/** `wasm_error.to_string()` of the real host: what an `Invalid` made of an error says. */
export function wasmErrorText(error: WasmError, generation: Generation): string {
  const inner = innerText(error.error);
  if (generation === '0.7') return `${error.file}:${error.line}: ${inner}`;
  return `WasmError { file: ${rustDebug(error.file)}, line: ${error.line}, error: ${inner} }`;
}
