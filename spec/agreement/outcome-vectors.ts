/**
 * The vectors of `vectors/agreement/outcomes.json`: one for each way a call can end that requires imports, the byte ABI
 * or a limit, and for each linking fault. The ends are written here by hand; the rest of the receipt is the
 * interpreter's. `node dist/spec/agreement/outcome-vectors.js` writes the file.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';
import { type AgreementCall, moduleJson } from '../../src/agreement/agreement-call.js';
import { tierless } from '../../src/agreement/node-answer.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { outcomeKey } from '../../src/agreement/outcome-key.js';
import type { Generation } from '../../src/boundary/generation.js';
import type { AgreementVector } from '../../src/cli/vectors/agreement-vectors.js';

interface Written {
  readonly name: string;
  readonly wat: string;
  readonly hosts?: string;
  readonly call: AgreementCall;
  /** `trapped unreachable`, `breached output-length`, `fault unknown-import`. */
  readonly ends: string;
}

export type OutcomeVector = AgreementVector & Pick<Written, 'name' | 'wat' | 'ends'>;

const FILE = 'vectors/agreement/outcomes.json';

export function readOutcomeVectors(): readonly OutcomeVector[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as OutcomeVector[];
}

const FUEL = 1_000_000;
const call = (args: readonly string[] = [], fuel = FUEL): AgreementCall => ({
  kind: 'values',
  export: 'f',
  args,
  fuel,
});
const bytes = (payload: string, fuel = FUEL): AgreementCall => ({ kind: 'bytes', export: 'f', payload, fuel });

const MEMORY = '(memory (export "memory") 1)';
const ALLOCATE = '(func (export "__hc__allocate_1") (param i32) (result i32) i32.const 1024)';
const DEALLOCATE = '(func (export "__hc__deallocate_1") (param i32 i32))';
const ABI = `${MEMORY} ${ALLOCATE} ${DEALLOCATE}`;
/** A result with the given length at a pointer. */
const answer = (pointer: string, length: number) =>
  `(func (export "f") (param i32 i32) (result i64) (i64.or (i64.shl (i64.const ${pointer}) (i64.const 32)) (i64.const ${length})))`;
/** `{"Ok": bin of no bytes}`, at 16. */
const OK = '(data (i32.const 16) "\\81\\a2Ok\\c4\\00")';

const breach = (code: string, wat: string): Written => ({
  name: code,
  wat: `(module ${wat})`,
  call: bytes('c0'),
  ends: `breached ${code}`,
});

const ECHO = '(import "env" "echo" (func $echo (param i32 i32) (result i64)))';

function hostBreach(code: string, pointer: string, length: number): Written {
  const body = `(func (export "f") (result i64) i32.const ${pointer} i32.const ${length} call $echo)`;
  return { name: code, wat: `(module ${ECHO} ${ABI} ${body})`, hosts: 'echo', call: call(), ends: `breached ${code}` };
}

/** An error with both names in its location field, one of which contains a number. */
function twoPlaces(
  generation: Generation,
  file: string | number,
  modulePath: string | number,
  ends: string,
): Written[] {
  const place = (value: string | number) => (typeof value === 'string' ? `\\a4${value}` : `\\0${value}`);
  const error = `\\84\\a4file${place(file)}\\abmodule_path${place(modulePath)}\\a4line\\01\\a5error\\81\\a5Guest\\a2no`;
  const data = `(data (i32.const 16) "\\81\\a3Err${error}")`;
  const name = `file is ${file}, module_path is ${modulePath}, read as ${generation}`;
  const wat = `(module ${ABI} ${data} ${answer('16', 51)})`;
  return [{ name, wat, call: { kind: 'validate', export: 'f', entry: 'c0', generation, fuel: FUEL }, ends }];
}

