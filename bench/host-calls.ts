/**
 * Section `host-calls`: the time of the zome host's functions in relation to their price. A zome calls one of them many
 * times; a unit of fuel is measured in the same run, with the raw guests, so that prices can be compared with the
 * guest's own work.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { samples } from '../spec/zome/sample-ops.js';
import { defineLimits } from '../src/base/limits.js';
import { encodeBytes } from '../src/boundary/codec-bytes.js';
import { ActionHash, EntryHash } from '../src/boundary/hash-bytes.js';
import { encodeMessagePack } from '../src/boundary/messagepack-encode.js';
import { createEngine } from '../src/engine/engine.js';
import { Opcode } from '../src/wasm/opcode.js';
import { ValueType } from '../src/wasm/types.js';
import { createZomeHost } from '../src/zome/create-zome-host.js';
import { recordsSource } from '../src/zome/dependency-source.js';
import { entryHash } from '../src/zome/entry.js';
import { hashFromCore } from '../src/zome/holo-hash.js';
import { VerifySignature } from '../src/zome/host-data.js';
import { readRawGuests } from './raw-guests.js';
import type { Section, SectionOptions } from './section.js';
import { body, constantI32, functionType, i32s, moduleOf } from './small-module.js';
import type { Tier } from './tiers.js';
import { TIERS } from './tiers.js';
import { geometricMean, median, timed } from './time.js';

const BUFFER_AT = 262_144;
const INPUT_AT = 1_024;
/** `{"Ok": bin("Valid")}` */
const OK_VALID = Uint8Array.from(Buffer.from('81a24f6bc406a556616c6964', 'hex'));
const FUEL = Number.MAX_SAFE_INTEGER;
const LIMITS = defineLimits('bench-host-calls', {});
/** A call of the zome makes this many host calls. */
const CALLS = 200;
const CALLS_OF_LARGE = 20;
const LARGE_BYTES = 100_000;
/** Calls before one is timed: host calls run through much of the engine. */
const WARM_UPS = 10;

interface Subject {
  readonly name: string;
  readonly import: string;
  readonly input: Uint8Array;
  readonly calls: number;
}

const small = samples();
const large = samples({ content: encodeMessagePack(new Uint8Array(LARGE_BYTES)) });
const secret = new Uint8Array(32).fill(5);

function signed(data: Uint8Array): Uint8Array {
  const key = hashFromCore('Agent', ed25519.getPublicKey(secret));
  return encodeBytes(VerifySignature, { key, signature: ed25519.sign(data, secret), data });
}

function traced(characters: number): Uint8Array {
  return encodeMessagePack({ msg: 'm'.repeat(characters), level: 'INFO' });
}

const NIL = encodeMessagePack(null);

function subjectOf(name: string, importName: string, input: Uint8Array, calls = CALLS): Subject {
  return { name, import: importName, input, calls };
}

const SUBJECTS: readonly Subject[] = [
  subjectOf('denied: get', '__hc__get_1', NIL),
  subjectOf('trace', '__hc__trace_1', traced(20)),
  subjectOf('trace, 100 kB', '__hc__trace_1', traced(LARGE_BYTES), CALLS_OF_LARGE),
  subjectOf('dna_info', '__hc__dna_info_2', NIL),
  subjectOf('zome_info', '__hc__zome_info_1', NIL),
  subjectOf('must_get_entry', '__hc__must_get_entry_1', encodeBytes(EntryHash, entryHash(small.entry, '0.6'))),
  subjectOf(
    'must_get_entry, 100 kB',
    '__hc__must_get_entry_1',
    encodeBytes(EntryHash, entryHash(large.entry, '0.6')),
    CALLS_OF_LARGE,
  ),
  subjectOf('must_get_action', '__hc__must_get_action_1', encodeBytes(ActionHash, small.create.hashed.hash)),
  subjectOf(
    'must_get_valid_record',
    '__hc__must_get_valid_record_1',
    encodeBytes(ActionHash, small.create.hashed.hash),
  ),
  subjectOf('verify_signature', '__hc__verify_signature_1', signed(new Uint8Array(64)), CALLS_OF_LARGE),
  subjectOf(
    'verify_signature, 100 kB',
    '__hc__verify_signature_1',
    signed(new Uint8Array(LARGE_BYTES)),
    CALLS_OF_LARGE,
  ),
];

export const HOST_CALLS: Section = {
  name: 'host-calls',
  about: 'what host functions of a zome take and cost',
  run: async (options) => {
    const tables = [];
    for (const tier of TIERS.values()) tables.push(await tableOf(tier, options));
    return {
      tables,
      targets: [],
      notes: [
        'times its fuel: the time of a call, divided by the time in which the guest itself uses as much fuel in this tier. Above 1 the call is cheap, below 1 it is dear',
        'prices are one for both tiers: they are held against the interpreter',
      ],
    };
  },
};

