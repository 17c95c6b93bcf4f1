/**
 * brotli-wasm: the Rust port of Brotli, compiled with wasm-bindgen. Options cross as JSON that the host writes into
 * memory from the program's own allocator: a host function that calls back into the guest. The host's zlib is the
 * oracle.
 */
import { brotliDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { packageFile } from './package-file.js';
import type { Imports, Integer, RealProgram, Running } from './running.js';

const OPTIONS = JSON.stringify({ quality: 4 });
/** The number under which the program knows the options object. */
const OPTIONS_HANDLE = 31;
/** Size of the record in which a call leaves pointer, length, error and flag. */
const RESULT_BYTES = 16;

const MODULE = '__wbindgen_placeholder__';

/** Functions for errors and objects, which a successful run does not call. */
const UNUSED = [
  '__wbindgen_string_new',
  '__wbindgen_error_new',
  '__wbg_new_693216e109162396',
  '__wbg_stack_0ddaca5d1abfb52f',
  '__wbg_error_09919627ac0992f5',
  '__wbindgen_throw',
];

function imports(): Imports {
  const given: Record<string, Imports[string]> = {
    [`${MODULE}.__wbindgen_is_undefined`]: () => 0,
    [`${MODULE}.__wbindgen_is_object`]: () => 1,
    [`${MODULE}.__wbindgen_object_drop_ref`]: () => undefined,
    [`${MODULE}.__wbindgen_json_serialize`]: (program, [at]) => {
      const { pointer, length } = place(program, new TextEncoder().encode(OPTIONS));
      program.write(Number(at), new Uint8Array(Int32Array.of(pointer, length).buffer));
      return undefined;
    },
  };
  for (const name of UNUSED) {
    given[`${MODULE}.${name}`] = () => {
      throw new Error(`the program called ${name}`);
    };
  }
  return given;
}

/** About 6 kB of text that repeats itself, but never exactly. */
function sampleText(): Uint8Array {
  let text = '';
  for (let i = 0; i < 120; i++) text += `Entry ${i * i} is valid if and only if ${i % 7} of its links are. `;
  return new TextEncoder().encode(text);
}

export const brotli: RealProgram = {
  name: 'brotli-wasm',
  bytes: packageFile('brotli-wasm', 'pkg.node/brotli_wasm_bg.wasm'),
  imports,
  drive: (program) => {
    const text = sampleText();
    const packed = callOnBytes(program, 'compress', text, [OPTIONS_HANDLE]);
    expect(packed.length).to.be.lessThan(text.length / 4);
    expect(brotliDecompressSync(packed).equals(text)).to.equal(true);
    const unpacked = callOnBytes(program, 'decompress', packed, []);
    expect(Buffer.from(unpacked).equals(text)).to.equal(true);
    return [Buffer.from(packed).toString('hex')];
  },
};

function place(program: Running, bytes: Uint8Array): { readonly pointer: number; readonly length: number } {
  const [pointer] = program.call('__wbindgen_malloc', [bytes.length]) as [number];
  program.write(pointer, bytes);
  return { pointer, length: bytes.length };
}

/** Calls an export that takes and returns bytes, as the package's own JavaScript does. */
function callOnBytes(program: Running, name: string, input: Uint8Array, rest: readonly Integer[]): Uint8Array {
  const [result] = program.call('__wbindgen_add_to_stack_pointer', [-RESULT_BYTES]) as [number];
  const { pointer, length } = place(program, input);
  program.call(name, [result, pointer, length, ...rest]);
  const words = new Int32Array(program.read(result, RESULT_BYTES).buffer) as unknown as readonly [
    at: number,
    length: number,
    error: number,
    failed: number,
  ];
  expect(words[3]).to.equal(0);
  const output = program.read(words[0], words[1]);
  program.call('__wbindgen_free', [words[0], words[1]]);
  program.call('__wbindgen_add_to_stack_pointer', [RESULT_BYTES]);
  return output;
}
