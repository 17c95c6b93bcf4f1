/**
 * The module `spectest` from which scripts import, as an ordinary module of the language, so that an engine needs
 * nothing else to run the suite. Its print functions print nothing.
 */
import { ByteWriter } from '../../src/base/byte-writer.js';

const I32 = 0x7f;
const I64 = 0x7e;
const F32 = 0x7d;
const F64 = 0x7c;

const PRINTS: readonly { readonly name: string; readonly params: readonly number[] }[] = [
  { name: 'print', params: [] },
  { name: 'print_i32', params: [I32] },
  { name: 'print_i64', params: [I64] },
  { name: 'print_f32', params: [F32] },
  { name: 'print_f64', params: [F64] },
  { name: 'print_i32_f32', params: [I32, F32] },
  { name: 'print_f64_f64', params: [F64, F64] },
];

const GLOBALS: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: 'global_i32', bytes: [I32, 0, 0x41, 0x9a, 0x05, 0x0b] },
  { name: 'global_i64', bytes: [I64, 0, 0x42, 0x9a, 0x05, 0x0b] },
  // 666.6
  { name: 'global_f32', bytes: [F32, 0, 0x43, 0x66, 0xa6, 0x26, 0x44, 0x0b] },
  { name: 'global_f64', bytes: [F64, 0, 0x44, 0xcd, 0xcc, 0xcc, 0xcc, 0xcc, 0xd4, 0x84, 0x40, 0x0b] },
];

export function spectestBytes(): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  writer.section(1, (section) => {
    section.u32(PRINTS.length);
    for (const { params } of PRINTS) {
      section.u8(0x60);
      section.u32(params.length);
      section.bytes(Uint8Array.from(params));
      section.u32(0);
    }
  });
  writer.section(3, (section) => {
    section.u32(PRINTS.length);
    for (let i = 0; i < PRINTS.length; i++) section.u32(i);
  });
  writer.section(4, (section) => section.bytes(Uint8Array.of(1, 0x70, 1, 10, 20)));
  writer.section(5, (section) => section.bytes(Uint8Array.of(1, 1, 1, 2)));
  writer.section(6, (section) => {
    section.u32(GLOBALS.length);
    for (const { bytes } of GLOBALS) section.bytes(Uint8Array.from(bytes));
  });
  writer.section(7, writeExports);
  writer.section(10, (section) => {
    section.u32(PRINTS.length);
    for (let i = 0; i < PRINTS.length; i++) section.bytes(Uint8Array.of(2, 0, 0x0b));
  });
  return writer.finish();
}

function writeExports(section: ByteWriter): void {
  const exported = (name: string, kind: number, index: number) => {
    section.name(name);
    section.u8(kind);
    section.u32(index);
  };
  section.u32(PRINTS.length + GLOBALS.length + 2);
  PRINTS.forEach(({ name }, i) => {
    exported(name, 0, i);
  });
  exported('table', 1, 0);
  exported('memory', 2, 0);
  GLOBALS.forEach(({ name }, i) => {
    exported(name, 3, i);
  });
}
