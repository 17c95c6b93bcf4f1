/** A `Guest` over the host's own WebAssembly, from text: real guests for the specs of the byte ABI, without the engine. */
import wabtModule from 'wabt';
import type { Guest, GuestCall } from '../../src/boundary/guest.js';

const wabt = await wabtModule();

/** Records events in order: calls with their arguments, charges, copies. */
export interface RecordingGuest extends Guest {
  readonly log: string[];
}

/** Types of the exported functions, parsed from the text: `(func (export "name") (param i32 i32) (result i64)`. */
function typesOf(text: string): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const match of text.matchAll(/\(func \(export "([^"]+)"\)(?: \(param ([^)]*)\))?(?: \(result ([^)]*)\))?/g)) {
    types.set(match[1]!, `(${(match[2] ?? '').split(' ').join(',')})->(${match[3] ?? ''})`);
  }
  return types;
}

/**
 * @param text a module in the text format
 * @param chargeMax bytes that the boundary's fuel covers
 */
export function wasmGuest(text: string, chargeMax = Number.POSITIVE_INFINITY): RecordingGuest {
  const { buffer } = wabt.parseWat('guest.wat', text).toBinary({});
  const instance = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(buffer)));
  const types = typesOf(text);
  const log: string[] = [];
  let charged = 0;
  const { memory: exported } = instance.exports;
  const memory = (): Uint8Array => new Uint8Array((exported as WebAssembly.Memory).buffer);
  const call = (name: string, args: readonly number[]): GuestCall => {
    log.push(`${name}(${args.join(',')})`);
    try {
      const value: unknown = (instance.exports[name] as (...args: readonly number[]) => unknown)(...args);
      return { ok: true, value: value as number | bigint | undefined };
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return { ok: false };
      throw error;
    }
  };
  return {
    log,
    call,
    memorySize: () => (exported === undefined ? undefined : memory().length),
    read: (ptr, len) => {
      log.push(`read(${ptr},${len})`);
      return memory().slice(ptr, ptr + len);
    },
    write: (ptr, bytes) => {
      log.push(`write(${ptr},${bytes.length})`);
      memory().set(bytes, ptr);
    },
    exportType: (name) => types.get(name),
    charge: (lengthBytes) => {
      log.push(`charge(${lengthBytes})`);
      charged += lengthBytes;
      return charged <= chargeMax;
    },
  };
}

/** A guest whose functions return constants; each part can be replaced with other text. */
export interface GuestParts {
  readonly memory?: string;
  /** body of `__hc__allocate_1`, an i32 */
  readonly allocate?: string;
  /** body of `__hc__deallocate_1` */
  readonly deallocate?: string;
  /** body of `validate`, an i64 */
  readonly validate?: string;
  /** bytes at address 1024 */
  readonly output?: Uint8Array;
  /** replaces the three functions */
  readonly functions?: string;
}

/** Address of `output`. */
export const OUTPUT_PTR = 1024;

export function guestText(parts: GuestParts): string {
  const output = parts.output ?? new Uint8Array(0);
  const data = Array.from(output, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  const packed = (BigInt(OUTPUT_PTR) << 32n) | BigInt(output.length);
  return `(module
    ${parts.memory ?? '(memory (export "memory") 1)'}
    (data (i32.const ${OUTPUT_PTR}) "${data}")
    ${
      parts.functions ??
      `(func (export "__hc__allocate_1") (param i32) (result i32) ${parts.allocate ?? '(i32.const 16)'})
       (func (export "__hc__deallocate_1") (param i32 i32) ${parts.deallocate ?? ''})
       (func (export "validate") (param i32 i32) (result i64) ${parts.validate ?? `(i64.const ${packed})`})`
    }
  )`;
}
