/**
 * A module that contains one of everything with each byte changed and cut off at each, and each instruction on operands
 * of each type: the result of loading it, with offset and detail, as text. Recorded in `every-byte.txt`, so that a
 * changed fault is always visible.
 */
import { writeFileSync } from 'node:fs';
import { defineLimits, LIMITS_1, type Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { opcodeBytes, rows, SAMPLE_IMMEDIATES, sampleModule } from '../wasm/sample-module.js';

/** Replacements for a byte: edges of LEB128, type codes, small counts. */
const VALUES = [
  0, 1, 2, 3, 4, 5, 6, 8, 0x0b, 0x0d, 0x40, 0x4e, 0x5e, 0x60, 0x63, 0x6e, 0x6f, 0x70, 0x7b, 0x7c, 0x7f, 0x80, 0xc0,
  0xff,
];

/** A constant of each type, and `none`. */
const OPERANDS = {
  i32: [0x41, 1],
  i64: [0x42, 1],
  f32: [0x43, 0, 0, 0, 0],
  f64: [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
  funcref: [0xd2, 1],
  externref: [0xd0, 0x6f],
} as const;

/** Long enough that a fast path, which is not used near the end of a body, is used. */
const BEHIND: readonly number[] = new Array<number>(32).fill(0x01);

/** As in the sample module or one lower: counts meet the limit exactly, or exceed it by one. */
const LIMITS = [
  'types',
  'imports',
  'functions',
  'exports',
  'globals',
  'tables',
  'elementSegments',
  'dataSegments',
  'params',
  'results',
  'locals',
  'pages',
] as const;

/** `valid`, or the fault with all that is reported. */
function outcome(bytes: Uint8Array, limits: Limits = LIMITS_1): string {
  const loaded = validate(decode(bytes, limits), limits);
  if (loaded.ok) return 'valid';
  const { kind, code, offset, detail } = loaded.fault;
  return `${kind} ${code} @${offset}${detail === undefined ? '' : ` ${detail}`}`;
}

/** Cases by outcome, all of the same outcome on one line. */
function lines(title: string, cases: Iterable<readonly [name: string, outcome: string]>): readonly string[] {
  const byOutcome = new Map<string, string[]>();
  for (const [name, verdict] of cases) {
    const names = byOutcome.get(verdict) ?? [];
    byOutcome.set(verdict, names);
    names.push(name);
  }
  return [...byOutcome].map(([verdict, names]) => `${title} ${names.join(' ')}: ${verdict}`);
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

export interface ChangedModule {
  readonly bytes: Uint8Array;
  readonly verdict: string;
}

/** The whole text, one line for each place and outcome; `seen` gets every module with its result. */
export function everyByteLines(seen: (module: ChangedModule) => void = () => undefined): readonly string[] {
  const outcomeOf = (bytes: Uint8Array): string => {
    const verdict = outcome(bytes);
    seen({ bytes, verdict });
    return verdict;
  };
  const whole = sampleModule([0x41, 0, 0x24, 0]);
  const changed = Array.from(whole, (_, at) =>
    lines(
      `byte ${at}`,
      VALUES.filter((value) => value !== whole[at]).map(
        (value) => [hex(value), outcomeOf(whole.with(at, value))] as const,
      ),
    ),
  );
  const cut = lines(
    'cut at',
    Array.from(whole, (_, at) => [`${at}`, outcomeOf(whole.slice(0, at))] as const),
  );
  const grown = lines(
    'behind the end',
    VALUES.map((value) => [hex(value), outcomeOf(Uint8Array.of(...whole, value))] as const),
  );
  const limited = LIMITS.flatMap((name) =>
    lines(
      `limit ${name}`,
      [0, 1, 2, 3, 4, 5].map((value) => [`${value}`, outcome(whole, defineLimits('spec', { [name]: value }))] as const),
    ),
  );
  const bytesMax = [whole.length, whole.length - 1].map(
    (moduleBytes) => [`${moduleBytes - whole.length}`, outcome(whole, defineLimits('spec', { moduleBytes }))] as const,
  );
  return [
    whole.length.toString(),
    ...changed.flat(),
    ...cut,
    ...grown,
    ...limited,
    ...lines('limit moduleBytes', bytesMax),
    ...instructionLines(outcomeOf),
  ];
}

function* operandCases(
  own: readonly number[],
  outcomeOf: (bytes: Uint8Array) => string,
): Generator<readonly [string, string]> {
  yield ['none', outcomeOf(sampleModule(own))];
  for (const [type, constant] of Object.entries(OPERANDS)) {
    yield [`${type}=`, outcomeOf(sampleModule([...constant, ...own]))];
    for (const count of [1, 2, 3]) {
      const operands = Array.from({ length: count }, () => constant).flat();
      // `unreachable` after it accepts results of any type.
      yield [`${type}*${count}`, outcomeOf(sampleModule([...operands, ...own, 0x00, ...BEHIND]))];
    }
  }
}

/** By operands, and then by result: the instructions with that result. */
function instructionLines(outcomeOf: (bytes: Uint8Array) => string): readonly string[] {
  const byCase = new Map<string, (readonly [name: string, verdict: string])[]>();
  const add = (title: string, name: string, verdict: string) => {
    const cases = byCase.get(title) ?? [];
    byCase.set(title, cases);
    cases.push([name, verdict]);
  };
  for (const row of rows) {
    const immediates = SAMPLE_IMMEDIATES[row.immediates];
    const own = [...opcodeBytes(row), ...immediates, ...(row.immediates === 'block' ? [0x0b] : [])];
    for (const [title, verdict] of operandCases(own, outcomeOf)) add(title, row.name, verdict);
    for (const at of immediates.keys()) {
      for (const value of [1, 2, 5, 0x80]) {
        const other = [
          ...OPERANDS.i32,
          ...OPERANDS.i32,
          ...OPERANDS.i32,
          ...opcodeBytes(row),
          ...immediates.with(at, value),
        ];
        add(`immediate ${at}=${hex(value)}`, row.name, outcomeOf(sampleModule([...other, 0x00])));
        add(
          `immediate ${at}=${hex(value)}, more behind`,
          row.name,
          outcomeOf(sampleModule([...other, 0x00, ...BEHIND])),
        );
      }
    }
  }
  return [...byCase].flatMap(([title, cases]) => lines(title, cases));
}

export const RECORDED = new URL('../../../spec/validate/every-byte.txt', import.meta.url);

/** `node dist/spec/validate/every-byte.js` records the current results. */
if (
  process.argv[1] !== undefined &&
  import.meta.url.endsWith('/every-byte.js') &&
  process.argv[1].endsWith('every-byte.js')
) {
  writeFileSync(RECORDED, `${everyByteLines().join('\n')}\n`);
}
