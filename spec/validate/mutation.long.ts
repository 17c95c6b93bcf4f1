/**
 * Randomly damaged modules, and bytes that never were a module: the result is a valid module or a fault, nothing is
 * ever thrown, and where the rules of the language decide, the host decides in the same way.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { FAULTS, type LoadFault, type LoadFaultCode } from '../../src/base/fault.js';
import { defineLimits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { decodeNames } from '../../src/decode/names.js';
import { validate } from '../../src/validate/validate.js';
import { encodeModule } from '../../src/wasm/encode-module.js';
import { partsOf } from '../../src/wasm/module-parts.js';
import { ValueType } from '../../src/wasm/types.js';
import { readRealModules } from '../decode/real-modules.js';
import { opcodeBytes, rows, SAMPLE_IMMEDIATES, sampleModule } from '../wasm/sample-module.js';

/** As large as the host allows, so that a limit hides as few comparisons as possible. */
const WIDE = defineLimits('wide', {
  pages: 65_536,
  tableElements: 10_000_000,
  locals: 50_000,
  params: 1_000,
  results: 1_000,
});

function faultOf(bytes: Uint8Array): LoadFault | undefined {
  const decoded = decode(bytes, WIDE);
  if (decoded.fault === undefined) decodeNames(decoded.module);
  const loaded = validate(decoded, WIDE);
  return loaded.ok ? undefined : loaded.fault;
}

/** Encodings that 2.0 calls malformed and that later versions, and so the host, accept. */
const HOST_MAY_ACCEPT: ReadonlySet<LoadFaultCode> = new Set([
  'bad-block-type',
  'zero-byte-expected',
  'too-many-locals',
]);

/** Why the host rejects what we accept: it lacks extended constants. */
const HOST_LACKS = /constant expression/;

