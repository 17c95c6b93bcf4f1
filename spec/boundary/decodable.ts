/**
 * What makes an output decodable: a row for each rule of docs/ABI.md, section 4. The bytes are written by an encoder that is
 * not ours, or by hand where it cannot write them.
 */
import { encode } from '@msgpack/msgpack';
import type { Generation } from '../../src/boundary/generation.js';

export interface DecodableRow {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** the generations in which it is decodable */
  readonly in: readonly Generation[];
}

const ALL: readonly Generation[] = ['0.2', '0.2-map', '0.6', '0.7'];
const NONE: readonly Generation[] = [];
const FILE: readonly Generation[] = ['0.2', '0.2-map', '0.6'];
const MODULE_PATH: readonly Generation[] = ['0.7'];

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function row(name: string, inGenerations: readonly Generation[], value: unknown): DecodableRow {
  const bytes = value instanceof Uint8Array ? value : Uint8Array.from(encode(value));
  return { name, bytes, in: inGenerations };
}

const BIN = Uint8Array.of(1, 2);
const GUEST = { Guest: 'no' };

/** `Err` of a `WasmError` with these fields in the place of the ordinary ones. */
function error(fields: Readonly<Record<string, unknown>>): unknown {
  return { Err: { file: 'a', line: 1, error: GUEST, ...fields } };
}

/** `{"Err": {"file": "a", "line": 1, "error": ...}}`, up to the variant. */
const ERROR_HEAD = '81 a3457272 83 a466696c65 a161 a46c696e65 01 a56572726f72';
/** The same, up to the number of the line. */
const LINE_HEAD = '81 a3457272 83 a466696c65 a161 a56572726f72 81 a54775657374 a26e6f a46c696e65';

const UNIT = ['PointerMap', 'ErrorWhileError', 'Memory', 'UninitializedSerializedModuleCache'];
const TEXT = ['Guest', 'Host', 'CallError', 'ModuleBuild', 'ModuleSerialize', 'ModuleDeserialize', 'Compile'];

