/** Guests and zomes for the specs of the pool, and their results on a single thread. */
import { readFileSync } from 'node:fs';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { op } from '../../src/zome/op.js';
import { wat } from '../instrumented/wat.js';
import { samples } from '../zome/sample-ops.js';

const GUESTS = new URL('../../../vectors/guests/', import.meta.url);

export function guestFile(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, GUESTS)));
}

/** `run(what, x)`: the result of the host's `act`, after some work in the guest. */
export const ACTING_GUEST = wat(`(module
  (import "host" "act" (func $act (param i32 i32) (result i32)))
  (func (export "run") (param $what i32) (param $x i32) (result i32) (local $i i32)
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 1000))))
    (call $act (local.get $what) (local.get $x))))`);

export const IMPORTS = new URL('./host-imports.js', import.meta.url);

export const LINKS = { name: 'links', wasm: guestFile('links/links.wasm') } as const;
const CONTENT = encodeMessagePack(new Map([['name', 'Ann']]));
const SAMPLES = samples({ generation: '0.6', content: CONTENT });
export const RECORDS = SAMPLES.records;
/** MessagePack of ops of every kind. */
export const OPS: readonly Uint8Array[] = SAMPLES.ops.map((sample) => encodeBytes(op('0.6'), sample.op));