function hostFault(bytes: Uint8Array): string | undefined {
  if (WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) return undefined;
  try {
    new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the host cannot decide');
}

function check(bytes: Uint8Array): LoadFault | undefined {
  const fault = faultOf(bytes);
  if (fault !== undefined) {
    expect(FAULTS[fault.code].kind).to.equal(fault.kind);
    expect(fault.offset).to.be.within(0, bytes.length);
  }
  if (fault?.kind === 'refused' || (fault !== undefined && HOST_MAY_ACCEPT.has(fault.code))) return fault;
  const host = hostFault(bytes);
  if (fault === undefined && host !== undefined && HOST_LACKS.test(host)) return fault;
  if ((fault === undefined) !== (host === undefined)) {
    const ours = fault === undefined ? 'accept' : `say ${fault.code} at ${fault.offset} (${fault.detail ?? ''})`;
    expect.fail(`we ${ours}, the host says ${host ?? 'valid'}: ${Buffer.from(bytes).toString('hex')}`);
  }
  return fault;
}

/** A body with every instruction once; blocks opened by one are closed by the next. */
function everyInstruction(): Uint8Array {
  const instructions: number[] = [];
  for (const row of rows) {
    if (row.name === 'else' || row.name === 'end') continue;
    const opens = row.immediates === 'block';
    instructions.push(...(row.name === 'if' ? [0x41, 1] : [0x00]), ...opcodeBytes(row));
    instructions.push(...SAMPLE_IMMEDIATES[row.immediates], ...(opens ? [0x0b] : []));
  }
  return sampleModule([...instructions, 0x00]);
}

const LIVE_BODIES: readonly (readonly number[])[] = [
  // (block (result i32) (br_if 0 (i32.const 1) (local.get 0))), dropped
  [0x02, 0x7f, 0x41, 1, 0x20, 0, 0x0d, 0, 0x0b, 0x1a],
  // (if (result i64) (local.get 0) (then (i64.const 1)) (else (i64.const 2))), to a float, dropped
  [0x20, 0, 0x04, 0x7e, 0x42, 1, 0x05, 0x42, 2, 0x0b, 0xb9, 0x99, 0x1a],
  // a loop that counts
  [0x03, 0x40, 0x20, 0, 0x41, 1, 0x6a, 0x22, 0, 0x41, 10, 0x48, 0x0d, 0, 0x0b],
  // (select (i32.load offset=4 (local.get 0)) (memory.size) (i32.const 0)), stored
  [0x41, 0, 0x20, 0, 0x28, 2, 4, 0x3f, 0, 0x41, 0, 0x1b, 0x36, 2, 0],
  // br_table out of two blocks, an indirect call, a table's growth
  [
    0x02, 0x40, 0x02, 0x40, 0x20, 0, 0x0e, 2, 0, 1, 2, 0x0b, 0x41, 0, 0x11, 0, 0, 0x0b, 0xd2, 0, 0x41, 1, 0xfc, 15, 0,
    0x1a,
  ],
];

/** Bodies that are valid because of their dead code. */
const DEAD_BODIES: readonly (readonly number[])[] = [
  // (unreachable) (block) i32.add, dropped: after the block the code is still dead
  [0x00, 0x02, 0x40, 0x0b, 0x6a, 0x1a],
  // (block (unreachable)) and live code after it
  [0x02, 0x40, 0x00, 0x0b, 0x20, 0, 0x1a],
  // (if (local.get 0) (then (unreachable) i64.add drop) (else (nop))) (unreachable) (loop (br 1)) select, dropped
  [0x20, 0, 0x04, 0x40, 0x00, 0x7c, 0x1a, 0x05, 0x01, 0x0b, 0x00, 0x03, 0x40, 0x0c, 1, 0x0b, 0x1b, 0x1a],
];

const SEEDS: readonly Uint8Array[] = [
  everyInstruction(),
  ...[...LIVE_BODIES, ...DEAD_BODIES].map((body) => sampleModule(body)),
  sampleModule([0x12, 0], []),
  sampleModule([0x42, 1, 0x43, 0, 0, 0, 0], [ValueType.I64, ValueType.F32]),
];

/** Bytes that have a meaning at some place. */
const meaningful = fc.oneof(
  fc.constantFrom(...[0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x0f, 0x1a, 0x40, 0x41, 0x60, 0x6f, 0x70]),
  fc.constantFrom(...[0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xfc, 0xff, 0x1b, 0x20, 0x23, 0x24, 0xd0, 0xd2]),
  fc.nat(255),
);

const edit = fc.record({
  at: fc.nat(1_000_000),
  kind: fc.constantFrom('replace', 'replace', 'replace', 'insert', 'delete', 'cut', 'swap', 'copy'),
  byte: meaningful,
  from: fc.nat(1_000_000),
  length: fc.nat(6),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function applyEdit(bytes: Uint8Array, { at, kind, byte, from, length }: Edit): Uint8Array {
  if (bytes.length === 0) return bytes;
  const position = at % bytes.length;
  const items = Array.from(bytes);
  const source = from % bytes.length;
  if (kind === 'replace') items[position] = byte;
  else if (kind === 'insert') items.splice(position, 0, byte);
  else if (kind === 'delete') items.splice(position, 1);
  else if (kind === 'cut') items.length = position;
  else if (kind === 'copy') items.splice(position, length, ...items.slice(source, source + length));
  else [items[position], items[source]] = [items[source]!, items[position]!];
  return Uint8Array.from(items);
}

const edits = fc.array(edit, { minLength: 1, maxLength: 3 });

/** Damages only the body, with its size and that of its section corrected. */
function damageBody(seed: Uint8Array, changes: readonly Edit[]): Uint8Array {
  const parts = partsOf(decode(seed, WIDE).module);
  const body = changes.reduce(applyEdit, parts.bodies[0]!);
  return encodeModule({ ...parts, bodies: [body] });
}

describe('damaged modules', () => {
  it('the undamaged ones are valid', () => {
    for (const seed of SEEDS) expect(check(seed)).to.equal(undefined);
  });

  it('small modules with damaged bytes get the verdict of the host', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEEDS), edits, (seed, changes) => {
        check(changes.reduce(applyEdit, seed));
      }),
      { numRuns: 6_000 },
    );
  });

  it('small modules with a damaged body get the verdict of the host', () => {
    let valid = 0;
    let runs = 0;
    fc.assert(
      fc.property(fc.constantFrom(...SEEDS), edits, (seed, changes) => {
        runs++;
        if (check(damageBody(seed, changes)) === undefined) valid++;
      }),
      { numRuns: 10_000 },
    );
    // Both results must be frequent; otherwise the comparison shows nothing.
    expect(valid / runs).to.be.within(0.05, 0.95);
  });

  for (const { name, bytes } of readRealModules()) {
    it(`${name} with damaged bytes gets the verdict of the host`, () => {
      fc.assert(
        fc.property(edits, (changes) => {
          check(changes.reduce(applyEdit, bytes));
        }),
        { numRuns: 80 },
      );
    });
  }

  it('any bytes result in a fault', () => {
    const header = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    fc.assert(
      fc.property(fc.array(meaningful, { maxLength: 60 }), fc.boolean(), (items, hasHeader) => {
        check(Uint8Array.from(hasHeader ? [...header, ...items] : items));
      }),
      { numRuns: 6_000 },
    );
  });
});
