/**
 * Writes the hostile guests: `hostile/*.wat`, the modules beside them, and `hostile/hostile.json`, which tells of each what
 * it does and how a call of its `validate` must end. Run from the root: `node vectors/zome/build.mjs`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import wabtModule from 'wabt';

const wabt = await wabtModule();
const folder = join(dirname(fileURLToPath(import.meta.url)), 'hostile');
const FEATURES = { tail_call: true, multi_value: true, bulk_memory: true, reference_types: true };

/** `{"Ok": bin("Valid")}` at 16. */
const OK_VALID = '\\81\\a2\\4f\\6b\\c4\\06\\a5Valid';
const VALID = `(i64.const ${(16n << 32n) | 12n})`;
const MEMORY = `(memory (export "memory") 40)\n  (data (i32.const 16) "${OK_VALID}")`;
/** Never gives back; begins at 64 KiB. */
const BUMP = `(global $heap (mut i32) (i32.const 65536))
  (func (export "__hc__allocate_1") (param i32) (result i32)
    (global.get $heap)
    (global.set $heap (i32.add (global.get $heap) (local.get 0))))`;
const KEEP = '(func (export "__hc__deallocate_1") (param i32 i32))';

const slice = (ptr, len) => `(i64.const ${BigInt.asIntN(64, (BigInt(ptr) << 32n) | BigInt(len))})`;
const validate = (body) => `(func (export "validate") (param i32 i32) (result i64)\n    ${body})`;
const imported = (name) => `(import "env" "__hc__${name}" (func $host (param i32 i32) (result i64)))`;
const allocate = (body) => `(func (export "__hc__allocate_1") (param i32) (result i32) ${body})`;
const deallocate = (body) => `(func (export "__hc__deallocate_1") (param i32 i32) ${body})`;

/** Bytes of `{"Err": ..}` are handed on; an `Ok` of the host is not looked at. */
const handOn = (ptr, len) => `(call $host (i32.const ${ptr}) (i32.const ${len}))`;
const thenValid = (ptr, len) => `(drop ${handOn(ptr, len)})\n    ${VALID}`;

const breached = (code) => ({ outcome: 'breached', code });
const trapped = { outcome: 'trapped', code: 'unreachable' };
const noFuel = { outcome: 'exhausted', code: 'fuel' };
const noStack = { outcome: 'exhausted', code: 'stack' };
const valid = { outcome: 'returned', verdict: 'Valid' };
const invalid = { outcome: 'returned', verdict: 'Invalid' };

const TRACE = '\\82\\a3msg\\a2hi\\a5level\\a4INFO';
const TRACE_BYTES = 19;
const MEGABYTE = 1_048_576;

