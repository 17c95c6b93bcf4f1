/** Modules to boot: a real zome of 20 kB, and code of 1 and 10 MB with an export that returns at once. */
import { readFileSync } from 'node:fs';
import { LIMITS_1 } from '../src/base/limits.js';
import { decode } from '../src/decode/decode.js';
import type { HostImport } from '../src/engine/imports/host-import.js';
import { valueOfBits } from '../src/engine/imports/typed-values.js';
import { encodeModule } from '../src/wasm/encode-module.js';
import { type Module, typeOfFunction } from '../src/wasm/module.js';
import { type ModuleParts, partsOf } from '../src/wasm/module-parts.js';
import { Opcode } from '../src/wasm/opcode.js';
import { ValueType, valueTypeName } from '../src/wasm/types.js';
import type { Value } from '../src/wasm/value.js';
import { codeModule, MEGABYTE, type SampleModule } from './sample-modules.js';
import { body, functionType, moduleOf, repeat } from './small-module.js';

const VECTORS = new URL('../../vectors/guests/', import.meta.url);

/** The export that returns the first result: no parameters, an i32, in every module here except the zome. */
export const BOOT_EXPORT = 'boot';

export function decoded(bytes: Uint8Array): Module {
  const { module, fault } = decode(bytes, LIMITS_1);
  if (fault !== undefined) throw new Error(fault.code);
  return module;
}

/** The functions of a module and an additional `boot`, which returns a constant. */
function withBoot(bytes: Uint8Array): Uint8Array {
  return withBootOf({ ...partsOf(decoded(bytes)), exports: [] });
}

/** The module of these parts with an additional function and its export `boot`, which returns a constant. */
export function withBootOf(parts: ModuleParts): Uint8Array {
  const { types, functions, bodies, imports } = parts;
  const index = imports.filter(({ description }) => description.kind === 'function').length + functions.length;
  return encodeModule({
    ...parts,
    types: [...types, functionType([], [ValueType.I32])],
    functions: Uint32Array.from([...functions, types.length]),
    bodies: [...bodies, body([], (code) => repeat(code, 1, [Opcode.I32Const, 42]))],
    exports: [...parts.exports, { name: BOOT_EXPORT, kind: 'function', index }],
  });
}

export function bootModules(): readonly SampleModule[] {
  return [
    { name: 'zome of 20 kB', bytes: new Uint8Array(readFileSync(new URL('post/post.wasm', VECTORS))) },
    ...[1, 10].map((size) => ({
      name: `code of ${size} MB`,
      bytes: withBoot(codeModule(size * MEGABYTE).bytes),
    })),
  ];
}

/** The entry that the zome validates. */
export function bootEntry(): Uint8Array {
  return new Uint8Array(readFileSync(new URL('entries/post-valid-plain.msgpack', VECTORS)));
}

/** Host functions that return zeros, for every import. */
export function idleImports(module: Module): readonly HostImport[] {
  return module.imports.map(({ module: from, name, description }, i) => {
    if (description.kind !== 'function') throw new Error(`${from}.${name} is no function`);
    const { params, results } = typeOfFunction(module, i);
    const names = (types: Uint8Array) => Array.from(types, valueTypeName);
    return {
      module: from,
      name,
      type: { params: names(params), results: names(results) },
      run: () => Array.from(results, (result: ValueType) => valueOfBits(result, 0)),
    } as HostImport;
  });
}

/** The same for a host's own `WebAssembly`. */
export function idleWebImports(module: Module): WebAssembly.Imports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name } of module.imports) {
    imports[from] ??= {};
    imports[from][name] = () => 0;
  }
  return imports;
}

/** A module whose `boot` writes and reads a word in its memory. */
export function memoryModule(pages: number): Uint8Array {
  const code = body([], (writer) =>
    repeat(writer, 1, [Opcode.I32Const, 8, Opcode.I32Const, 42, Opcode.I32Store, 2, 0]),
  );
  const load = [Opcode.I32Const, 8, Opcode.I32Load, 2, 0, Opcode.End];
  return moduleOf({
    types: [functionType([], [ValueType.I32])],
    bodies: [Uint8Array.of(...code.subarray(0, -1), ...load)],
    memories: [{ min: pages, max: pages }],
    exports: [{ name: BOOT_EXPORT, kind: 'function', index: 0 }],
  });
}

export function isAnswer(values: readonly Value[]): boolean {
  const [value] = values;
  return value !== undefined && 'bits' in value && value.bits === 42;
}
