/**
 * The vectors of `vectors/instructions`: written once from the shapes (`npm run vectors:write`), then fixed. A
 * difference in an existing vector is a change of meaning.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wabt from 'wabt';
import { toHex } from '../../src/base/hash.js';
import { createEngine } from '../../src/engine/engine.js';
import type { LoadedModule } from '../../src/engine/loaded-module.js';
import type { Tier } from '../../src/engine/tier.js';
import { parseValue, printValue, type Value } from '../../src/wasm/value.js';
import { INSTRUCTION_SHAPES, type InstructionShape } from './instruction-shapes.js';

export interface InstructionCase {
  readonly args: readonly string[];
  readonly results?: readonly string[];
  readonly trap?: string;
  readonly exhausted?: string;
  /** Fuel used. */
  readonly fuel: number;
}

export interface InstructionVector {
  readonly instruction: string;
  readonly wat: string;
  readonly wasm: string;
  readonly export: string;
  readonly limit: number;
  readonly cases: readonly InstructionCase[];
}

export const FOLDER = 'vectors/instructions';
const LIMIT = 1_000_000;

export function readInstructionVectors(): readonly InstructionVector[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as InstructionVector[]);
}

export async function loadVector(vector: Pick<InstructionVector, 'wasm'>, tier: Tier): Promise<LoadedModule> {
  const loaded = await createEngine({ tier }).load(new Uint8Array(Buffer.from(vector.wasm, 'hex')));
  if (!loaded.ok) throw new Error(`a vector does not load: ${loaded.fault.code}`);
  return loaded.module;
}

/** The result of a tier for the arguments, in the form of a case. */
export function caseOf(
  module: LoadedModule,
  vector: Pick<InstructionVector, 'export' | 'limit'>,
  args: readonly string[],
): InstructionCase {
  const { outcome, receipt } = module.call(vector.export, args.map(valueOfText), { fuel: vector.limit });
  const fuel = receipt.fuel.used;
  if (outcome.kind === 'returned') return { args, results: outcome.values.map(printValue), fuel };
  if (outcome.kind === 'trapped') return { args, trap: outcome.code, fuel };
  if (outcome.kind === 'exhausted') return { args, exhausted: outcome.resource, fuel };
  throw new Error(`a vector ends as ${outcome.kind}`);
}

function valueOfText(text: string): Value {
  const parsed = parseValue(text);
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.message);
}

async function vectorOf(
  assembler: Awaited<ReturnType<typeof wabt>>,
  shape: InstructionShape,
): Promise<InstructionVector> {
  const features = { tail_call: true, multi_value: true, bulk_memory: true, reference_types: true };
  const parsed = assembler.parseWat(`${shape.instruction}.wat`, shape.wat, features);
  parsed.validate();
  const wasm = toHex(new Uint8Array(parsed.toBinary({ canonicalize_lebs: true }).buffer));
  parsed.destroy();
  const head = { instruction: shape.instruction, wat: shape.wat, wasm, export: 'f', limit: LIMIT };
  const module = await loadVector(head, 'interpreter');
  return {
    ...head,
    cases: shape.calls.map((args) =>
      caseOf(
        module,
        head,
        args.map((text) => printValue(valueOfText(text))),
      ),
    ),
  };
}

/** `numeric` for instructions on numbers only; files stay small enough to read. */
function fileOf(instruction: string): string {
  const [family = '', rest] = instruction.split('.');
  if (rest === undefined) return 'control';
  return /^(i32|i64|f32|f64)$/.test(family)
    ? family
    : /^(local|global)$/.test(family)
      ? 'variable'
      : 'memory-and-table';
}

export async function writeInstructionVectors(): Promise<void> {
  const assembler = await wabt();
  const files = new Map<string, InstructionVector[]>();
  for (const shape of INSTRUCTION_SHAPES) {
    const file = fileOf(shape.instruction);
    const rows = files.get(file) ?? [];
    files.set(file, rows);
    rows.push(await vectorOf(assembler, shape));
  }
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, rows] of files)
    writeFileSync(join(FOLDER, `${name}.json`), `[\n${rows.map(rowText).join(',\n')}\n]\n`);
}

/** One line for the header and one for each case. */
function rowText({ cases, ...head }: InstructionVector): string {
  const lines = cases.map((one) => `  ${JSON.stringify(one)}`);
  return `${JSON.stringify(head).slice(0, -1)},"cases":[\n${lines.join(',\n')}\n ]}`;
}