/** [name, what it does, how a call ends, parts] */
const GUESTS = [
  ['output-past-memory', 'returns a pointer past its memory', breached('output-out-of-bounds'),
    [MEMORY, BUMP, KEEP, validate(slice(40 * 65_536 - 4, 12))]],
  ['output-length-max', 'returns a length of 2^32 - 1', breached('output-length'),
    [MEMORY, BUMP, KEEP, validate(slice(16, 0xffff_ffff))]],
  ['output-pointer-2gib', 'returns a pointer of 2 GiB', breached('output-pointer'),
    [MEMORY, BUMP, KEEP, validate(slice(0x8000_0000, 12))]],
  ['output-all-memory', 'returns its whole memory, the input in it', breached('output-undecodable'),
    [MEMORY, BUMP, KEEP, validate(slice(0, 40 * 65_536))]],
  ['overlapping-buffers', 'gives the same buffer for its input, for an answer of the host and for its output', valid,
    [imported('trace_1'), MEMORY, allocate('(i32.const 4096)'), KEEP, `(data (i32.const 1024) "${TRACE}")`,
      validate(`(drop ${handOn(1024, TRACE_BYTES)})
    (memory.copy (i32.const 4090) (i32.const 16) (i32.const 12))
    ${slice(4090, 12)}`)]],
  ['allocate-zero', 'allocates at 0, over its own constants', valid,
    [MEMORY, allocate('(i32.const 0)'), KEEP,
      validate(`(memory.init $ok (i32.const 16) (i32.const 0) (i32.const 12))\n    ${VALID}`),
      `(data $ok "${OK_VALID}")`]],
  ['allocate-past-memory', 'allocates past its memory', breached('input-out-of-bounds'),
    [MEMORY, allocate('(i32.const 0x7fffffff)'), KEEP, validate(VALID)]],
  ['allocate-negative', 'allocates at -1', breached('input-pointer'),
    [MEMORY, allocate('(i32.const -1)'), KEEP, validate(VALID)]],
  ['allocate-traps', 'traps in allocate', trapped, [MEMORY, allocate('unreachable'), KEEP, validate(VALID)]],
  ['allocate-grows', 'grows its memory in each allocate', valid,
    [MEMORY, allocate('(i32.mul (memory.grow (i32.const 300)) (i32.const 65536))'), KEEP, validate(VALID)]],
  ['allocate-lies-to-host-call', 'allocates well for its input and past its memory for the answer of a host call',
    breached('input-out-of-bounds'),
    [imported('dna_info_2'), MEMORY, '(data (i32.const 8) "\\c0") (global $n (mut i32) (i32.const 65536))',
      allocate('(global.get $n) (global.set $n (i32.const 0x7ffffff0))'), KEEP, validate(thenValid(8, 1))]],
  ['allocate-wrong-type', 'exports an allocate of another type', breached('allocate-type'),
    [MEMORY, '(func (export "__hc__allocate_1") (result i32) (i32.const 0))', KEEP, validate(VALID)]],
  ['deallocate-missing', 'exports no deallocate', breached('deallocate-missing'), [MEMORY, BUMP, validate(VALID)]],
  ['deallocate-traps', 'traps in deallocate, after its output was read', trapped,
    [MEMORY, BUMP, deallocate('unreachable'), validate(VALID)]],
  ['deallocate-traps-in-host-call', 'traps in deallocate, when the host has taken the input of a host call', trapped,
    [imported('dna_info_2'), MEMORY, '(data (i32.const 8) "\\c0")', BUMP, deallocate('unreachable'),
      validate(thenValid(8, 1))]],
  ['deallocate-wipes-output', 'wipes its output in deallocate, when the host has read it', valid,
    [MEMORY, BUMP, deallocate('(memory.fill (local.get 0) (i32.const 0) (local.get 1))'), validate(VALID)]],
  ['memory-not-exported', 'exports its memory under another name', breached('input-out-of-bounds'),
    [MEMORY.replace('"memory"', '"ram"'), BUMP, KEEP, validate(VALID)]],
  ['depth-bomb', 'returns a million nested arrays', breached('output-undecodable'),
    [MEMORY, BUMP, KEEP, validate(`(memory.fill (i32.const 131072) (i32.const 0x91) (i32.const ${MEGABYTE}))
    ${slice(131_072, MEGABYTE)}`)]],
  ['length-bomb', 'returns an array that declares 2^32 - 1 elements', breached('output-undecodable'),
    [MEMORY, '(data (i32.const 64) "\\dd\\ff\\ff\\ff\\ff")', BUMP, KEEP, validate(slice(64, 5))]],
  ['inner-length-bomb', 'returns Ok of a string that declares 2^32 - 1 bytes', { outcome: 'returned', verdict: 'NoVerdict' },
    [MEMORY, '(data (i32.const 64) "\\81\\a2Ok\\c4\\05\\db\\ff\\ff\\ff\\ff")', BUMP, KEEP, validate(slice(64, 11))]],
  ['objects-bomb', 'returns an array of two million empty maps', breached('output-undecodable'),
    [MEMORY, '(data (i32.const 131072) "\\dd\\00\\20\\00\\00")', BUMP, KEEP,
      validate(`(memory.fill (i32.const 131077) (i32.const 0x80) (i32.const ${2 * MEGABYTE}))
    ${slice(131_072, 2 * MEGABYTE + 5)}`)]],
  ['host-depth-bomb', 'passes a million nested arrays to the host and hands its error on', invalid,
    [imported('trace_1'), MEMORY, BUMP, KEEP,
      validate(`(memory.fill (i32.const 131072) (i32.const 0x91) (i32.const ${MEGABYTE}))
    ${handOn(131_072, MEGABYTE)}`)]],
  ['host-length-bomb', 'passes a map that declares 2^32 - 1 entries to the host and hands its error on', invalid,
    [imported('trace_1'), MEMORY, '(data (i32.const 64) "\\df\\ff\\ff\\ff\\ff")', BUMP, KEEP, validate(handOn(64, 5))]],
  ['host-input-past-memory', 'passes a slice past its memory to the host', breached('host-input-out-of-bounds'),
    [imported('trace_1'), MEMORY, BUMP, KEEP, validate(handOn(40 * 65_536 - 1, 2))]],
  ['host-input-length-max', 'passes a length of 2^32 - 1 to the host', breached('host-input-length'),
    [imported('trace_1'), MEMORY, BUMP, KEEP, validate(handOn(0, -1))]],
  ['host-input-pointer-2gib', 'passes a pointer of 2 GiB to the host', breached('host-input-pointer'),
    [imported('trace_1'), MEMORY, BUMP, KEEP, validate(handOn(-0x8000_0000, 0))]],
  ['recursion-in-allocate', 'calls the host in allocate, which the host calls to answer', noStack,
    [imported('trace_1'), MEMORY, `(data (i32.const 1024) "${TRACE}")`,
      `(global $deep (mut i32) (i32.const 0))`,
      allocate(`(if (global.get $deep) (then (drop ${handOn(1024, TRACE_BYTES)}))) (i32.const 65536)`), KEEP,
      validate(`(global.set $deep (i32.const 1))\n    ${thenValid(1024, TRACE_BYTES)}`)]],
  ['recursion-in-deallocate', 'calls the host in deallocate, which the host calls to take the input', noStack,
    [imported('trace_1'), MEMORY, `(data (i32.const 1024) "${TRACE}")`, BUMP,
      deallocate(`(drop ${handOn(1024, TRACE_BYTES)})`), validate(VALID)]],
  ['trace-flood', 'traces without end', noFuel,
    [imported('trace_1'), MEMORY, `(data (i32.const 1024) "${TRACE}")`, allocate('(i32.const 65536)'), KEEP,
      validate(`(loop (drop ${handOn(1024, TRACE_BYTES)}) (br 0))\n    ${VALID}`)]],
  ['signature-flood', 'verifies signatures without end', noFuel,
    [imported('verify_signature_1'), MEMORY,
      `(data (i32.const 1024) "\\83\\a3key\\c4\\27\\84\\20\\24${'\\58' + '\\66'.repeat(31)}${'\\00'.repeat(4)}\\a9signature\\c4\\40${'\\58' + '\\66'.repeat(31)}${'\\00'.repeat(32)}\\a4data\\c4\\00")`,
      allocate('(i32.const 65536)'), KEEP, validate(`(loop (drop ${handOn(1024, 129)}) (br 0))\n    ${VALID}`)]],
  ['start-traces', 'calls the host from its start function', valid,
    [imported('trace_1'), MEMORY, `(data (i32.const 1024) "${TRACE}")`, BUMP, KEEP, validate(VALID),
      `(func $start (drop ${handOn(1024, TRACE_BYTES)})) (start $start)`]],
  ['start-waits', 'asks for a missing action in its start function',
    { outcome: 'short-circuited', verdict: 'UnresolvedDependencies' },
    [imported('must_get_action_1'), MEMORY, `(data (i32.const 1024) "\\c4\\27\\84\\29\\24${'\\07'.repeat(36)}")`, BUMP, KEEP,
      validate(VALID), `(func $start (drop ${handOn(1024, 41)})) (start $start)`]],
  ['start-without-allocator', 'calls the host from its start function and has no allocator', breached('allocate-missing'),
    [imported('trace_1'), MEMORY, `(data (i32.const 1024) "${TRACE}")`, KEEP, validate(VALID),
      `(func $start (drop ${handOn(1024, TRACE_BYTES)})) (start $start)`]],
  ['start-hands-on-nothing', 'calls the host with no bytes from its start function, and exports no memory', breached('host-input-out-of-bounds'),
    [imported('trace_1'), MEMORY.replace('"memory"', '"ram"'), BUMP, KEEP, validate(VALID),
      `(func $start (drop ${handOn(0, 0)})) (start $start)`]],
];

mkdirSync(folder, { recursive: true });
for (const [name, , , parts] of GUESTS) {
  const text = `(module\n  ${parts.join('\n  ')})\n`;
  writeFileSync(join(folder, `${name}.wat`), text);
  const { buffer } = wabt.parseWat(`${name}.wat`, text, FEATURES).toBinary({ write_debug_names: true });
  writeFileSync(join(folder, `${name}.wasm`), buffer);
}
const rows = GUESTS.map(([name, does, ends]) => ({ name, does, ends }));
writeFileSync(join(folder, 'hostile.json'), `${JSON.stringify(rows, null, 2)}\n`);
console.log(`${GUESTS.length} guests`);