export const DECODABLE: readonly DecodableRow[] = [
  row('nothing', NONE, hex('')),
  row('two values', NONE, hex('81a24f6bc400 c0')),
  row('Ok of bin', ALL, { Ok: BIN }),
  row('Ok of no bytes', ALL, { Ok: new Uint8Array(0) }),
  row('Ok of bytes that are no MessagePack', ALL, { Ok: Uint8Array.of(0xc1) }),
  row('Ok of bin in a longer form', ALL, hex('81 a24f6b c6 00000001 c0')),
  row('Ok in a longer form of map and str', ALL, hex('df 00000001 db 00000002 4f6b c400')),
  row('Ok of an array of integers', NONE, { Ok: [1, 2] }),
  row('Ok of str', NONE, { Ok: 'a' }),
  row('Ok of nil', NONE, { Ok: null }),
  row('Ok without content', NONE, 'Ok'),
  row('Ok and Err', NONE, { Ok: BIN, Err: null }),
  row('a map of no key', NONE, {}),
  row('another key', NONE, { ok: BIN }),
  row('an array of the variant and its content', NONE, ['Ok', BIN]),
  row('a variant by its index', NONE, hex('81 00 c400')),
  row('Err', ALL, error({})),
  row('Err, the fields in another order', ALL, { Err: { error: GUEST, line: 1, file: 'a' } }),
  row('Err as an array', NONE, { Err: ['a', 1, GUEST] }),
  row('Err of str', NONE, { Err: 'a' }),
  row('Err with a field that is not known', ALL, error({ more: { deep: [1, 'b', null] } })),
  row(
    'Err with a key that is no str',
    ALL,
    hex('81 a3457272 84 a466696c65 a161 a46c696e65 01 a56572726f72 81 a54775657374 a0 07 c0'),
  ),
  row(
    'Err with an unknown field that is no UTF-8',
    NONE,
    hex('81 a3457272 84 a466696c65 a161 a46c696e65 01 a56572726f72 81 a54775657374 a0 a178 a1ff'),
  ),
  row(
    'Err with an unknown field twice',
    NONE,
    hex('81 a3457272 85 a466696c65 a161 a46c696e65 01 a56572726f72 81 a54775657374 a0 a178 c0 a178 c0'),
  ),
  row(
    'Err with an extension in an unknown field',
    NONE,
    hex('81 a3457272 84 a466696c65 a161 a46c696e65 01 a56572726f72 81 a54775657374 a0 a178 d4 0000'),
  ),
  row('Err without a place', NONE, { Err: { line: 1, error: GUEST } }),
  row('Err without a line', NONE, { Err: { file: 'a', error: GUEST } }),
  row('Err without an error', NONE, { Err: { file: 'a', line: 1 } }),
  row('module_path alone', ALL, { Err: { module_path: 'a', line: 1, error: GUEST } }),
  row('file that is no str', NONE, error({ file: 7 })),
  row('file of nil', NONE, error({ file: null })),
  row('file and module_path', ALL, error({ module_path: 'b' })),
  row('file, and module_path that is no str', FILE, error({ module_path: 7 })),
  row('file that is no str, and module_path', MODULE_PATH, error({ file: 7, module_path: 'b' })),
  row('line 2^32 - 1', ALL, error({ line: 0xffff_ffff })),
  row('line 2^32', NONE, error({ line: 0x1_0000_0000 })),
  row('line -1', NONE, error({ line: -1 })),
  row('line as a 64-bit integer', ALL, hex(`${LINE_HEAD} cf 0000000000000001`)),
  row('line as a signed integer', ALL, hex(`${LINE_HEAD} d2 00000001`)),
  row('line as a float', NONE, hex(`${LINE_HEAD} cb 3ff0000000000000`)),
  row('line as a str', NONE, error({ line: '1' })),
  ...UNIT.map((name) => row(`${name} by its name`, ALL, error({ error: name }))),
  ...UNIT.map((name) => row(`${name} of nil`, ALL, error({ error: { [name]: null } }))),
  ...UNIT.map((name) => row(`${name} of str`, NONE, error({ error: { [name]: '' } }))),
  ...TEXT.map((name) => row(`${name} of str`, ALL, error({ error: { [name]: 'a' } }))),
  ...TEXT.map((name) => row(`${name} of bin`, NONE, error({ error: { [name]: BIN } }))),
  ...TEXT.map((name) => row(`${name} by its name`, NONE, error({ error: name }))),
  row('Deserialize of bin', ALL, error({ error: { Deserialize: BIN } })),
  row('Deserialize of str', NONE, error({ error: { Deserialize: 'a' } })),
  row('Deserialize of an array of integers', NONE, error({ error: { Deserialize: [1, 2] } })),
  row('Serialize(Serialize)', ALL, error({ error: { Serialize: { Serialize: 'a' } } })),
  row('Serialize(Deserialize)', ALL, error({ error: { Serialize: { Deserialize: 'a' } } })),
  row('Serialize of another variant', NONE, error({ error: { Serialize: { Guest: 'a' } } })),
  row('Serialize of str', NONE, error({ error: { Serialize: 'a' } })),
  row('HostShortCircuit of an array of bytes', ALL, error({ error: { HostShortCircuit: [0, 255] } })),
  row('HostShortCircuit of an empty array', ALL, error({ error: { HostShortCircuit: [] } })),
  row('HostShortCircuit of 256', NONE, error({ error: { HostShortCircuit: [256] } })),
  row('HostShortCircuit of -1', NONE, error({ error: { HostShortCircuit: [-1] } })),
  row('HostShortCircuit of bin', NONE, error({ error: { HostShortCircuit: BIN } })),
  row('an error of another variant', NONE, error({ error: { Worse: 'a' } })),
  row('an error of two variants', NONE, error({ error: { Guest: 'a', Host: 'b' } })),
  row('an error of nil', NONE, hex(`${ERROR_HEAD} c0`)),
];