const WRITTEN: readonly Written[] = [
  {
    name: 'the bytes of an answer',
    wat: `(module ${ABI} ${OK} ${answer('16', 6)})`,
    call: bytes('0102'),
    ends: 'returned',
  },
  {
    name: 'fuel used up by the bytes that come in',
    wat: `(module ${ABI} ${OK} ${answer('16', 6)})`,
    call: bytes('00'.repeat(4_096), 12_000),
    ends: 'exhausted fuel',
  },
  breach('allocate-missing', `${MEMORY} ${DEALLOCATE} ${answer('16', 6)}`),
  breach(
    'allocate-type',
    `${MEMORY} (func (export "__hc__allocate_1") (param i64) (result i32) i32.const 0) ${DEALLOCATE} ${answer('16', 6)}`,
  ),
  breach('deallocate-missing', `${MEMORY} ${ALLOCATE} ${OK} ${answer('16', 6)}`),
  breach(
    'deallocate-type',
    `${MEMORY} ${ALLOCATE} (func (export "__hc__deallocate_1") (param i32)) ${OK} ${answer('16', 6)}`,
  ),
  breach('export-type', `${ABI} (func (export "f") (param i32) (result i64) i64.const 0)`),
  breach(
    'input-pointer',
    `${MEMORY} (func (export "__hc__allocate_1") (param i32) (result i32) i32.const -1) ${DEALLOCATE} ${answer('16', 6)}`,
  ),
  breach(
    'input-out-of-bounds',
    `${MEMORY} (func (export "__hc__allocate_1") (param i32) (result i32) i32.const 65536) ${DEALLOCATE} ${answer('16', 6)}`,
  ),
  {
    name: 'no payload, and no memory that is exported',
    wat: `(module (memory 1) ${ALLOCATE} ${DEALLOCATE} ${answer('16', 0)})`,
    call: bytes(''),
    ends: 'breached input-out-of-bounds',
  },
  breach('output-pointer', `${ABI} ${answer('0x80000000', 6)}`),
  breach('output-length', `${ABI} ${answer('16', 0x7fffffff)}`),
  breach('output-out-of-bounds', `${ABI} ${answer('65534', 6)}`),
  breach('output-undecodable', `${ABI} ${answer('16', 1)}`),
  {
    name: 'bytes to the host and back',
    wat: `(module ${ECHO} ${ABI} (data (i32.const 64) "abc") (func (export "f") (result i64) i32.const 64 i32.const 3 call $echo))`,
    hosts: 'echo',
    call: call(),
    ends: 'returned',
  },
  hostBreach('host-input-pointer', '0x80000000', 1),
  hostBreach('host-input-length', '16', 16_777_217),
  hostBreach('host-input-out-of-bounds', '65535', 2),
  {
    name: 'no input of a host call, and no memory',
    wat: `(module ${ECHO} ${ALLOCATE} ${DEALLOCATE} (func (export "f") (result i64) i32.const 0 i32.const 0 call $echo))`,
    hosts: 'echo',
    call: call(),
    ends: 'breached host-input-out-of-bounds',
  },
  ...twoPlaces('0.6', 'good', 7, 'returned'),
  ...twoPlaces('0.7', 'good', 7, 'breached output-undecodable'),
  ...twoPlaces('0.6', 7, 'good', 'breached output-undecodable'),
  ...twoPlaces('0.7', 7, 'good', 'returned'),
  {
    name: 'a reference other than null as a result',
    wat: '(module (func $f (export "f") (result funcref) ref.func $f))',
    call: call(),
    ends: 'breached reference',
  },
  {
    name: 'the stack',
    wat: '(module (func $f (export "f") call $f))',
    call: call(),
    ends: 'exhausted stack',
  },
  { name: 'no fuel', wat: '(module (func (export "f")))', call: call([], 0), ends: 'exhausted fuel' },
  {
    name: 'one unit less than all',
    wat: '(module (func (export "f")))',
    call: call([], 9_203),
    ends: 'exhausted fuel',
  },
  { name: 'exactly all', wat: '(module (func (export "f")))', call: call([], 9_204), ends: 'returned' },
  {
    name: 'a host function ends the call',
    wat: '(module (func $stop (import "env" "stop") (param i32) (result i32)) (func (export "f") (result i32) i32.const 1 call $stop unreachable))',
    hosts: 'standard',
    call: call(),
    ends: 'short-circuited',
  },
  {
    name: 'a host function charges more than there is',
    wat: '(module (func $burn (import "env" "burn") (param i32)) (func (export "f") i32.const 0xffff call $burn))',
    hosts: 'standard',
    call: call([], 20_000),
    ends: 'exhausted fuel',
  },
  {
    name: 'two host calls, in their order',
    wat: `(module (func $mix (import "env" "mix") (param i32 i64) (result i64)) (func $stop (import "env" "stop") (param i32) (result i32))
      (func (export "f") (result i64) (drop (call $stop (i32.const 2))) (call $mix (i32.const 3) (i64.const 4))))`,
    hosts: 'standard',
    call: call(),
    ends: 'returned',
  },
  {
    name: 'NaN bits over the edge of a host function',
    wat: `(module (func $weigh (import "env" "weigh") (param f32 f64) (result f64))
      (func (export "f") (result f64) f32.const -nan:0x200001 f64.const nan:0x4000000000001 call $weigh))`,
    hosts: 'standard',
    call: call(),
    ends: 'returned',
  },
  {
    name: 'a constant that is imported, and hashed into the input',
    wat: '(module (global $quiet (import "env" "quiet") f32) (func (export "f") (result f32) global.get $quiet))',
    hosts: 'standard',
    call: call(),
    ends: 'returned',
  },
  {
    name: 'the start function traps',
    wat: '(module (func $start unreachable) (start $start) (func (export "f")))',
    call: call(),
    ends: 'trapped unreachable',
  },
  {
    name: 'an active segment past the end of the memory',
    wat: '(module (memory 1) (data (i32.const 65536) "a") (func (export "f")))',
    call: call(),
    ends: 'trapped out-of-bounds-memory-access',
  },
  {
    name: 'an active segment past the end of the table',
    wat: '(module (table 1 funcref) (elem (i32.const 1) func $f) (func $f (export "f")))',
    call: call(),
    ends: 'trapped out-of-bounds-table-access',
  },
  {
    name: 'unknown import',
    wat: '(module (import "env" "absent" (func)) (func (export "f")))',
    hosts: 'standard',
    call: call(),
    ends: 'fault unknown-import',
  },
  {
    name: 'import of another type',
    wat: '(module (import "env" "nothing" (func (param i32))) (func (export "f")))',
    hosts: 'standard',
    call: call(),
    ends: 'fault incompatible-import',
  },
];

export async function makeOutcomeVectors(): Promise<readonly OutcomeVector[]> {
  const assembler = await wabt();
  const node = engineNode({ tier: 'interpreter' });
  const vectors: OutcomeVector[] = [];
  for (const { name, wat, hosts = 'none', call, ends } of WRITTEN) {
    const parsed = assembler.parseWat(`${name}.wat`, wat, { reference_types: true, bulk_memory: true });
    const module = { bytes: new Uint8Array(parsed.toBinary({ canonicalize_lebs: true }).buffer), hosts };
    parsed.destroy();
    const expected = (await node.run(module, [call])).map(tierless);
    if (outcomeKey(expected[0]!) !== ends) throw new Error(`${name} ends as ${outcomeKey(expected[0]!)}, not ${ends}`);
    vectors.push({ name, ends, wat, module: moduleJson(module), calls: [call], expected });
  }
  return vectors;
}

export async function writeOutcomeVectors(): Promise<void> {
  mkdirSync('vectors/agreement', { recursive: true });
  const lines = (await makeOutcomeVectors()).map((vector) => JSON.stringify(vector));
  writeFileSync(FILE, `[\n${lines.join(',\n')}\n]\n`);
}