async function tableOf(tier: Tier, { rounds, progress }: SectionOptions) {
  progress(`${tier.name}, a unit of fuel`);
  const unitNs = await nsOfUnit(tier);
  const rows = [];
  for (const subject of SUBJECTS) {
    progress(`${tier.name}, ${subject.name}`);
    const { us, fuel } = await callOf(tier, subject, rounds);
    rows.push({ function: subject.name, us, fuel, 'times its fuel': (us * 1000) / (fuel * unitNs) });
  }
  return { title: `${tier.name}, ${unitNs.toFixed(2)} ns for a unit of fuel`, rows };
}

/** Time of a unit of fuel, the geometric mean of the raw guests. */
async function nsOfUnit({ name }: Tier): Promise<number> {
  const engine = createEngine({ tier: name });
  const found: number[] = [];
  for (const guest of readRawGuests()) {
    const loaded = await engine.load(guest.bytes);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { module } = loaded;
    module.call(guest.export, guest.args);
    let used = 0;
    const { ms } = timed(() => {
      used = module.call(guest.export, guest.benchArgs, { fuel: FUEL }).receipt.fuel.used;
    });
    found.push((ms * 1e6) / used);
  }
  return geometricMean(found);
}

async function callOf({ name: tier }: Tier, subject: Subject, rounds: number) {
  const made = await createZomeHost({
    engine: createEngine({ tier, limits: LIMITS }),
    zomes: [{ name: 'asking', wasm: askingGuest(subject) }],
    generation: '0.6',
    dependencies: recordsSource([...small.records, ...large.records]),
  });
  if (!made.ok) throw new Error(made.fault.code);
  const { host } = made;
  const run = (name: string) => host.call('asking', name, NIL, { fuel: FUEL });
  const many = run('many');
  if (many.outcome.kind !== 'returned') throw new Error(`${subject.name}: ${JSON.stringify(many.outcome)}`);
  for (let i = 0; i < WARM_UPS; i++) run('many');
  const none = () => timed(() => void run('none')).ms;
  const times: number[] = [];
  for (let round = 0; round < rounds * 5; round++) times.push(timed(() => void run('many')).ms - none());
  return { us: (median(times) * 1000) / subject.calls, fuel: many.receipt.fuel.parts.host / subject.calls };
}

/** `many` makes host calls, `none` does not; both are valid. */
function askingGuest({ import: importName, input, calls }: Subject): Uint8Array {
  const valid = (BigInt(INPUT_AT) << 32n) | BigInt(OK_VALID.length);
  const inputAt = INPUT_AT + 64;
  const answer = (code: Parameters<Parameters<typeof body>[1]>[0]) => {
    code.u8(Opcode.I64Const);
    code.s64OfBigInt(valid);
  };
  const pages = Math.ceil((BUFFER_AT + 2 * input.length + 2 * LARGE_BYTES) / 65_536) + 1;
  const bytes = functionType(i32s(2), [ValueType.I64]);
  return moduleOf({
    types: [functionType(i32s(1), i32s(1)), functionType(i32s(2), []), bytes],
    imports: [{ module: 'env', name: importName, description: { kind: 'function', typeIndex: 2 } }],
    functions: Uint32Array.of(0, 1, 2, 2),
    memories: [{ min: pages, max: pages }],
    exports: [
      ...['__hc__allocate_1', '__hc__deallocate_1', 'none', 'many'].map((name, index) => ({
        name,
        kind: 'function' as const,
        index: index + 1,
      })),
      { name: 'memory', kind: 'memory', index: 0 },
    ],
    bodies: [
      body([], (code) => code.bytes(constantI32(BUFFER_AT).subarray(0, -1))),
      body([], () => {}),
      body([], answer),
      body([[1, ValueType.I32]], (code) => {
        code.bytes([Opcode.Loop, 0x40, Opcode.I32Const]);
        code.s32(inputAt);
        code.u8(Opcode.I32Const);
        code.s32(input.length);
        code.bytes([Opcode.Call, 0, Opcode.Drop, Opcode.LocalGet, 2, Opcode.I32Const, 1, Opcode.I32Add]);
        code.bytes([Opcode.LocalTee, 2, Opcode.I32Const]);
        code.s32(calls);
        code.bytes([Opcode.I32LtU, Opcode.BrIf, 0, Opcode.End]);
        answer(code);
      }),
    ],
    data: [
      { mode: 'active', memoryIndex: 0, offsetExpression: constantI32(INPUT_AT), bytes: OK_VALID },
      { mode: 'active', memoryIndex: 0, offsetExpression: constantI32(inputAt), bytes: input },
    ],
  });
}
