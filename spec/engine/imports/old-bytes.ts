/**
 * `old-bytes.js TIER` prints by how many bytes V8's old generation grows for each call with a host function. Runs in a
 * separate process, because the code and feedback that V8 keeps for others would count.
 */
import { getHeapSpaceStatistics } from 'node:v8';
import { type HostImport, i32 } from '../../../src/index.js';
import type { TierName } from '../../../src/machine/program.js';
import { loadText } from '../load-text.js';

const GUEST = `(module
  (import "env" "host" (func $host (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "back") (param i32) (result i32) (local.get 0))
  (func (export "run") (param i32) (result i32) (call $host (local.get 0))))`;

/** Uses everything that a host function can use. */
const HOST: HostImport = {
  module: 'env',
  name: 'host',
  type: { params: ['i32'], results: ['i32'] },
  run: (call, args) => {
    const { memory } = call;
    memory!.write(64, memory!.read(0, 32));
    call.charge(call.fuelLeft() > 0 ? 1 : 2);
    call.record(new Uint8Array(8), new Uint8Array(8));
    return call.call('back', args);
  },
};

const ROUNDS = 6;
const CALLS = 2000;

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size;
}

const module = await loadText(GUEST, [HOST], { tier: process.argv[2] as TierName });

function bytesPerCall(): number {
  const before = oldBytes();
  for (let i = 0; i < CALLS; i++) module.call('run', [i32(i)]);
  return (oldBytes() - before) / CALLS;
}

// What V8 keeps while it compiles falls into the first rounds; a full collection may fall into any.
const rounds = Array.from({ length: ROUNDS }, bytesPerCall).sort((a, b) => a - b);
console.log(rounds[ROUNDS / 2]);
